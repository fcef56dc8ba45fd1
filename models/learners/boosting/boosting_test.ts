/**
 * What boosting learns: interactions that a regression cannot see, what is missing,
 * counts, quantiles and words.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Random } from "@moe/plugin";
import { auc, logLoss, rmse, seededRandom } from "@moe/plugin/test";
import { fitGlm, predictGlm } from "../linear/glm.ts";
import { sigmoid } from "../linear/links.ts";
import { fitBoosting, predictEnsemble } from "./boosting.ts";
import type { BoostingOptions, Ensemble } from "./options.ts";

const OPTIONS: BoostingOptions = {
  loss: "logistic",
  trees: 60,
  leaves: 7,
  learningRate: 0.2,
  l2: 1,
  minChildWeight: 1,
  rowShare: 1,
  columnShare: 1,
  patience: 10,
};

interface Rows {
  columns: Float64Array[];
  label: Float64Array;
}

function scope(seed: number, validation: Rows | null = null) {
  return { validation, random: seededRandom(seed), report: () => {} };
}

function crossing(seed: number, rows: number): Rows {
  const random = seededRandom(seed);
  const columns = Array.from(
    { length: 3 },
    () => Float64Array.from({ length: rows }, () => random.normal()),
  );
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const odds = 2 * Math.sign(columns[0]?.[row] ?? 0) *
      Math.sign(columns[1]?.[row] ?? 0);
    return random.next() < sigmoid(odds) ? 1 : 0;
  });
  return { columns, label };
}

Deno.test("fitBoosting() learns an interaction that a regression cannot see", () => {
  const learn = crossing(1, 6_000);
  const held = crossing(2, 3_000);
  const trees = predictEnsemble(
    fitBoosting(learn, OPTIONS, scope(1)),
    held.columns,
  );
  const line = predictGlm(
    fitGlm(learn, { family: "logistic", l1: 0, l2: 1, steps: 100 }),
    held.columns,
  );
  assert.ok(auc(held.label, trees) > 0.85, `${auc(held.label, trees)}`);
  assert.ok(auc(held.label, line) < 0.6);
  assert.ok(logLoss(held.label, trees) < 0.85 * logLoss(held.label, line));
});

Deno.test("fitBoosting() stops early on the validation rows and keeps the best", () => {
  const noise = crossing(3, 500);
  const held = crossing(4, 500);
  const options = { ...OPTIONS, trees: 400, learningRate: 0.5 };
  const stopped = fitBoosting(noise, options, scope(1, held));
  const whole = fitBoosting(noise, options, scope(1));
  assert.ok(stopped.trees.length < 100);
  assert.equal(whole.trees.length, 400);
  const loss = (ensemble: Ensemble) =>
    logLoss(held.label, predictEnsemble(ensemble, held.columns));
  assert.ok(loss(stopped) < loss(whole));
  const shorter = [1, 2, 5].map((fewer) => ({
    ...stopped,
    trees: stopped.trees.slice(0, -fewer),
  }));
  assert.ok(shorter.every((ensemble) => loss(ensemble) > loss(stopped)));
  const longer = [1, 2, 5].map((more) => ({
    ...whole,
    trees: whole.trees.slice(0, stopped.trees.length + more),
  }));
  assert.ok(longer.every((ensemble) => loss(ensemble) > loss(stopped)));
});

Deno.test("fitBoosting() repeats by seed, and samples rows and columns by it", () => {
  const rows = crossing(5, 800);
  const options = { ...OPTIONS, trees: 5, rowShare: 0.5, columnShare: 0.7 };
  const trees = (seed: number) => fitBoosting(rows, options, scope(seed));
  assert.deepEqual(trees(1), trees(1));
  assert.notDeepEqual(trees(1), trees(2));
});

Deno.test("fitBoosting() learns from what is missing", () => {
  const random = seededRandom(6);
  const column = Float64Array.from(
    { length: 2_000 },
    () => random.next() < 0.4 ? NaN : random.normal(),
  );
  const label = column.map((x) => Number.isNaN(x) ? 1 : 0);
  const rows = { columns: [column], label };
  const said = predictEnsemble(
    fitBoosting(rows, OPTIONS, scope(1)),
    rows.columns,
  );
  assert.equal(auc(label, said), 1);
  assert.ok(logLoss(label, said) < 0.01);
});

Deno.test("fitBoosting() says the mean when nothing can be split", () => {
  const rows = {
    columns: [new Float64Array(50).fill(1), new Float64Array(50).fill(NaN)],
    label: Float64Array.from({ length: 50 }, (_, row) => row % 5 ? 0 : 1),
  };
  const said = predictEnsemble(
    fitBoosting(rows, OPTIONS, scope(1)),
    rows.columns,
  );
  assert.ok(said.every((chance) => Math.abs(chance - 0.2) < 1e-6));
});

Deno.test("fitBoosting() fits numbers of any size with squared loss", () => {
  const random = seededRandom(7);
  const column = Float64Array.from({ length: 3_000 }, () => random.next());
  const label = column.map((x) => 1e9 * Math.sin(6 * x));
  const rows = { columns: [column], label };
  const options = { ...OPTIONS, loss: "squared" as const };
  const ensemble = fitBoosting(rows, options, scope(1));
  assert.ok(rmse(label, predictEnsemble(ensemble, rows.columns)) < 2e7);
});

Deno.test("fitBoosting() learns counts: rates come true, and multiply", () => {
  const random = seededRandom(8);
  const rows = 20_000;
  const columns = [0, 1].map(() =>
    Float64Array.from({ length: rows }, () => Math.floor(2 * random.next()))
  );
  const rate = (a: number, b: number) => 0.5 * 2 ** a * 3 ** b;
  const label = Float64Array.from(
    { length: rows },
    (_, row) =>
      poisson(rate(columns[0]?.[row] ?? 0, columns[1]?.[row] ?? 0), random),
  );
  const options = { ...OPTIONS, loss: "poisson" as const, l2: 0 };
  const ensemble = fitBoosting({ columns, label }, options, scope(1));
  const said = predictEnsemble(ensemble, [
    Float64Array.of(0, 1, 0, 1),
    Float64Array.of(0, 0, 1, 1),
  ]);
  [rate(0, 0), rate(1, 0), rate(0, 1), rate(1, 1)].forEach((want, at) =>
    assert.ok(Math.abs((said[at] ?? NaN) / want - 1) < 0.06, `${said}`)
  );
});

/** Knuth's draw of a count. */
function poisson(rate: number, random: Random): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-rate); count++) {
    product *= random.next();
  }
  return count;
}

