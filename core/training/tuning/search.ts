/**
 * Which parameters to try next. A search goes by rounds: a round is planned from the
 * whole rounds before it and from nothing else, so that the same trials come about
 * however many run at a time, and after any stop.
 *
 * @module
 */
import type { TrialRecord } from "../../domain/evidence.ts";
import type { Params, Space } from "./space.ts";

/** A trial to be run. */
export type PlannedTrial = Pick<TrialRecord, "number" | "params" | "effort">;

/** What a search is told. */
export interface SearchOptions {
  readonly space: Space;
  /** What to try first, and keep for whatever is not tuned. */
  readonly given: Params;
  readonly seed: number;
  /** Parameters to try. */
  readonly trials: number;
  /** Rows to learn from at full effort. */
  readonly rows: number;
}

/** A search for parameters. */
export interface Search {
  /** How many trials it comes to. */
  readonly total: number;
  /**
   * Plans the round after those that are whole.
   *
   * @param tried Trials of all rounds before, by number.
   * @returns Nothing when the search is over.
   */
  next(tried: readonly TrialRecord[]): readonly PlannedTrial[];
}

/** Trials with a loss, the lowest first; the earlier of equals. */
export function ranked(
  trials: readonly TrialRecord[],
): (TrialRecord & { readonly loss: number })[] {
  return trials.filter((trial): trial is TrialRecord & { loss: number } =>
    trial.loss !== null
  ).sort((a, b) => a.loss - b.loss || a.number - b.number);
}
