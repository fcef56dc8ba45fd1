/**
 * Every promise of the stores.
 *
 * @module
 */
import { actsKeepingCases } from "./acts_keeping_cases.ts";
import { allowanceCases } from "./allowance_cases.ts";
import { changeCases } from "./change_cases.ts";
import { budgetCases } from "./budget_cases.ts";
import { claimCases } from "./claim_cases.ts";
import { contentCases } from "./content_cases.ts";
import { dataKeyCases } from "./data_key_cases.ts";
import { featureCases } from "./feature_cases.ts";
import { governanceCases } from "./governance_cases.ts";
import { historyCases } from "./history_cases.ts";
import { keptCases } from "./kept_cases.ts";
import { leaseCases } from "./lease_cases.ts";
import { limitCases } from "./limit_cases.ts";
import { logCases } from "./log_cases.ts";
import { logKeepingCases } from "./log_keeping_cases.ts";
import { logNamingCases, unnamedCases } from "./log_naming_cases.ts";
import { modelCases } from "./model_cases.ts";
import { modelRoleCases } from "./model_role_cases.ts";
import { modelTrialCases } from "./model_trial_cases.ts";
import { pageCases } from "./page_cases.ts";
import { planCases } from "./plan_cases.ts";
import { quotaCases } from "./quota_cases.ts";
import { recordCases } from "./record_cases.ts";
import { signalCases } from "./signal_cases.ts";
import { statisticsCases } from "./statistics_cases.ts";
import { streamCases } from "./stream_cases.ts";
import { streamFollowCases } from "./stream_follow_cases.ts";
import { textCases } from "./text_cases.ts";
import { vectorCases } from "./vector_cases.ts";
import { viewCases } from "./view_cases.ts";
import type { Case } from "./cases.ts";

/** All cases. */
export const CASES: readonly Case[] = [
  ...signalCases,
  ...claimCases,
  ...pageCases,
  ...textCases,
  ...featureCases,
  ...vectorCases,
  ...historyCases,
  ...keptCases,
  ...statisticsCases,
  ...logCases,
  ...logKeepingCases,
  ...logNamingCases,
  ...unnamedCases,
  ...recordCases,
  ...planCases,
  ...changeCases,
  ...modelCases,
  ...modelRoleCases,
  ...modelTrialCases,
  ...viewCases,
  ...leaseCases,
  ...quotaCases,
  ...limitCases,
  ...allowanceCases,
  ...dataKeyCases,
  ...budgetCases,
  ...governanceCases,
  ...contentCases,
  ...actsKeepingCases,
  ...streamCases,
  ...streamFollowCases,
];
