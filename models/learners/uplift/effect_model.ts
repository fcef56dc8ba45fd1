/**
 * What every uplift learner ends in: an expected outcome without treatment, and for
 * each arm what that arm adds to it, both sums of fitted outcome models.
 *
 * @module
 */
import type { RowDataset } from "@moe/plugin";
import type { OutcomeKind, Regressor } from "./regressor.ts";

/** Rows of an experiment. */
export interface ArmRows extends Pick<RowDataset, "columns" | "label"> {
  /** How much each row counts; each counts 1 if absent. */
  readonly weight?: Float64Array;
  /** Arm of each row, 0 for control, shape [rows]. */
  readonly arm: Uint8Array;
  /** How many arms there are beside control. */
  readonly arms: number;
}

/** One outcome model in a sum. */
export interface Term {
  readonly factor: number;
  readonly regressor: Regressor;
  /**
   * Arm as which the regressor sees a row, for one that learnt all arms at once; null
   * if it sees the columns and nothing else.
   */
  readonly seenAs: number | null;
}

/** A fitted uplift model. */
export interface EffectModel {
  /** Columns that it was fitted to. */
  readonly columns: number;
  readonly kind: OutcomeKind;
  /** Outcome under control. */
  readonly control: readonly Term[];
  /** What each arm adds, shape [arms]. */
  readonly effects: readonly (readonly Term[])[];
}

/**
 * Predicts what each arm adds.
 *
 * @param model The model.
 * @param columns Shape [columns][rows].
 * @returns Outcome units, shape [arms][rows].
 */
export function predictEffects(
  model: EffectModel,
  columns: readonly Float64Array[],
): Float64Array[] {
  const predict = remember(model, columns);
  return model.effects.map((terms) => addUp(terms, columns, predict));
}

/**
 * Predicts the outcome of rows that took the arms given; of chances, within [0, 1].
 *
 * @param model The model.
 * @param columns Shape [columns][rows].
 * @param taken 1 where a row took the arm, otherwise 0, shape [arms][rows].
 * @returns Outcome units, shape [rows].
 */
export function predictTaken(
  model: EffectModel,
  columns: readonly Float64Array[],
  taken: readonly Float64Array[],
): Float64Array {
  const predict = remember(model, columns);
  const score = addUp(model.control, columns, predict);
  model.effects.forEach((terms, at) => {
    const effect = addUp(terms, columns, predict);
    for (let row = 0; row < score.length; row++) {
      score[row] = (score[row] as number) +
        (effect[row] as number) * (taken[at]?.[row] as number);
    }
  });
  return model.kind === "chance"
    ? score.map((chance) => Math.min(1, Math.max(0, chance)))
    : score;
}

/**
 * Shares of the arms.
 *
 * @param rows Rows of an experiment.
 * @returns Control first, shape [arms + 1].
 */
export function armShares({ arm, arms }: ArmRows): Float64Array {
  const shares = new Float64Array(arms + 1);
  for (const one of arm) shares[one] = (shares[one] as number) + 1;
  return shares.map((rows) => rows / arm.length);
}

/**
 * Rows as a model of all arms at once sees them: the columns, an indicator of each
 * arm, and the columns times each indicator.
 *
 * @param columns Shape [columns][rows].
 * @param arms How many.
 * @param armOf Arm of a row, 0 for control.
 * @returns Shape [columns + arms · (1 + columns)][rows].
 */
export function seeArms(
  columns: readonly Float64Array[],
  arms: number,
  armOf: (row: number) => number,
): Float64Array[] {
  const rows = columns[0]?.length ?? 0;
  const crossed = Array.from({ length: arms }, (_, before) => {
    const isIn = (row: number) => armOf(row) === before + 1;
    return [
      new Float64Array(rows).map((_, row) => isIn(row) ? 1 : 0),
      ...columns.map((column) =>
        column.map((value, row) => isIn(row) ? value : 0)
      ),
    ];
  });
  return [...columns, ...crossed.flat()];
}

type Predict = (term: Term) => Float64Array;

/** Predicts each regressor once, however many sums it stands in. */
function remember(
  { effects }: EffectModel,
  columns: readonly Float64Array[],
): Predict {
  const known = new Map<Regressor, Map<number | null, Float64Array>>();
  return ({ regressor, seenAs }) => {
    const views = known.get(regressor) ?? new Map();
    known.set(regressor, views);
    const before = views.get(seenAs);
    if (before) return before;
    const seen = seenAs === null
      ? columns
      : seeArms(columns, effects.length, () => seenAs);
    const said = regressor.predict(seen);
    views.set(seenAs, said);
    return said;
  };
}

function addUp(
  terms: readonly Term[],
  columns: readonly Float64Array[],
  predict: Predict,
): Float64Array {
  const sum = new Float64Array(columns[0]?.length ?? 0);
  for (const term of terms) {
    const said = predict(term);
    for (let row = 0; row < sum.length; row++) {
      sum[row] = (sum[row] as number) + term.factor * (said[row] as number);
    }
  }
  return sum;
}
