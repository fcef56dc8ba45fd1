/**
 * What holds of boosted trees whatever the rows: the same bytes on any number of
 * threads, weights as repeated rows, directions that columns are bound to, rows
 * enough in every leaf.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Random } from "@moe/plugin";
import { seededRandom } from "@moe/plugin/test";
import { fitBoosting, predictEnsemble, scoreEnsemble } from "./boosting.ts";
import type { BoostingOptions, Ensemble, Loss } from "./options.ts";
import { treesOnnx } from "./trees_onnx.ts";

const LOSSES: readonly Loss[] = ["logistic", "squared", "poisson", "quantile"];
const losses = fc.constantFrom(...LOSSES);
/** Losses whose gradients differ from row to row, so that no two splits gain the same. */
const smooth = fc.constantFrom<Loss>("logistic", "squared", "poisson");

const OPTIONS: BoostingOptions = {
  loss: "squared",
  trees: 8,
  leaves: 8,
  learningRate: 0.3,
  l2: 0.1,
  minChildWeight: 1e-3,
  quantile: 0.3,
  rowShare: 1,
  columnShare: 1,
  patience: 9,
};

function scope(seed = 1) {
  return { validation: null, random: seededRandom(seed), report: () => {} };
}

function draw(rows: number, next: () => number): Float64Array {
  return Float64Array.from({ length: rows }, next);
}

/** Three columns of numbers, some missing, and one of words. */
function plantRows(random: Random, loss: Loss, rows: number) {
  const columns = [
    draw(rows, () => random.normal()),
    draw(rows, () => random.next() < 0.2 ? NaN : random.normal()),
    draw(rows, () => Math.round(4 * random.next())),
    draw(
      rows,
      () => random.next() < 0.1 ? NaN : Math.floor(20 * random.next()),
    ),
  ];
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0, d = 0] = columns.map((all) => all[row] || 0);
    const sum = a + a * b - Math.abs(c - 2) + (d % 3) + random.normal();
    if (loss === "logistic") return sum > 0 ? 1 : 0;
    return loss === "poisson" ? Math.max(0, Math.round(sum)) : sum;
  });
  return { columns, coded: [3], label };
}

Deno.test.each(LOSSES.map((loss) => ({ loss })))(
  "fitBoosting() gives the same bytes on one, two and three threads: $loss",
  ({ loss }) => {
    const random = seededRandom(5);
    const rows = plantRows(random, loss, 40_000);
    const weight = draw(40_000, () => 0.5 + random.next());
    const bytes = [1, 2, 3].map((threads) =>
      treesOnnx(fitBoosting({ ...rows, weight }, {
        ...OPTIONS,
        loss,
        threads,
        leaves: 31,
        rowShare: 0.7,
        columnShare: 0.8,
        nodeColumnShare: 0.7,
      }, scope()))
    );
    assert.deepEqual(bytes[1], bytes[0]);
    assert.deepEqual(bytes[2], bytes[0]);
  },
);

