/**
 * What models learn from.
 *
 * @module
 */
import type { Day } from "./day.ts";
import type { EntityKey } from "./entity.ts";

/** Labelled rows, column by column; all of shape [rows]. */
export interface RowDataset {
  /** Number of rows. */
  readonly rows: number;
  /** Names of the columns. */
  readonly names: readonly string[];
  /** Columns in the order of the names; NaN is missing. */
  readonly columns: readonly Float64Array[];
  /** What is to be predicted. */
  readonly label: Float64Array;
}

/** Spend and outcome over time, all series of shape [periods]. */
export interface SeriesDataset {
  /** First day of each period. */
  readonly days: readonly Day[];
  /** Days in a period: 1 or 7. */
  readonly periodDays: number;
  /** Spend of each entity, micros a day. */
  readonly spend: readonly {
    readonly entity: EntityKey;
    readonly parent: EntityKey | null;
    readonly series: Float64Array;
  }[];
  /** Outcome a day, in outcome units, to which all of these spends contribute. */
  readonly outcome: Float64Array;
  /** Other drivers by name. */
  readonly controls: Readonly<Record<string, Float64Array>>;
}
