/**
 * The kit is proven on broken model families: each must be caught by the check
 * that is meant for it, and the sound ones by none.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fitGlm, predictGlm } from "../../models/learners/linear/glm.ts";
import { glmOnnx } from "../../models/learners/linear/glm_onnx.ts";
import series from "../../models/media_response/model.ts";
import type {
  FittedRows,
  FittedSeries,
  ModelFamily,
  RowFamily,
  SeriesFamily,
} from "../contract.ts";
import { failingChecks } from "./failing.ts";
import { modelChecks } from "./model_checks.ts";

const SOUND_ROWS: RowFamily = {
  name: "sound",
  version: "1.0.0",
  apiVersion: 1,
  about: "A sound family",
  grain: "rows",
  missing: "mean",
  crossed: false,
  params: { parse: () => ({}) },
  output: { unit: "probability", min: 0, max: 1 },
  fit({ dataset }) {
    const model = fitGlm(dataset, {
      family: "logistic",
      l1: 0,
      l2: 1,
      steps: 100,
    });
    return {
      onnx: glmOnnx(model),
      predict: (columns) => predictGlm(model, columns),
    };
  },
};

const SOUND_SERIES = series as SeriesFamily;

type RowScope = Parameters<RowFamily["fit"]>[0];
type SeriesScope = Parameters<SeriesFamily["fit"]>[0];

function rowsWith(
  change: (fitted: FittedRows, scope: RowScope) => Partial<FittedRows>,
): RowFamily {
  return {
    ...SOUND_ROWS,
    async fit(scope) {
      const fitted = await SOUND_ROWS.fit(scope);
      return { ...fitted, ...change(fitted, scope) };
    },
  };
}

function seriesWith(
  change: (fitted: FittedSeries, scope: SeriesScope) => Partial<FittedSeries>,
): SeriesFamily {
  return {
    ...SOUND_SERIES,
    async fit(scope) {
      const { curves, predict } = await SOUND_SERIES.fit(scope);
      const fitted = { curves, predict };
      return { ...fitted, ...change(fitted, scope) };
    },
  };
}

let calls = 0;
const RANGE = "gives one finite score for each row, in the declared range";
const TWICE = "gives the same answer twice";
const UNTOUCHED = "leaves its inputs untouched";
const CURVES =
  "gives one curve for each spend series, never falling or negative";
const EARLIER = "never lets a later day change an earlier prediction";

const MUTANTS: readonly {
  readonly note: string;
  readonly caught: string;
  readonly family: ModelFamily;
}[] = [
  {
    note: "a version that is not semantic",
    caught: "says what it is",
    family: { ...SOUND_ROWS, version: "1" },
  },
  {
    note: "a parameter without a default",
    caught: "has defaults for all parameters",
    family: {
      ...SOUND_ROWS,
      params: {
        parse() {
          throw new TypeError("depth must be a number");
        },
      },
    },
  },
  {
    note: "scores beyond the range",
    caught: RANGE,
    family: rowsWith(({ predict }) => ({
      predict: (columns) => predict(columns).map((score) => 2 * score),
    })),
  },
  {
    note: "a score that is not a number",
    caught: RANGE,
    family: rowsWith(({ predict }) => ({
      predict: (columns) => predict(columns).with(3, NaN),
    })),
  },
  {
    note: "a fit that differs each time",
    caught: TWICE,
    family: rowsWith(({ onnx }) => ({
      onnx: Uint8Array.from([...onnx, calls++ % 256]),
    })),
  },
  {
    note: "a dataset that it writes to",
    caught: UNTOUCHED,
    family: rowsWith((_, { dataset: { columns } }) => {
      columns[2]?.fill(0);
      return {};
    }),
  },
  {
    note: "a row's score that depends on the other rows",
    caught: "scores each row by itself",
    family: rowsWith(({ predict }) => ({
      predict: (columns) => {
        const scores = predict(columns);
        return scores.map((score) => score / Math.max(...scores));
      },
    })),
  },
  {
    note: "an ONNX that is another model's",
    caught: "serves in ONNX what it predicts",
    family: rowsWith((_, { dataset }) => ({
      onnx: glmOnnx(
        fitGlm(dataset, { family: "logistic", l1: 0, l2: 1e3, steps: 100 }),
      ),
    })),
  },
  {
    note: "rows scored at the base rate",
    caught: "learns a planted signal better than the base rate",
    family: rowsWith(({ predict }) => ({
      predict: (columns) => predict(columns).fill(0.5),
    })),
  },
  {
    note: "a curve that falls",
    caught: CURVES,
    family: seriesWith(({ curves }) => ({
      curves: curves.map((one) => ({
        ...one,
        curve: { type: "michaelis_menten", ceiling: -1, half: 1 },
      })),
    })),
  },
  {
    note: "a curve that is missing",
    caught: CURVES,
    family: seriesWith(({ curves }) => ({ curves: curves.slice(1) })),
  },
  {
    note: "a carry-over without end",
    caught: CURVES,
    family: seriesWith(({ curves }) => ({
      curves: curves.map((one) => ({ ...one, decay: 1 })),
    })),
  },
  {
    note: "a period without an outcome",
    caught: "predicts one finite outcome for each period",
    family: seriesWith(({ predict }) => ({
      predict: (dataset) => predict(dataset).slice(1),
    })),
  },
  {
    note: "a look into the future",
    caught: EARLIER,
    family: seriesWith(({ predict }) => ({
      predict: (dataset) => {
        const outcome = predict(dataset);
        return outcome.map((value, at) =>
          (value + (outcome[at + 1] ?? value)) / 2
        );
      },
    })),
  },
  {
    note: "an outcome copied from the data",
    caught: EARLIER,
    family: seriesWith(() => ({
      predict: ({ outcome }) =>
        outcome.map((value) => value + (outcome.at(-1) ?? 0) * 1e-9),
    })),
  },
  {
    note: "curves that differ each time",
    caught: TWICE,
    family: seriesWith(({ curves }) => ({
      curves: curves.map((one) => ({ ...one, decay: (calls++ % 100) / 100 })),
    })),
  },
  {
    note: "a series that it writes to",
    caught: UNTOUCHED,
    family: seriesWith((_, { dataset }) => {
      dataset.outcome.fill(1);
      return {};
    }),
  },
  {
    note: "an outcome that is the mean",
    caught: "explains a planted outcome better than its mean",
    family: seriesWith(({ predict }) => ({
      predict: (dataset) => {
        const outcome = predict(dataset);
        const first = outcome[0] ?? 0;
        return outcome.fill(first);
      },
    })),
  },
];

Deno.test.each([
  { note: "rows", family: SOUND_ROWS as ModelFamily },
  { note: "series", family: SOUND_SERIES as ModelFamily },
])("the kit lets a sound family of $note pass", async ({ family }) => {
  const checks = modelChecks(family, {});
  assert.deepEqual(await failingChecks(checks), []);
  assert.ok(checks.length >= 7);
});

Deno.test.each(MUTANTS)("the kit catches $note", async ({ caught, family }) => {
  const failing = await failingChecks(modelChecks(family, {}));
  assert.ok(failing.includes(caught), `only these fail: ${failing.join("; ")}`);
});

Deno.test("every check of families catches something", () => {
  const names = [SOUND_ROWS, SOUND_SERIES].flatMap((family) =>
    modelChecks(family, {}).map(({ name }) => name)
  );
  const proven = new Set(MUTANTS.map(({ caught }) => caught));
  assert.deepEqual(names.filter((name) => !proven.has(name)), []);
});
