/**
 * The regression is at its minimum and recovers what made the data.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { fitGlm, type Glm, type GlmOptions, predictGlm } from "./glm.ts";
import { type GlmFamily, LINKS } from "./links.ts";
import { FAMILIES, planted, type Rows, STEPS } from "./planted_test.ts";

/** Largest breach of the conditions of the minimum, standardised columns. */
function breach(model: Glm, rows: Rows, { l1, l2 }: GlmOptions): number {
  const said = predictGlm(model, rows.columns);
  const errors = said.map((mean, row) =>
    (rows.weight?.[row] ?? 1) * (mean - (rows.label[row] ?? 0))
  );
  const free = Math.abs(errors.reduce((sum, error) => sum + error, 0));
  return rows.columns.reduce((most, column, at) => {
    const centre = model.centres[at] ?? 0;
    const scale = model.scales[at] ?? 0;
    const w = model.weights[at] ?? 0;
    const pull = errors.reduce(
      (sum, error, row) =>
        sum + error * (Math.fround(column[row] ?? 0) - centre) * scale,
      0,
    );
    const off = w === 0
      ? Math.max(0, Math.abs(pull) - l1)
      : Math.abs(pull + l2 * w + l1 * Math.sign(w));
    return Math.max(most, off);
  }, free);
}

