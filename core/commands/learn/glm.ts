/**
 * `moe learn glm`: regularised regression on a file.
 *
 * @module
 */
import {
  fitGlm,
  type Glm,
  predictGlm,
} from "../../../models/learners/linear/glm.ts";
import { checkLabels } from "../../../models/learners/linear/links.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { printTable } from "../terminal.ts";
import { fillColumns } from "./glm_columns.ts";
import { parseGlmParams } from "./glm_params.ts";
import { findMerged } from "./merged_numbers.ts";
import {
  type Likelihood,
  measureFit,
  measurePredictions,
  writeLearnt,
  writePredictions,
} from "./output.ts";
import { readTable, type Table } from "./table.ts";

const LIKELIHOODS: Readonly<Record<Glm["family"], Likelihood>> = {
  logistic: "chance",
  linear: "number",
  poisson: "count",
};

/** Columns shown to a person. */
const SHOWN = 20;

/** Learns a regression. */
export const learnGlm: Command = {
  name: "learn glm",
  about: "learn a regression with an elastic net from a CSV file",
  operands: [],
  options: {
    "train*": "file to learn from, with a header",
    "test*": "file to measure on and to predict",
    "target*": "column to predict: 0 and 1, a number, or a count",
    categorical: "columns of words, with commas",
    drop: "columns to leave out, with commas",
    params:
      "JSON: family (logistic, linear, poisson; by the labels unless given), l1 and l2 (or lambda and alpha as in glmnet, alpha or C and l1_ratio as in scikit-learn), steps",
    out: "where to write the predictions; beside the test file unless given",
    "json!": "print JSON alone",
  },
  async run(scope, _operands, options) {
    const { penalties, steps, ...asked } = parseGlmParams(
      textOption(options, "params", ""),
    );
    const target = textOption(options, "target", "");
    const { train, test, file } = await readTables(options);
    const label = labelOf(train);
    const family = asked.family ?? familyOf(label);
    checkLabels(label, family, target);
    const { names, columns } = fillColumns(train, train);
    const seen = fillColumns(test, train).columns;
    const warnings = findMerged({ names, columns });
    warnings.forEach((text) => scope.terminal.warn(`warning: ${text}`));
    const { result: model, fitSeconds, peakBytes } = await measureFit(() =>
      fitGlm(
        { names, columns, label },
        { family, steps, ...penalties(train.rows) },
      )
    );
    const prediction = predictGlm(model, seen);
    const metrics = measurePredictions(
      LIKELIHOODS[family],
      labelOf(test),
      prediction,
    );
    const out = options["out"] === undefined
      ? undefined
      : textOption(options, "out", "");
    const predictions = await writePredictions({ prediction }, { file, out });
    const result = {
      family,
      rows: { train: train.rows, test: test.rows },
      metrics,
      ["fit_seconds"]: fitSeconds,
      ["peak_bytes"]: peakBytes,
      predictions,
      warnings,
      ...coefficientsOf(model, names),
    };
    const lines = printRun(result);
    writeLearnt(scope, { json: options["json"] === true }, { result, lines });
    return 0;
  },
};

async function readTables(options: Options) {
  const target = textOption(options, "target", "");
  const file = textOption(options, "test", "");
  const train = await readTable(textOption(options, "train", ""), {
    target,
    categorical: wordsOf(textOption(options, "categorical", "")),
    drop: wordsOf(textOption(options, "drop", "")),
  });
  return { train, test: await readTable(file, { target, like: train }), file };
}

function wordsOf(list: string): string[] {
  return list.split(",").map((word) => word.trim()).filter(Boolean);
}

function labelOf({ label }: Table): Float64Array {
  return label ?? new Float64Array();
}

/** Labels that are all 0 or 1 are chances, others numbers. */
function familyOf(label: Float64Array): Glm["family"] {
  return label.every((value) => value === 0 || value === 1)
    ? "logistic"
    : "linear";
}

interface Coefficients {
  /** Score where every column is 0. */
  readonly intercept: number;
  /** Per unit of the column; those that are 0 are left out. */
  readonly coefficients: Readonly<Record<string, number>>;
}

function coefficientsOf(
  { intercept, weights, scales, centres }: Glm,
  names: readonly string[],
): Coefficients {
  const slopes = weights.map((weight, at) => weight * (scales[at] as number));
  return {
    intercept: slopes.reduce(
      (sum, slope, at) => sum - slope * (centres[at] as number),
      intercept,
    ),
    coefficients: Object.fromEntries(
      names.map((name, at) => [name, slopes[at] as number] as const)
        .filter(([, slope]) => slope !== 0),
    ),
  };
}

interface Run extends Coefficients {
  readonly family: string;
  readonly rows: { readonly train: number; readonly test: number };
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: string;
}

function printRun(run: Run): string[] {
  const numeric = [{ heading: "name" }, { heading: "value", numeric: true }];
  const slopes = Object.entries(run.coefficients);
  const print = ([name, value]: [string, number]) => [
    name,
    value.toPrecision(5),
  ];
  return [
    `${run.family} regression: ${run.rows.train} rows learnt, ${run.rows.test} predicted`,
    ...printTable(numeric, Object.entries(run.metrics).map(print)),
    "",
    `${slopes.length} columns count${
      slopes.length > SHOWN ? `, the first ${SHOWN}` : ""
    }; per unit of each:`,
    ...printTable(numeric, [
      ["(intercept)", run.intercept.toPrecision(5)],
      ...slopes.slice(0, SHOWN).map(print),
    ]),
    `predictions: ${run.predictions}`,
  ];
}
