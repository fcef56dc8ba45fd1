/**
 * Chance of an outcome by trees or by a regression, corrected for outcomes that are
 * yet to come, and calibrated on rows that were set apart.
 *
 * @module
 */
import type { FitScope, FittedRows, Random, RowDataset } from "@moe/plugin";
import {
  fitBoosting,
  predictEnsemble,
  scoreEnsemble,
} from "../boosting/boosting.ts";
import type { BoostingOptions, Ensemble } from "../boosting/options.ts";
import { treesOnnx } from "../boosting/trees_onnx.ts";
import { calibrationNodes } from "../calibration/calibration_onnx.ts";
import {
  calibrate,
  type Calibration,
  chooseCalibration,
} from "../calibration/choose.ts";
import { writeOnnx } from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";
import { fitEventual } from "./eventual.ts";
import { filledOnnx, fitFilled, predictFilled } from "./filled.ts";
import { joinRows, pickRows } from "./rows.ts";

/** How to learn a chance. */
export interface ChanceOptions extends Omit<BoostingOptions, "loss"> {
  readonly base: "trees" | "logistic";
  /** Pull of a regression's weights towards zero. */
  readonly weightL2: number;
  /** Least validation rows for a calibration. */
  readonly calibrationRows: number;
}

type Scope = FitScope<RowDataset, ChanceOptions>;

/** Learns the eventual chance of a label of 1. */
export async function fitChance(scope: Scope): Promise<FittedRows> {
  return scope.params.base === "trees"
    ? await fitTrees(scope)
    : await fitRegression(scope);
}

async function fitRegression(
  { dataset, params, report }: Scope,
): Promise<FittedRows> {
  report("regression", null);
  const options = {
    family: "logistic",
    l1: 0,
    l2: params.weightL2,
    steps: 300,
  } as const;
  const model = await fitEventual(dataset, {
    fit: (rows) => fitFilled(rows, options),
    predict: predictFilled,
  });
  return {
    onnx: filledOnnx(model),
    predict: (columns) => predictFilled(model, columns),
  };
}

async function fitTrees(
  { dataset, validation, params, random, report }: Scope,
): Promise<FittedRows> {
  const options = { ...params, loss: "logistic" } as const;
  const held = validation && validation.rows > 0 ? validation : null;
  const { rows, stops } = setApart(dataset, held, random);
  const at = (isHeld: number) =>
    [...stops.keys()].filter((row) => stops[row] === isHeld);
  const [taught, stopping] = [at(0), at(1)];
  const model = await fitEventual(rows, {
    fit: (weighed) =>
      fitBoosting(pickRows(weighed, taught), options, {
        validation: held && pickRows(weighed, stopping),
        random,
        report,
      }),
    predict: predictEnsemble,
  });
  const calibration = held && held.rows >= params.calibrationRows
    ? chooseCalibration({
      scores: scoreEnsemble(model, held.columns),
      label: held.label,
      ...(held.weight && { weight: held.weight }),
    }, random).calibration
    : { kind: "none" } as const;
  return {
    onnx: calibratedOnnx(model, calibration),
    predict: (columns) => calibrate(calibration, scoreEnsemble(model, columns)),
  };
}

/**
 * All rows, and which of them to stop early on: those set apart, and with them their
 * share of the rows that are not mature. What is new would else stop too early, as no
 * mature row shows it.
 */
function setApart(
  dataset: RowDataset,
  held: RowDataset | null,
  random: Random,
): { rows: RowDataset; stops: Uint8Array } {
  if (held === null) {
    return { rows: dataset, stops: new Uint8Array(dataset.rows) };
  }
  const { delays } = dataset;
  const rows = joinRows(dataset, held);
  const stops = new Uint8Array(rows.rows).fill(1, dataset.rows);
  if (!delays) return { rows, stops };
  const { watched, withinDays } = delays;
  const mature = watched.filter((days) => days >= withinDays).length;
  const share = held.rows / (held.rows + mature);
  watched.forEach((days, row) => {
    if (days < withinDays && random.next() < share) stops[row] = 1;
  });
  return { rows, stops };
}

function calibratedOnnx(
  ensemble: Ensemble,
  calibration: Calibration,
): Uint8Array {
  const odds = treesOnnx({ ...ensemble, loss: "squared" });
  const { nodes, constants } = calibrationNodes(calibration, {
    from: "odds",
    to: "score",
  });
  return writeOnnx({
    name: "chance",
    columns: ensemble.columns,
    constants,
    nodes: [
      embedOnnx(odds, { prefix: "trees_", input: "features", output: "odds" }),
      ...nodes,
    ],
  });
}
