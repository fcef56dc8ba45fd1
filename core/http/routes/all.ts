/**
 * Every route, in the order of the documentation.
 *
 * @module
 */
import { auditRead, auditVerify } from "./audit.ts";
import { bidBatch, bidNotices, bidOutcomes } from "./bids.ts";
import {
  budgetList,
  budgetPut,
  budgetRead,
  budgetReports,
  budgetSteps,
} from "./budgets.ts";
import { changeIndexPage, changePage } from "./change_pages.ts";
import { changeSteps } from "./change_steps.ts";
import {
  changeContent,
  changeHistory,
  changeList,
  changePropose,
  changeRead,
  policyRollback,
} from "./changes.ts";
import { decisionFind, decisionOutcome } from "./decision_log.ts";
import { decisionExplain, decisionRead, decisionReplay } from "./decisions.ts";
import type { Endpoint } from "./endpoint.ts";
import { erasureList, erasureMake } from "./erasures.ts";
import { featureBatch, featureLineage, featureRead } from "./features.ts";
import { keyList, keyMake, keyRevoke, keyRotate } from "./keys.ts";
import { jobList, jobRun } from "./jobs.ts";
import {
  modelEvents,
  modelEvidence,
  modelLooks,
  modelPropose,
  modelRoles,
  modelRollback,
  modelSettlements,
} from "./model_roles.ts";
import { modelTrial } from "./model_trials.ts";
import { modelList, modelRead, modelReviews } from "./models.ts";
import { alive, metricsPage, ready } from "./operation.ts";
import {
  planGuardrails,
  planHistory,
  planPlot,
  planProgress,
  planSteps,
} from "./plan_life.ts";
import { planArtifact, planList, planMake, planRead } from "./plans.ts";
import {
  policyIndexPage,
  policyList,
  policyPage,
  policyRead,
} from "./policies.ts";
import { score } from "./score.ts";
import { deadLetters, performance, signalCounts, webhook } from "./signals.ts";
import {
  switchConfirm,
  switchList,
  switchOn,
  switchRelease,
} from "./switches.ts";
import { viewDeclare, viewList, viewPromote, viewStatistics } from "./views.ts";

/** Every route but the document's own. */
export const ENDPOINTS: readonly Endpoint[] = [
  score,
  planMake,
  planList,
  planRead,
  planArtifact,
  ...planSteps,
  planHistory,
  planProgress,
  planGuardrails,
  planPlot,
  budgetList,
  budgetPut,
  budgetRead,
  ...budgetSteps,
  budgetReports,
  bidBatch,
  bidNotices,
  bidOutcomes,
  decisionFind,
  decisionRead,
  decisionExplain,
  decisionReplay,
  decisionOutcome,
  webhook,
  signalCounts,
  performance,
  deadLetters,
  featureRead,
  featureBatch,
  featureLineage,
  viewList,
  viewDeclare,
  viewPromote,
  viewStatistics,
  erasureMake,
  erasureList,
  jobList,
  jobRun,
  modelList,
  modelEvents,
  modelLooks,
  modelRoles,
  modelTrial,
  modelRead,
  modelEvidence,
  ...modelReviews,
  modelPropose,
  ...modelSettlements,
  modelRollback,
  policyList,
  policyRead,
  policyIndexPage,
  policyPage,
  changeList,
  changePropose,
  changeRead,
  changeContent,
  changeHistory,
  ...changeSteps,
  changeIndexPage,
  changePage,
  policyRollback,
  switchList,
  switchOn,
  switchConfirm,
  switchRelease,
  auditRead,
  auditVerify,
  keyList,
  keyMake,
  keyRotate,
  keyRevoke,
  alive,
  ready,
  metricsPage,
];