Deno.test("fitGlm() meets the conditions of the minimum, whatever the penalty", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FAMILIES),
      fc.integer(),
      fc.constantFrom(0, 0.3, 5, 60),
      fc.constantFrom(0, 0.01, 1, 50),
      fc.boolean(),
      (family, seed, l1, l2, weighted) => {
        const rows = planted(family, seed, 300);
        const random = seededRandom(seed);
        if (weighted) rows.weight = rows.label.map(() => 3 * random.next());
        const options = { family, l1, l2, steps: STEPS };
        const off = breach(fitGlm(rows, options), rows, options);
        const spread = family === "logistic" ? 1 : 5;
        assert.ok(off < 1e-4 * spread, `off by ${off}`);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("fitGlm() leaves all columns out under a large l1, and more the larger it is", () => {
  const rows = planted("logistic", 3, 400);
  const kept = [0.1, 20, 60, 1e6].map((l1) =>
    fitGlm(rows, { family: "logistic", l1, l2: 0, steps: STEPS }).weights
      .filter((weight) => weight !== 0).length
  );
  assert.equal(kept[0], 3);
  assert.equal(kept[3], 0);
  assert.deepEqual(kept, kept.toSorted((a, b) => b - a));
});

Deno.test("fitGlm() agrees with proximal gradient descent", () => {
  for (const family of FAMILIES) {
    const rows = planted(family, 8, 120);
    rows.weight = rows.label.map((_, row) => 0.5 + row % 3);
    const options = { family, l1: 4, l2: 2, steps: STEPS };
    const model = fitGlm(rows, options);
    const naive = descend(rows, model, options);
    model.weights.forEach((weight, at) =>
      assert.ok(
        Math.abs(weight - (naive[at] ?? NaN)) < 1e-5,
        `${family}: ${weight} is not ${naive[at]}`,
      )
    );
  }
});

/** Small steps down the loss, each followed by the pull of the penalty. */
function descend(rows: Rows, model: Glm, { family, l1, l2 }: GlmOptions) {
  const { mean } = LINKS[family];
  const z = rows.columns.map((column, at) =>
    column.map((x) =>
      (Math.fround(x) - (model.centres[at] ?? 0)) * (model.scales[at] ?? 0)
    )
  );
  const weights = z.map(() => 0);
  let intercept = 0;
  const length = family === "poisson" ? 1e-4 : 1e-3;
  for (let step = 0; step < 40_000; step++) {
    const errors = rows.label.map((y, row) =>
      (rows.weight?.[row] ?? 1) *
      (mean(
        z.reduce(
          (sum, x, at) => sum + (weights[at] ?? 0) * (x[row] ?? 0),
          intercept,
        ),
      ) - y)
    );
    intercept -= length * errors.reduce((sum, error) => sum + error, 0);
    z.forEach((x, at) => {
      const slope = errors.reduce((sum, e, row) => sum + e * (x[row] ?? 0), 0);
      const w = weights[at] ?? 0;
      const to = w - length * (slope + l2 * w);
      weights[at] = Math.sign(to) * Math.max(0, Math.abs(to) - length * l1);
    });
  }
  return weights;
}

Deno.test("fitGlm() is the closed form of ridge regression", () => {
  const rows = planted("linear", 4, 200);
  const [a = new Float64Array()] = rows.columns;
  const one = { columns: [a], label: rows.label };
  const options = { family: "linear" as const, l1: 0, l2: 30, steps: STEPS };
  const { weights, intercept, centres, scales } = fitGlm(one, options);
  const z = a.map((x) =>
    (Math.fround(x) - (centres[0] ?? 0)) * (scales[0] ?? 0)
  );
  const mean = rows.label.reduce((sum, y) => sum + y, 0) / 200;
  const dot = z.reduce(
    (sum, x, row) => sum + x * ((rows.label[row] ?? 0) - mean),
    0,
  );
  const square = z.reduce((sum, x) => sum + x * x, 0);
  assert.ok(Math.abs((weights[0] ?? 0) - dot / (square + 30)) < 1e-6);
  assert.ok(Math.abs(intercept - mean) < 1e-6);
});

Deno.test("fitGlm() recovers planted coefficients, whatever the scale", () => {
  for (const family of FAMILIES) {
    const rows = planted(family, 5, 20_000);
    for (const l1 of [0, 1]) {
      const options = { family, l1, l2: 1, steps: STEPS };
      const { weights, scales } = fitGlm(rows, options);
      [0.8, -1.5 / 2e8, 0.5].forEach((want, at) => {
        const got = (weights[at] ?? 0) * (scales[at] ?? 0);
        assert.ok(Math.abs(got / want - 1) < 0.12, `${got} is not ${want}`);
      });
    }
  }
});

Deno.test("fitGlm() counts a row of weight 2 twice, and one of weight 0 not at all", () => {
  const { columns, label } = planted("logistic", 6, 60);
  const weight = label.map((_, row) => row % 3);
  const repeated = [...label.keys()].flatMap((row) =>
    Array.from({ length: row % 3 }, () => row)
  );
  const repeat = (values: Float64Array) =>
    Float64Array.from(repeated, (row) => values[row] ?? NaN);
  for (const l1 of [0, 2]) {
    const options = { family: "logistic" as const, l1, l2: 1, steps: STEPS };
    const weighted = fitGlm({ columns, label, weight }, options);
    const copied = fitGlm(
      { columns: columns.map(repeat), label: repeat(label) },
      options,
    );
    weighted.weights.forEach((w, at) =>
      assert.ok(Math.abs(w - (copied.weights[at] ?? NaN)) < 1e-5)
    );
  }
});

Deno.test("fitGlm() stays finite when a column separates the labels, repeats another or never varies", () => {
  const step = Float64Array.of(0, 0, 1, 1);
  const columns = [step, step.slice(), new Float64Array(4).fill(3e9)];
  const label = Float64Array.of(0, 0, 1, 1);
  for (const [l1, l2] of [[0, 0], [0, 1], [0.1, 0], [0.1, 1]] as const) {
    const options = { family: "logistic" as const, l1, l2, steps: 100 };
    const model = fitGlm({ columns, label }, options);
    assert.equal(model.weights[2], 0);
    assert.ok(model.weights.every(Number.isFinite));
    const said = predictGlm(model, columns);
    assert.ok((said[0] ?? 1) < 0.4 && (said[3] ?? 0) > 0.6, `${said}`);
  }
});

Deno.test("fitGlm() learns one class only, and no count at all, without certainty", () => {
  const columns = [Float64Array.of(1, 2, 3)];
  for (const l1 of [0, 1]) {
    const options = { l1, l2: 1, steps: 100 };
    const ones = Float64Array.of(1, 1, 1);
    const sure = fitGlm({ columns, label: ones }, {
      ...options,
      family: "logistic",
    });
    const [chance = 1] = predictGlm(sure, columns);
    assert.ok(chance > 0.8 && chance < 1);
    const none = fitGlm({ columns, label: new Float64Array(3) }, {
      ...options,
      family: "poisson",
    });
    const [said = 1] = predictGlm(none, columns);
    assert.ok(said > 0 && said < 0.5);
  }
});

Deno.test("fitGlm() gives the same numbers twice", () => {
  const rows = planted("poisson", 2, 300);
  const options = { family: "poisson" as const, l1: 1, l2: 1, steps: STEPS };
  assert.deepEqual(fitGlm(rows, options), fitGlm(rows, options));
});

Deno.test.each<
  {
    note: string;
    rows: Partial<Rows & { names: string[] }>;
    family?: GlmFamily;
    want: RegExp;
  }
>([
  {
    note: "a missing value",
    rows: { columns: [Float64Array.of(1, NaN)] },
    want: /column "1".*row 2/,
  },
  {
    note: "a missing value in a column with a name",
    rows: { columns: [Float64Array.of(NaN, 1)], names: ["age"] },
    want: /column "age".*row 1 /,
  },
  {
    note: "labels whose squares are infinite",
    rows: { label: Float64Array.of(1e300, -1e300) },
    family: "linear",
    want: /coefficients are not finite/,
  },
  {
    note: "a value beyond float32",
    rows: { columns: [Float64Array.of(1, 1e39)] },
    want: /float32/,
  },
  {
    note: "a label that is no chance",
    rows: { label: Float64Array.of(0, 7) },
    want: /"7" of row 2: a label must be from 0 to 1/,
  },
  {
    note: "a label that is no count",
    rows: { label: Float64Array.of(0, -1) },
    family: "poisson",
    want: /"-1" of row 2.*from 0 up/,
  },
  {
    note: "a negative weight",
    rows: { weight: Float64Array.of(1, -1) },
    want: /row 2 by "-1"/,
  },
  {
    note: "weights that are all 0",
    rows: { weight: new Float64Array(2) },
    want: /all 0/,
  },
  {
    note: "no rows",
    rows: { columns: [new Float64Array()], label: new Float64Array() },
    want: /without rows/,
  },
])("fitGlm() refuses $note", ({ rows, family = "logistic", want }) => {
  const sound = {
    columns: [Float64Array.of(1, 2)],
    label: Float64Array.of(0, 1),
  };
  assert.throws(
    () => fitGlm({ ...sound, ...rows }, { family, l1: 0, l2: 1, steps: 10 }),
    want,
  );
});
