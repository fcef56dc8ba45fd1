/**
 * What models learn from.
 *
 * @module
 */
import type { Day } from "./day.ts";
import type { EntityKey } from "./entity.ts";

/** Which action each row took, for models that weigh actions. */
export interface ActionsTaken {
  /** Names, shape [actions]; their indicator columns follow one another. */
  readonly names: readonly string[];
  /** Column of the first indicator. */
  readonly firstColumn: number;
  /** Place of the action that does nothing. */
  readonly control: number;
  /** Place of the action that each row took, shape [rows]. */
  readonly taken: Uint8Array;
}

/** When outcomes came, for rows whose time for one may not be over. */
export interface OutcomeDelays {
  /** Days from the row to its first outcome; NaN where none has come yet. */
  readonly delay: Float64Array;
  /** Days for which the row was watched, at most `withinDays`. */
  readonly watched: Float64Array;
  /** Days after which an outcome counts no more: a row watched so long is mature. */
  readonly withinDays: number;
}

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
  /** Value of the outcomes of each row, micros; absent if none had any. */
  readonly valueMicros?: Float64Array;
  /** How much each row counts, above 0; each counts 1 if absent. */
  readonly weight?: Float64Array;
  /** Places of the columns that hold codes of words, 0, 1, 2, … or NaN. */
  readonly coded?: readonly number[];
  /** Which action each row took, if the model weighs actions. */
  readonly actions?: ActionsTaken;
  /** When outcomes came, if the specification asks for it. */
  readonly delays?: OutcomeDelays;
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
