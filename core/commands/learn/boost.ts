/**
 * `moe learn boost`: boosted trees on a file.
 *
 * @module
 */
import {
  fitBoosting,
  predictEnsemble,
} from "../../../models/learners/boosting/boosting.ts";
import { checkLabels } from "../../../models/learners/boosting/settings.ts";
import type {
  BoostingRows,
  Ensemble,
  Loss,
} from "../../../models/learners/boosting/options.ts";
import { EngineError } from "../../domain/error.ts";
import { suggestName } from "../../domain/nearest_name.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import { type Command, type Options, textOption } from "../command.ts";
import { printTable, type Terminal } from "../terminal.ts";
import { type BoostParams, parseBoostParams } from "./boost_params.ts";
import { findMerged } from "./merged_numbers.ts";
import {
  type Likelihood,
  measureFit,
  measurePredictions,
  writeLearnt,
  writePredictions,
} from "./output.ts";
import { readTable, type Table } from "./table.ts";

const LIKELIHOODS: Readonly<Record<Loss, Likelihood>> = {
  logistic: "chance",
  squared: "number",
  poisson: "count",
  quantile: "number",
};

/** Share of the rows that is set apart to stop early on. */
const HELD_SHARE = 0.2;
/** Rows set apart below which it is chance that says when to stop. */
const LEAST_HELD = 20;

/** Learns boosted trees. */
export const learnBoost: Command = {
  name: "learn boost",
  about: "learn gradient-boosted trees from a CSV file",
  operands: [],
  options: {
    "train*": "file to learn from, with a header",
    "test*": "file to measure on and to predict",
    "target*": "column to predict: 0 and 1, a number, or a count",
    categorical: "columns of words, with commas",
    drop: "columns to leave out, with commas",
    params:
      "JSON: loss (logistic, squared, poisson, quantile; by the labels unless given), trees, leaves, learningRate, l1, l2, minChildRows, minChildWeight, rowShare, columnShare, maxBins, maxDepth, monotone, quantile, patience, threads, seed; LightGBM's names hold too",
    out: "where to write the predictions; beside the test file unless given",
    "json!": "print JSON alone",
  },
  async run(scope, _operands, options) {
    const cores = navigator.hardwareConcurrency;
    const params = parseBoostParams(textOption(options, "params", ""), cores);
    const { train, test, file } = await readTables(options);
    const label = labelOf(train);
    const loss = params.loss ?? lossOf(label);
    checkLabels(loss, label, textOption(options, "target", ""));
    const warnings = findMerged(train);
    warnings.forEach((text) => scope.terminal.warn(`warning: ${text}`));
    const { result: ensemble, fitSeconds, peakBytes } = await measureFit(() =>
      fit(train, { ...params, loss }, scope.terminal)
    );
    const prediction = predictEnsemble(ensemble, test.columns);
    const predictions = await writePredictions({ prediction }, {
      file,
      out: options["out"] === undefined
        ? undefined
        : textOption(options, "out", ""),
    });
    const result = {
      loss,
      rows: { train: train.rows, test: test.rows },
      trees: ensemble.trees.length,
      metrics: measure({ ...params, loss }, labelOf(test), prediction),
      ["fit_seconds"]: fitSeconds,
      ["peak_bytes"]: peakBytes,
      predictions,
      warnings,
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

function fit(
  train: Table,
  params: BoostParams & { loss: Loss },
  terminal: Terminal,
): Ensemble {
  const random = seededRandom(params.seed);
  const rows = { ...train, label: labelOf(train) };
  const { learning, validation } = params.stopsEarly
    ? setApart(rows, random, terminal)
    : { learning: rows, validation: null };
  return fitBoosting(learning, {
    ...params,
    monotone: directionsOf(params.monotone, train.names),
  }, { validation, random, report: terminal.progress });
}

/** Rows to learn from and to stop early on; all and none if these were too few. */
function setApart(
  rows: BoostingRows,
  random: Random,
  { warn }: Terminal,
): { learning: BoostingRows; validation: BoostingRows | null } {
  const held = Array.from(rows.label, () => random.next() < HELD_SHARE);
  const many = held.filter(Boolean).length;
  if (many < LEAST_HELD) {
    warn(
      `warning: trees do not stop early: ${many} rows set apart are too few, ${LEAST_HELD} are needed`,
    );
    return { learning: rows, validation: null };
  }
  const pick = (wanted: boolean): BoostingRows => {
    const keep = (all: Float64Array) =>
      all.filter((_, row) => held[row] === wanted);
    const { columns, label } = rows;
    return { ...rows, columns: columns.map(keep), label: keep(label) };
  };
  return { learning: pick(false), validation: pick(true) };
}

/** Directions by place. */
function directionsOf(
  monotone: BoostParams["monotone"],
  names: readonly string[],
): number[] {
  const entries = Array.isArray(monotone)
    ? monotone.map((direction, at) =>
      [names[at] ?? `${at}`, direction] as const
    )
    : Object.entries(monotone ?? {});
  const unknown = entries.find(([name]) => !names.includes(name));
  if (unknown) {
    throw new EngineError(
      "request_invalid",
      `Cannot set parameter "monotone": there is no column "${unknown[0]}"; ${
        suggestName(unknown[0], names)
      }`,
    );
  }
  const directions = new Map(entries);
  return names.map((name) => directions.get(name) ?? 0);
}

function measure(
  { loss, quantile = 0.5 }: { loss: Loss; quantile?: number },
  label: Float64Array,
  prediction: Float64Array,
): Record<string, number> {
  const metrics = measurePredictions(LIKELIHOODS[loss], label, prediction);
  if (loss !== "quantile") return metrics;
  let pinball = 0;
  let below = 0;
  label.forEach((truth, row) => {
    const over = truth - (prediction[row] ?? NaN);
    pinball += over > 0 ? quantile * over : (quantile - 1) * over;
    if (over <= 0) below++;
  });
  return {
    pinball: pinball / label.length,
    ["share_below"]: below / label.length,
    ...metrics,
  };
}

function wordsOf(list: string): string[] {
  return list.split(",").map((word) => word.trim()).filter(Boolean);
}

function labelOf({ label }: Table): Float64Array {
  return label ?? new Float64Array();
}

/** Labels that are all 0 or 1 are chances, others numbers. */
function lossOf(label: Float64Array): Loss {
  return label.every((value) => value === 0 || value === 1)
    ? "logistic"
    : "squared";
}

function printRun(
  { loss, rows, trees, metrics, predictions, ...cost }: {
    loss: Loss;
    rows: { train: number; test: number };
    trees: number;
    metrics: Record<string, number>;
    predictions: string;
    fit_seconds: number;
    peak_bytes: number;
  },
): string[] {
  const seconds = cost["fit_seconds"].toFixed(2);
  const megabytes = Math.round(cost["peak_bytes"] / 1e6);
  return [
    `${trees} trees, ${loss} loss: ${rows.train} rows learnt, ${rows.test} predicted`,
    ...printTable(
      [{ heading: "name" }, { heading: "value", numeric: true }],
      Object.entries(metrics).map(([name, value]) => [
        name,
        value.toPrecision(5),
      ]),
    ),
    `fitted in ${seconds} s; ${megabytes} MB at most`,
    `predictions: ${predictions}`,
  ];
}
