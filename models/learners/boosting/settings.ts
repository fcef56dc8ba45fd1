/**
 * Options with nothing left open, and what they refuse.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { MOST_BINS } from "./bins.ts";
import type { BoostingOptions, BoostingRows, Loss } from "./options.ts";

/** Options, all settled. */
export type Settings = Required<BoostingOptions>;

/**
 * Settles what options leave open.
 *
 * @param options As given.
 * @param rows What to learn from.
 * @returns All options.
 * @throws {EngineError} `dataset_invalid` if rows and options do not fit.
 */
export function settle(
  options: BoostingOptions,
  rows: BoostingRows,
): Settings {
  const settings = {
    quantile: 0.5,
    maxDepth: Infinity,
    l1: 0,
    minChildRows: 1,
    maxBins: MOST_BINS,
    nodeColumnShare: 1,
    monotone: rows.columns.map(() => 0),
    categorySmoothing: 10,
    categoryL2: 10,
    threads: 1,
    ...options,
  };
  if (rows.columns.length === 0) {
    throw new EngineError(
      "dataset_invalid",
      "Cannot boost trees: there is no column to learn from",
    );
  }
  checkMonotone(settings, rows);
  checkQuantile(settings);
  checkLabels(settings.loss, rows.label);
  checkWeights(rows);
  return settings;
}

function checkMonotone(
  { monotone, loss }: Settings,
  { columns, names, coded = [] }: BoostingRows,
): void {
  if (monotone.length !== columns.length) {
    throw new RangeError(
      `Cannot bind ${columns.length} columns with ${monotone.length} directions`,
    );
  }
  const words = coded.find((at) => monotone[at] !== 0);
  if (words !== undefined) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot bind column "${
        names?.[words] ?? words + 1
      }" to rise or fall: it holds words, which have no order`,
    );
  }
  const bound = monotone.findIndex((direction) => direction !== 0);
  if (loss === "quantile" && bound >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot bind column "${
        names?.[bound] ?? bound + 1
      }" to rise or fall: quantile loss takes no directions`,
    );
  }
}

function checkQuantile({ quantile }: Settings): void {
  if (!(quantile > 0 && quantile < 1)) {
    throw new RangeError(
      `Cannot learn quantile "${quantile}": it must lie between 0 and 1`,
    );
  }
}

/**
 * Checks that a loss can be learnt from labels.
 *
 * @param loss Which.
 * @param label Shape [rows].
 * @param name What messages call the labels.
 * @throws {EngineError} `dataset_invalid` if there are none, or at one that cannot.
 */
export function checkLabels(
  loss: Loss,
  label: Float64Array,
  name = "label",
): void {
  if (label.length === 0) {
    throw new EngineError("dataset_invalid", "Cannot fit without rows");
  }
  const refused = label.findIndex((value) => !accepts(loss, value));
  if (refused < 0) return;
  throw new EngineError(
    "dataset_invalid",
    `Cannot fit ${loss} loss to "${name}": row ${refused + 1} has ${
      label[refused]
    }, and it must be ${ACCEPTED[loss]}`,
  );
}

function checkWeights({ weight }: BoostingRows): void {
  const light = weight?.findIndex((value) => !(value > 0 && value < Infinity));
  if (light !== undefined && light >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot weigh row ${light + 1} with "${
        weight?.[light]
      }": a weight must be above 0`,
    );
  }
}

const ACCEPTED: Readonly<Record<Loss, string>> = {
  logistic: "from 0 to 1",
  squared: "a finite number",
  poisson: "a finite number, not below 0",
  quantile: "a finite number",
};

function accepts(loss: Loss, label: number): boolean {
  if (!Number.isFinite(label)) return false;
  if (loss === "logistic") return label >= 0 && label <= 1;
  return loss !== "poisson" || label >= 0;
}
