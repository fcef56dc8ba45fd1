/**
 * Boosting against an exact search on tiny sets, and against a regression where
 * columns interact.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { auc, logLoss, rmse, seededRandom } from "@moe/plugin/test";
import {
  type BoostingOptions,
  type Ensemble,
  fitBoosting,
  predictEnsemble,
} from "./boosting.ts";
import { fitLogistic, predictLogistic, sigmoid } from "./logistic.ts";

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

function tiny(seed: number): Rows {
  const random = seededRandom(seed);
  const column = (missing: number) =>
    Float64Array.from(
      { length: 30 },
      () => random.next() < missing ? NaN : Math.round(8 * random.next()),
    );
  const columns = [column(0), column(0.3), column(0.1)];
  const label = Float64Array.from({ length: 30 }, () => random.normal());
  return { columns, label };
}

interface OracleLeaf {
  rows: number[];
  split: { gain: number; left: number[]; right: number[] } | null;
}

/** Best-first tree of squared loss by trying every set of rows a split can make. */
function oracleTree({ columns, label }: Rows, residual: Float64Array) {
  const { l2, minChildWeight, leaves, learningRate } = OPTIONS;
  const sum = (rows: number[]) =>
    rows.reduce((total, row) => total + (residual[row] ?? 0), 0);
  const worth = (rows: number[]) => sum(rows) ** 2 / (rows.length + l2);
  const search = (rows: number[]): OracleLeaf => {
    let split: OracleLeaf["split"] = null;
    for (const column of columns) {
      for (const cut of [...new Set(column), Infinity]) {
        for (const missingLeft of [true, false]) {
          const isLeft = (row: number) => {
            const x = column[row] ?? NaN;
            return Number.isNaN(x) ? missingLeft : x <= cut;
          };
          const left = rows.filter(isLeft);
          const right = rows.filter((row) => !isLeft(row));
          if (Math.min(left.length, right.length) < minChildWeight) continue;
          const gain = worth(left) + worth(right) - worth(rows);
          if (gain > (split?.gain ?? 1e-9)) split = { gain, left, right };
        }
      }
    }
    return { rows, split };
  };
  const grown = [search([...label.keys()])];
  while (grown.length < leaves) {
    const next = grown.toSorted((a, b) =>
      (b.split?.gain ?? 0) - (a.split?.gain ?? 0)
    )[0];
    if (!next?.split) break;
    const { left, right } = next.split;
    grown.splice(grown.indexOf(next), 1, search(left), search(right));
  }
  const said = new Float64Array(label.length);
  for (const { rows } of grown) {
    for (const row of rows) {
      said[row] = learningRate * sum(rows) / (rows.length + l2);
    }
  }
  return said;
}

Deno.test("fitBoosting() grows the trees of an exact search", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const rows = tiny(seed);
      const options = { ...OPTIONS, loss: "squared" as const, trees: 3 };
      const got = predictEnsemble(
        fitBoosting(rows, options, scope(1)),
        rows.columns,
      );
      const mean = rows.label.reduce((sum, y) => sum + y, 0) / 30;
      const want = new Float64Array(30).fill(mean);
      for (let tree = 0; tree < 3; tree++) {
        const residual = rows.label.map((y, row) => y - (want[row] ?? 0));
        oracleTree(rows, residual).forEach((step, row) =>
          want[row] = (want[row] ?? 0) + step
        );
      }
      got.forEach((value, row) =>
        assert.ok(Math.abs(value - (want[row] ?? 0)) < 1e-6)
      );
    }),
    { numRuns: 40 },
  );
});

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
  const line = predictLogistic(
    fitLogistic(learn, { l2: 1, steps: 100 }),
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
