/**
 * Models at work, and what this node counts of those on trial.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { Stores } from "../ports/stores.ts";
import {
  createScores,
  type Scores,
  type ScoreScope,
} from "../scores/scores.ts";
import { createTrialTally, type TrialTally } from "../scores/trial/tally.ts";

/** Models at work, and the tally of trials. */
export interface OpenedScores {
  readonly scores: Scores;
  readonly tally: TrialTally;
}

/** Opens the models; what is on trial is what was agreed. */
export function openScores(
  { stores: { guards, governance }, clock }: {
    readonly stores: Pick<Stores, "guards" | "governance">;
    readonly clock: Clock;
  },
  models: ScoreScope["models"],
): OpenedScores {
  const tally = createTrialTally();
  const trials = { governance, tally };
  return { tally, scores: createScores({ models, clock, guards, trials }) };
}
