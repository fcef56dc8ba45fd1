/**
 * Expected value of a row, most rows having none: the chance of a value, times the
 * value to be expected where there is one (a hurdle).
 *
 *     score = chance(row) · relative(row) · micros
 *
 * Both parts are learnt apart, as what brings an outcome is seldom what makes it large.
 * `micros` makes the scores of all mature rows add up to the values that they had. The
 * size of a value is learnt from mature rows alone, as what has come so far of the
 * others is not all of it, and what comes early may be smaller.
 *
 * @module
 */
import {
  EngineError,
  type FitScope,
  type FittedRows,
  type RowDataset,
} from "@moe/plugin";
import { fitBoosting, predictEnsemble } from "../boosting/boosting.ts";
import type { Ensemble } from "../boosting/options.ts";
import { treesOnnx } from "../boosting/trees_onnx.ts";
import { writeOnnx } from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";
import { type ChanceOptions, fitChance } from "./chance.ts";
import { operation } from "./filled.ts";
import { pickRows } from "./rows.ts";

/** How to learn a value. */
export interface ValueOptions extends ChanceOptions {
  /**
   * `poisson`: the mean by a log link, right whatever the spread. `log_squared`: the
   * mean of logarithms, steadier where few values are huge, and then made to add up.
   */
  readonly valueLoss: "poisson" | "log_squared";
  /** Least rows of a leaf, in trees for the size: values are noisier than chances. */
  readonly valueRows: number;
}

type Scope = FitScope<RowDataset, ValueOptions>;

/**
 * Learns the expected value of a row.
 *
 * @param scope Labels in micros; what is not above 0 counts as no value.
 * @returns Scores in micros, never below 0.
 * @throws {EngineError} `dataset_invalid` if no row has a value.
 */
export async function fitValue(scope: Scope): Promise<FittedRows> {
  const { dataset, validation } = scope;
  const chance = await fitChance({
    ...scope,
    dataset: asOutcomes(dataset),
    validation: validation && asOutcomes(validation),
  });
  const valued = valuedRows(dataset);
  const unit = weightedSum(valued, valued.label) /
    weightedSum(valued, new Float64Array(valued.rows).fill(1));
  const size = await fitSize(scope, valued, unit);
  const expect = (columns: readonly Float64Array[]) => {
    const chances = chance.predict(columns);
    return relativeSize(size, columns).map((relative, row) =>
      relative * (chances[row] as number)
    );
  };
  const micros = unit *
    addUp([dataset, ...validation ? [validation] : []], expect, unit);
  return {
    onnx: valueOnnx({ chance: chance.onnx, size, micros }),
    predict: (columns) => expect(columns).map((relative) => relative * micros),
  };
}

/** The size of a value, as a factor on the mean. */
async function fitSize(
  { validation, params, random, report }: Scope,
  valued: RowDataset,
  unit: number,
): Promise<Ensemble> {
  const log = params.valueLoss === "log_squared";
  const scaled = (rows: RowDataset) => ({
    ...rows,
    label: rows.label.map((value) =>
      log ? Math.log(value / unit) : value / unit
    ),
  });
  const held = validation && pickRows(validation, hasValue(validation));
  return await fitBoosting(
    scaled(valued),
    {
      ...params,
      loss: log ? "squared" : "poisson",
      minChildWeight: params.valueRows,
    },
    { validation: held && held.rows > 0 ? scaled(held) : null, random, report },
  );
}

function relativeSize(
  size: Ensemble,
  columns: readonly Float64Array[],
): Float64Array {
  const said = predictEnsemble(size, columns);
  return size.loss === "squared" ? said.map(Math.exp) : said;
}

/** Factor that makes scores add up to labels over mature rows; 1 if these are none. */
function addUp(
  datasets: readonly RowDataset[],
  expect: (columns: readonly Float64Array[]) => Float64Array,
  unit: number,
): number {
  let [had, said] = [0, 0];
  for (const dataset of datasets) {
    const mature = pickRows(dataset, isMature(dataset));
    had += weightedSum(mature, mature.label);
    said += weightedSum(mature, expect(mature.columns)) * unit;
  }
  return had > 0 && said > 0 ? had / said : 1;
}

function valueOnnx(
  { chance, size, micros }: {
    readonly chance: Uint8Array;
    readonly size: Ensemble;
    readonly micros: number;
  },
): Uint8Array {
  const log = size.loss === "squared";
  return writeOnnx({
    name: "value",
    columns: size.columns,
    constants: [{ name: "micros", shape: [1, 1], floats: [micros] }],
    nodes: [
      embedOnnx(chance, {
        prefix: "chance_",
        input: "features",
        output: "chance",
      }),
      embedOnnx(treesOnnx(size), {
        prefix: "size_",
        input: "features",
        output: log ? "log_size" : "size",
      }),
      ...(log ? [operation("Exp", ["log_size"], "size")] : []),
      operation("Mul", ["chance", "size"], "expected"),
      operation("Mul", ["expected", "micros"], "score"),
    ],
  });
}

/** Whether there was a value, for each row. */
function asOutcomes(dataset: RowDataset): RowDataset {
  return { ...dataset, label: dataset.label.map((value) => value > 0 ? 1 : 0) };
}

/** Rows with a value, mature ones if there are any. */
function valuedRows(dataset: RowDataset): RowDataset {
  const all = hasValue(dataset);
  const mature = all.filter(isMatureRow(dataset));
  if (all.length > 0) {
    return pickRows(dataset, mature.length > 0 ? mature : all);
  }
  throw new EngineError(
    "dataset_invalid",
    "Cannot fit a value: no row has one above 0; check label.measure and label.outcome",
  );
}

function hasValue({ label }: RowDataset): number[] {
  return [...label.keys()].filter((row) => (label[row] as number) > 0);
}

function isMature(dataset: RowDataset): number[] {
  return [...dataset.label.keys()].filter(isMatureRow(dataset));
}

function isMatureRow({ delays }: RowDataset) {
  return (row: number) =>
    !delays || (delays.watched[row] as number) >= delays.withinDays;
}

function weightedSum({ weight }: RowDataset, values: Float64Array): number {
  return values.reduce(
    (sum, value, row) => sum + value * (weight?.[row] ?? 1),
    0,
  );
}
