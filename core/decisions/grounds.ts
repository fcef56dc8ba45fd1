/**
 * What a decision rests on, and what is settled on these grounds.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Counts, Decision, DecisionRequest } from "../domain/decision.ts";
import type { FeatureReadings } from "../domain/feature.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import { type SharedFacts, sharedFacts, withCounts } from "./context.ts";
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
  /** What limits had counted; absent where none may apply. */
  readonly counts?: Counts;
}

/** Grounds with the facts that follow from them. */
export function withFacts(given: Omit<Grounds, "shared">): Grounds {
  const { tenant, request, at, readings, standing, policies, counts } = given;
  const shared = withCounts(sharedFacts(given), counts);
  const grounds = { tenant, request, at, readings, standing, policies, shared };
  return counts === undefined ? grounds : { ...grounds, counts };
}

/** What was settled upon. */
export type Settled = Pick<
  Decision,
  | "recommendation"
  | "score"
  | "actions"
  | "applied"
  | "reviews"
  | "countsTowards"
>;
