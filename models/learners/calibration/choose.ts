/**
 * Calibration of chances: none, a straight line on the log odds (Platt), or a
 * rising curve (isotonic), whichever says held-out rows best.
 *
 * A family of trees scores rows that the trees were not grown on, chooses, writes
 * the choice behind the trees (`treesOnnx(ensemble, calibration)`), and predicts by
 * `calibrate(calibration, scoreEnsemble(ensemble, columns))`.
 *
 * @module
 */
import type { Random } from "@moe/plugin";
import { sigmoid } from "../linear/links.ts";
import {
  fitIsotonic,
  type HeldScores,
  readCurve,
  type RisingCurve,
} from "./isotonic.ts";
import { fitPlatt, type OddsLine } from "./platt.ts";

/** How log odds become chances. */
export type Calibration =
  | { readonly kind: "none" }
  | { readonly kind: "platt"; readonly line: OddsLine }
  | { readonly kind: "isotonic"; readonly curve: RisingCurve };

/** A calibration with what spoke for it. */
export interface ChosenCalibration {
  readonly calibration: Calibration;
  /** Mean log loss over rows that each fit had not seen, nats a row. */
  readonly losses: Readonly<Record<Calibration["kind"], number>>;
}

const FOLDS = 5;

/**
 * Chooses by cross-validated log loss. A richer kind must be better by more than
 * the standard error of the difference.
 *
 * @param held Log odds of rows that the model was not fitted to, with their labels.
 * @param random Deals the rows to the folds.
 * @returns The choice, fitted to all of the rows; none for fewer rows than folds.
 */
export function chooseCalibration(
  held: HeldScores,
  random: Random,
): ChosenCalibration {
  const rows = held.scores.length;
  const fold = Uint8Array.from(
    { length: rows },
    () => Math.floor(FOLDS * random.next()),
  );
  const losses = {
    none: new Float64Array(rows),
    platt: new Float64Array(rows),
    isotonic: new Float64Array(rows),
  };
  for (let out = 0; out < FOLDS; out++) {
    const train = pick(held, (row) => fold[row] !== out);
    if (train.scores.length === 0) continue;
    const fits = fitAll(train);
    held.scores.forEach((score, row) => {
      if (fold[row] !== out) return;
      for (const fitted of fits) {
        losses[fitted.kind][row] = loss(
          calibrateOne(fitted, score),
          held.label[row] as number,
        );
      }
    });
  }
  const best = (["platt", "isotonic"] as const).reduce<Calibration["kind"]>(
    (least, kind) =>
      isBetter(losses[kind], losses[least], held.weight) ? kind : least,
    "none",
  );
  const chosen = rows < FOLDS
    ? undefined
    : fitAll(held).find(({ kind }) => kind === best);
  const average = (of: Float64Array) => weightedMean(of, held.weight).mean;
  return {
    calibration: chosen ?? { kind: "none" },
    losses: {
      none: average(losses.none),
      platt: average(losses.platt),
      isotonic: average(losses.isotonic),
    },
  };
}

/**
 * Calibrates log odds.
 *
 * @param calibration The calibration.
 * @param odds Log odds, shape [rows].
 * @returns Chances, shape [rows].
 */
export function calibrate(
  calibration: Calibration,
  odds: Float64Array,
): Float64Array {
  return odds.map((value) => calibrateOne(calibration, value));
}

function calibrateOne(calibration: Calibration, odds: number): number {
  switch (calibration.kind) {
    case "none":
      return sigmoid(odds);
    case "platt": {
      const { slope, intercept } = calibration.line;
      return sigmoid(intercept + slope * odds);
    }
    case "isotonic":
      return readCurve(calibration.curve, odds);
  }
}

/** All kinds; where the scores speak for no rising line, none takes its place. */
function fitAll(held: HeldScores): readonly Calibration[] {
  const line = fitPlatt(held);
  return [
    { kind: "none" },
    { kind: "platt", line: line ?? { slope: 1, intercept: 0 } },
    { kind: "isotonic", curve: fitIsotonic(held) },
  ];
}

function pick(
  { scores, label, weight }: HeldScores,
  wanted: (row: number) => boolean,
): HeldScores {
  const keep = (values: Float64Array) => values.filter((_, row) => wanted(row));
  return {
    scores: keep(scores),
    label: keep(label),
    weight: weight && keep(weight),
  };
}

function loss(chance: number, label: number): number {
  const said = Math.min(Math.max(chance, 1e-15), 1 - 1e-15);
  return -label * Math.log(said) - (1 - label) * Math.log1p(-said);
}

/** Whether losses are lower by more than the standard error of the difference. */
function isBetter(
  losses: Float64Array,
  than: Float64Array,
  weight: Float64Array | undefined,
): boolean {
  const gains = than.map((value, row) => value - (losses[row] as number));
  const { mean, error } = weightedMean(gains, weight);
  return mean > error;
}

function weightedMean(values: Float64Array, weight?: Float64Array) {
  let total = 0;
  let sum = 0;
  values.forEach((value, row) => {
    const counts = weight ? weight[row] as number : 1;
    total += counts;
    sum += counts * value;
  });
  const mean = sum / total;
  const squares = values.reduce((all, value, row) => {
    const counts = weight ? weight[row] as number : 1;
    return all + (counts * (value - mean)) ** 2;
  }, 0);
  return { mean, error: Math.sqrt(squares) / total };
}
