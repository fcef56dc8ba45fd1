/**
 * Every route, in the order of the documentation.
 *
 * @module
 */
import { decisionExplain, decisionRead, decisionReplay } from "./decisions.ts";
import type { Endpoint } from "./endpoint.ts";
import { modelList, modelRead, modelReviews, policyList } from "./models.ts";
import { alive, metricsPage, ready } from "./operation.ts";
import {
  planArtifact,
  planList,
  planMake,
  planRead,
  planSteps,
} from "./plans.ts";
import { score } from "./score.ts";
import {
  deadLetters,
  featureRead,
  performance,
  signalCounts,
  webhook,
} from "./signals.ts";

/** Every route but the document's own. */
export const ENDPOINTS: readonly Endpoint[] = [
  score,
  planMake,
  planList,
  planRead,
  planArtifact,
  ...planSteps,
  decisionRead,
  decisionExplain,
  decisionReplay,
  webhook,
  signalCounts,
  performance,
  deadLetters,
  featureRead,
  modelList,
  modelRead,
  ...modelReviews,
  policyList,
  alive,
  ready,
  metricsPage,
];