Deno.test("fitBoosting() takes a weight for as many equal rows", () => {
  fc.assert(
    fc.property(smooth, fc.nat(), (loss, seed) => {
      const random = seededRandom(seed);
      const { columns, coded, label } = plantRows(random, loss, 80);
      const weight = draw(80, () => 1 + Math.floor(3 * random.next()));
      const places = Array.from(weight).flatMap((many, row) =>
        new Array<number>(many).fill(row)
      );
      const repeat = (all: Float64Array) =>
        Float64Array.from(places, (row) => all[row] ?? NaN);
      const options = { ...OPTIONS, loss, trees: 3, categorySmoothing: 0 };
      const noisy = label.map((y) =>
        loss === "logistic" ? 0.9 * y + 0.1 * random.next() : y + random.next()
      );
      const weighed = fitBoosting(
        { columns, coded, label: noisy, weight },
        options,
        scope(),
      );
      const repeated = fitBoosting(
        { columns: columns.map(repeat), coded, label: repeat(noisy) },
        options,
        scope(),
      );
      assertNear(
        scoreEnsemble(weighed, columns),
        scoreEnsemble(repeated, columns),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("fitBoosting() fits the same to columns in another order", () => {
  fc.assert(
    fc.property(smooth, fc.nat(), (loss, seed) => {
      const random = seededRandom(seed);
      const { columns, coded, label } = plantRows(random, loss, 90);
      const noisy = label.map((y) =>
        loss === "logistic" ? 0.9 * y + 0.1 * random.next() : y + random.next()
      );
      const options = { ...OPTIONS, loss, trees: 3, minChildRows: 5 };
      const turned = columns.toReversed();
      const one = fitBoosting(
        { columns, coded, label: noisy },
        options,
        scope(),
      );
      const other = fitBoosting(
        { columns: turned, coded: [0], label: noisy },
        options,
        scope(),
      );
      assertNear(scoreEnsemble(one, columns), scoreEnsemble(other, turned));
    }),
    { numRuns: 60 },
  );
});

function assertNear(got: Float64Array, want: Float64Array): void {
  got.forEach((value, row) => {
    const off = Math.abs(value - (want[row] ?? NaN));
    assert.ok(off < 1e-5, `row ${row} is off by ${off}`);
  });
}

Deno.test("fitBoosting() rises and falls with the columns that it is bound to", () => {
  fc.assert(
    fc.property(
      smooth,
      fc.nat(),
      fc.constantFrom([1, 0, 0, 0], [0, -1, 0, 0], [-1, 1, 1, 0]),
      (loss, seed, monotone) => {
        const rows = plantRows(seededRandom(seed), loss, 300);
        const options = { ...OPTIONS, loss, monotone, trees: 12, leaves: 15 };
        const ensemble = fitBoosting(rows, options, scope());
        monotone.forEach((direction, at) => {
          if (direction !== 0) {
            assertMonotone(ensemble, { at, direction, seed });
          }
        });
      },
    ),
    { numRuns: 60 },
  );
});

/** Moves along one column, everything else as it is, at several places. */
function assertMonotone(
  ensemble: Ensemble,
  { at, direction, seed }: { at: number; direction: number; seed: number },
): void {
  const { columns } = plantRows(seededRandom(seed + 1), "squared", 30);
  const path = Array.from({ length: 61 }, (_, step) => (step - 30) / 10);
  const scores = [-Infinity, ...path, Infinity].map((x) =>
    scoreEnsemble(
      ensemble,
      columns.map((column, one) => one === at ? column.map(() => x) : column),
    )
  );
  scores.slice(1).forEach((next, step) =>
    next.forEach((score, row) =>
      assert.ok(direction * (score - (scores[step]?.[row] ?? NaN)) >= -1e-12)
    )
  );
}

Deno.test("fitBoosting() binds no more than it must: unbound, the same rows do fall", () => {
  const rows = plantRows(seededRandom(3), "squared", 300);
  const options = { ...OPTIONS, leaves: 15 };
  const ensemble = fitBoosting(rows, options, scope());
  const bound = { at: 2, direction: 1, seed: 3 };
  assert.throws(() => assertMonotone(ensemble, bound), assert.AssertionError);
});

Deno.test("fitBoosting() leaves rows enough in every leaf, and depth enough", () => {
  fc.assert(
    fc.property(
      losses,
      fc.nat(),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (loss, seed, minChildRows, maxDepth) => {
        const rows = plantRows(seededRandom(seed), loss, 400);
        const options = { ...OPTIONS, loss, minChildRows, maxDepth };
        const { trees } = fitBoosting(rows, options, scope());
        for (const tree of trees) {
          const counts = new Map<number, number>();
          for (let row = 0; row < 400; row++) {
            const x = rows.columns.map((column) => column[row] ?? NaN);
            const [leaf, depth] = walk(tree, x);
            assert.ok(depth <= maxDepth);
            counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
          }
          assert.ok(Math.min(...counts.values()) >= minChildRows);
          const leaves = tree.columns.filter((column) => column < 0).length;
          assert.equal(counts.size, leaves);
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** Leaf that a row falls into, and how deep it is. */
function walk(
  { columns, cuts, codes, missingLeft, lefts }: Ensemble["trees"][number],
  row: readonly number[],
): [number, number] {
  let node = 0;
  let depth = 0;
  for (; (columns[node] ?? -1) >= 0; depth++) {
    const x = Math.fround(row[columns[node] ?? 0] ?? NaN);
    const goesLeft = codes.has(node)
      ? codes.get(node)?.includes(x)
      : Number.isNaN(x)
      ? missingLeft[node] === 1
      : x <= (cuts[node] ?? NaN);
    node = (lefts[node] ?? 0) + (goesLeft ? 0 : 1);
  }
  return [node, depth];
}

Deno.test("fitBoosting() adds up a million rows as exactly as a few", () => {
  const random = seededRandom(9);
  const rows = 1_200_000;
  const column = draw(rows, () => Math.floor(4 * random.next()));
  const label = column.map((x) => x === 3 ? random.next() : 1e-3 * x);
  const ensemble = fitBoosting({ columns: [column], label }, {
    ...OPTIONS,
    trees: 1,
    leaves: 4,
    learningRate: 1,
    l2: 0,
  }, scope());
  const said = predictEnsemble(ensemble, [Float64Array.of(0, 1, 2, 3)]);
  [0, 1e-3, 2e-3, 0.5].forEach((want, x) =>
    assert.ok(Math.abs((said[x] ?? NaN) - want) < 1e-3, `${said}`)
  );
});
