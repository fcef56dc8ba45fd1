/**
 * What a decision rests on, and what is settled on these grounds.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Decision, DecisionRequest } from "../domain/decision.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { PolicySet } from "../verdicts/policy_set.ts";
import type { SharedFacts } from "./context.ts";
import type { Standing } from "./score_rung.ts";

/** All that one decision rests on. */
export interface Grounds {
  readonly tenant: string;
  readonly request: DecisionRequest;
  readonly at: Instant;
  readonly readings: FeatureReadings;
  readonly standing: Standing;
  readonly policies: PolicySet;
  readonly shared: SharedFacts;
}

/** What was settled upon. */
export type Settled = Pick<
  Decision,
  "recommendation" | "score" | "actions" | "applied"
>;