Deno.test.each([{ quantile: 0.1 }, { quantile: 0.5 }, { quantile: 0.9 }])(
  "fitBoosting() puts a share of $quantile of the weight below its quantile",
  ({ quantile }) => {
    const random = seededRandom(9);
    const rows = 8_000;
    const column = Float64Array.from({ length: rows }, () => random.next());
    const weight = Float64Array.from(
      { length: rows },
      () => 3 ** random.normal(),
    );
    const label = column.map((x) => 3 * x + x * random.normal());
    const options = { ...OPTIONS, loss: "quantile" as const, quantile };
    const dataset = { columns: [column], label, weight };
    const ensemble = fitBoosting(
      dataset,
      { ...options, minChildRows: 100 },
      scope(1),
    );
    const said = predictEnsemble(ensemble, [column]);
    for (const [from, until] of [[0, 0.5], [0.5, 1]] as const) {
      let whole = 0;
      let below = 0;
      column.forEach((x, row) => {
        if (x < from || x >= until) return;
        whole += weight[row] ?? 0;
        if ((label[row] ?? 0) <= (said[row] ?? 0)) below += weight[row] ?? 0;
      });
      assert.ok(Math.abs(below / whole - quantile) < 0.03, `${below / whole}`);
    }
  },
);

Deno.test("fitBoosting() finds the words that matter among many, and calls unknown ones missing", () => {
  const random = seededRandom(10);
  const rows = 8_000;
  const word = Float64Array.from(
    { length: rows },
    () => random.next() < 0.1 ? NaN : Math.floor(200 * random.next()),
  );
  const matters = (code: number) => code % 7 === 3 || Number.isNaN(code);
  const label = word.map((code) =>
    (matters(code) ? 1 : 0) + 0.1 * random.normal()
  );
  const options = { ...OPTIONS, loss: "squared" as const, trees: 30 };
  const rowsOf = { columns: [word], label, coded: [0] };
  const ensemble = fitBoosting(rowsOf, options, scope(1));
  const codes = [...Array(200).keys(), NaN];
  const said = predictEnsemble(ensemble, [Float64Array.from(codes)]);
  codes.forEach((code, at) =>
    assert.ok(Math.abs((said[at] ?? NaN) - Number(matters(code))) < 0.1)
  );
  const unknown = predictEnsemble(ensemble, [
    Float64Array.of(200, 1e6, -1, NaN),
  ]);
  assert.equal(new Set(unknown).size, 1);
  assert.equal(ensemble.trees[0]?.codes.size, 1);
});

Deno.test("fitBoosting() does not take noise among many words for a signal", () => {
  const random = seededRandom(11);
  const rows = 6_000;
  const draw = () =>
    Float64Array.from({ length: rows }, () => Math.floor(100 * random.next()));
  const label = draw().map(() => random.normal());
  const options = {
    ...OPTIONS,
    loss: "squared" as const,
    trees: 20,
    learningRate: 0.1,
  };
  const ensemble = fitBoosting(
    { columns: [draw()], label, coded: [0] },
    options,
    scope(1),
  );
  const fresh = predictEnsemble(ensemble, [draw()]);
  assert.ok(rmse(new Float64Array(rows), fresh) < 0.2);
});

Deno.test("fitBoosting() weighs the loss that it stops early on", () => {
  const learn = crossing(12, 2_000);
  const held = crossing(13, 400);
  const doubled = {
    columns: held.columns.map((column) =>
      Float64Array.from([...column, ...column])
    ),
    label: Float64Array.from([...held.label, ...held.label.map((y) => 1 - y)]),
    weight: Float64Array.from(
      { length: 800 },
      (_, row) => row < 400 ? 1 : 1e-9,
    ),
  };
  const options = { ...OPTIONS, trees: 100, leaves: 20 };
  const plain = fitBoosting(learn, options, scope(1, held));
  const weighed = fitBoosting(learn, options, scope(1, doubled));
  assert.equal(weighed.trees.length, plain.trees.length);
  assert.ok(plain.trees.length > 5 && plain.trees.length < 100);
});
