/**
 * What a version answered lately, as the watch reads it.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { FeatureValue } from "../../domain/feature.ts";

/** One answer of a version. */
export interface ScoredRow {
  readonly at: Instant;
  /** Value of each input of the schema, shape [inputs]. */
  readonly values: readonly FeatureValue[];
  /** The score watched: of the bid, or of the action that does nothing. */
  readonly score: number;
  /** Money that the answer moved: the bid, or the worth of the action; micros. */
  readonly moneyMicros: number;
}

/** Answers of a version over some days. */
export interface ScoredWindow {
  readonly from: Instant;
  readonly until: Instant;
  /**
   * One for each set of entities, the latest that was looked at: of a busy version a
   * sample, spread evenly over the window.
   */
  readonly rows: readonly ScoredRow[];
  /** All answers, also those of the same entities; reckoned from the sample. */
  readonly answers: number;
  /** Money that all answers moved, micros a day; reckoned from the sample. */
  readonly moneyMicrosPerDay: number;
}
