/**
 * What a new model family starts from: the rate of each band of each column, as
 * a regression over them; or a saturating curve for each spend.
 *
 * @module
 */

/** Which kind of family. */
export type Grain = "rows" | "series";

/**
 * Prints the files of a new family.
 *
 * @param name Its name, `snake_case`.
 * @param grain What it learns from.
 * @returns Text by file name.
 */
export function printModel(
  name: string,
  grain: Grain,
): Readonly<Record<string, string>> {
  return {
    "model.ts": grain === "rows" ? rowsSource(name) : seriesSource(name),
    "model_test.ts": TEST,
  };
}

const LEARNERS = "../learners";

const TEST = `/**
 * The conformance kit, on data with a planted signal.
 *
 * @module
 */
import { testModel } from "@moe/plugin/test";
import family from "./model.ts";

testModel(family);
`;

function rowsSource(name: string): string {
  return `/**
 * Chance of an outcome: a logistic regression, its penalty chosen on rows that
 * were set apart.
 *
 * @module
 */
import { defineModel, type RowDataset } from "@moe/plugin";
import * as z from "zod";
import { fitGlm, type Glm, predictGlm } from "${LEARNERS}/linear/glm.ts";
import { glmOnnx } from "${LEARNERS}/linear/glm_onnx.ts";

const Params = z.strictObject({
  /** Penalties to choose from; the first is taken when no rows were set apart. */
  penalties: z.array(z.number().positive()).min(1).default([1, 10, 100]),
  /** Steps of each search at most. */
  steps: z.int().min(1).default(200),
});

type Params = z.infer<typeof Params>;

export default defineModel<Params>({
  name: "${name}",
  version: "1.0.0",
  apiVersion: 1,
  about: "Chance of an outcome, its penalty chosen on rows set apart",
  grain: "rows",
  missing: "mean",
  crossed: false,
  params: Params,
  output: { unit: "probability", min: 0, max: 1 },

  fit({ dataset, validation, params, report }) {
    report("regression", null);
    const model = choose(dataset, validation, params);
    return {
      onnx: glmOnnx(model),
      predict: (columns) => predictGlm(model, columns),
    };
  },
});

function choose(
  dataset: RowDataset,
  validation: RowDataset | null,
  { penalties, steps }: Params,
): Glm {
  const tried = validation ? penalties : penalties.slice(0, 1);
  const models = tried.map((l2) =>
    fitGlm(dataset, { family: "logistic", l1: 0, l2, steps })
  );
  const losses = models.map((model) => meanLoss(model, validation ?? dataset));
  return models[losses.indexOf(Math.min(...losses))] as Glm;
}

/** Mean log loss, nats a row. */
function meanLoss(model: Glm, { columns, label }: RowDataset): number {
  const chances = predictGlm(model, columns);
  const losses = chances.map((chance, row) =>
    -Math.log(Math.max(1e-12, label[row] === 1 ? chance : 1 - chance))
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
`;
}

function seriesSource(name: string): string {
  return `/**
 * Response of an outcome to spend: a base, and for each spend a curve that
 * saturates, half of it reached at the mean of the spend.
 *
 *     y[t] = base + Σ ceiling_i · x_i[t] / (half_i + x_i[t])
 *
 * Base and ceilings are least squares, none below zero, by coordinate descent.
 *
 * @module
 */
import { defineModel, type FittedCurve } from "@moe/plugin";
import * as z from "zod";

const Params = z.strictObject({
  /** Half of the ceiling is reached at this many times the mean spend. */
  halfOfMean: z.number().positive().default(1),
  /** Rounds of the descent. */
  rounds: z.int().min(1).default(500),
});

type Params = z.infer<typeof Params>;

export default defineModel<Params>({
  name: "${name}",
  version: "1.0.0",
  apiVersion: 1,
  about: "Saturating response of an outcome to each spend",
  grain: "series",
  params: Params,

  fit({ dataset: { spend, outcome }, params: { halfOfMean, rounds } }) {
    const halves = spend.map(({ series }) => halfOfMean * mean(series) || 1);
    const parts = spend.map(({ series }, at) =>
      saturate(series, halves[at] as number)
    );
    const [base = 0, ...ceilings] = descend(
      [outcome.map(() => 1), ...parts],
      outcome,
      rounds,
    );
    const curves = spend.map(({ entity, parent, series }, at): FittedCurve => ({
      entity,
      parent,
      curve: {
        type: "michaelis_menten",
        ceiling: ceilings[at] as number,
        half: halves[at] as number,
      },
      decay: 0,
      seenMicros: [Math.min(...series), Math.max(...series)],
    }));
    return {
      curves,
      predict: (dataset) =>
        dataset.outcome.map((_, period) =>
          dataset.spend.reduce((sum, { series }, at) => {
            const half = halves[at] as number;
            const x = series[period] as number;
            return sum + (ceilings[at] as number) * x / (half + x);
          }, base)
        ),
    };
  },
});

function mean(series: Float64Array): number {
  return series.reduce((sum, value) => sum + value, 0) / series.length;
}

function saturate(series: Float64Array, half: number): Float64Array {
  return series.map((x) => x / (half + x));
}

/** Weights of least squares, none below zero. */
function descend(
  parts: readonly Float64Array[],
  outcome: Float64Array,
  rounds: number,
): number[] {
  const weights = parts.map(() => 0);
  const rest = outcome.slice();
  for (let round = 0; round < rounds; round++) {
    parts.forEach((part, at) => {
      const square = dot(part, part);
      const weight = weights[at] as number;
      const best = square === 0 ? 0 : weight + dot(part, rest) / square;
      const next = Math.max(0, best);
      part.forEach((x, period) => {
        rest[period] = (rest[period] as number) - (next - weight) * x;
      });
      weights[at] = next;
    });
  }
  return weights;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
}
`;
}
