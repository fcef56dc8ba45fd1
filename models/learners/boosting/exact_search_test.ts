/**
 * Boosting against an exact search in float64: all splits of all columns, all
 * first stretches of ordered words, with sums of gradients and hessians as they are.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { fitBoosting, scoreEnsemble } from "./boosting.ts";
import type { BoostingOptions, BoostingRows, Loss } from "./options.ts";

const ROWS = 40;
const WORDS = 3;
const CODED = 3;

interface Case {
  readonly loss: Exclude<Loss, "quantile">;
  readonly seed: number;
  readonly leaves: number;
  readonly minChildRows: number;
  readonly minChildWeight: number;
  readonly maxDepth: number;
  readonly l1: number;
  readonly l2: number;
  readonly weighted: boolean;
}

const cases: fc.Arbitrary<Case> = fc.record({
  loss: fc.constantFrom("logistic", "squared", "poisson"),
  seed: fc.integer(),
  leaves: fc.integer({ min: 2, max: 8 }),
  minChildRows: fc.integer({ min: 1, max: 8 }),
  minChildWeight: fc.constantFrom(0.001, 0.5, 3),
  maxDepth: fc.constantFrom(1, 2, 3, Infinity),
  l1: fc.constantFrom(0, 0, 0.5),
  l2: fc.constantFrom(0.1, 1, 5),
  weighted: fc.boolean(),
});

/** Rows; chances are labels of any size, lest two splits gain the same. */
function rowsOf({ loss, seed, weighted }: Case): BoostingRows {
  const random = seededRandom(seed);
  const column = (missing: number) =>
    Float64Array.from(
      { length: ROWS },
      () => random.next() < missing ? NaN : Math.round(8 * random.next()),
    );
  const words = Float64Array.from(
    { length: ROWS },
    () => random.next() < 0.2 ? NaN : Math.floor(WORDS * random.next()),
  );
  const label = Float64Array.from({ length: ROWS }, () => {
    if (loss === "logistic") return random.next();
    return loss === "poisson" ? 4 * random.next() ** 3 : random.normal();
  });
  return {
    columns: [column(0), column(0.3), column(0.1), words],
    coded: [CODED],
    label,
    ...(weighted && {
      weight: Float64Array.from({ length: ROWS }, () => 0.2 + random.next()),
    }),
  };
}

interface Slopes {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function derive(
  loss: Loss,
  { label, weight }: BoostingRows,
  scores: Float64Array,
): Slopes {
  const gradient = new Float64Array(ROWS);
  const hessian = new Float64Array(ROWS);
  label.forEach((y, row) => {
    const score = scores[row] ?? NaN;
    const heft = weight?.[row] ?? 1;
    const chance = 1 / (1 + Math.exp(-score));
    const [slope, curve] = loss === "logistic"
      ? [chance - y, chance * (1 - chance)]
      : loss === "poisson"
      ? [Math.exp(score) - y, Math.exp(score + 0.7)]
      : [score - y, 1];
    gradient[row] = heft * slope;
    hessian[row] = heft * curve;
  });
  return { gradient, hessian };
}

type Way = (row: number) => boolean;

interface OracleLeaf {
  readonly rows: number[];
  readonly depth: number;
  readonly split: { gain: number; left: number[]; right: number[] } | null;
}

/** Every way to part rows by a cut, with the missing on either side. */
function* cutsOf({ columns }: BoostingRows): Generator<Way> {
  for (const column of columns.slice(0, CODED)) {
    for (const cut of [...new Set(column), Infinity]) {
      for (const missingLeft of [true, false]) {
        yield (row) => {
          const x = column[row] ?? NaN;
          return Number.isNaN(x) ? missingLeft : x <= cut;
        };
      }
    }
  }
}

/** Every first stretch of the words, the missing among them, by gradient ÷ hessian. */
function* setsOf(
  { columns }: BoostingRows,
  some: readonly number[],
  { gradient, hessian }: Slopes,
): Generator<Way> {
  const wordOf = (row: number) => String(columns[CODED]?.[row]);
  const sums = new Map<string, [number, number]>();
  for (const row of some) {
    const [slope, curve] = sums.get(wordOf(row)) ?? [0, 0];
    sums.set(wordOf(row), [
      slope + (gradient[row] ?? 0),
      curve + (hessian[row] ?? 0),
    ]);
  }
  const order = [...sums].sort(([, [a, b]], [, [c, d]]) => a / b - c / d);
  for (let until = 1; until < order.length; until++) {
    const set = new Set(order.slice(0, until).map(([word]) => word));
    yield (row) => set.has(wordOf(row));
  }
}

function oracleTree(each: Case, rows: BoostingRows, slopes: Slopes) {
  const cuts = [...cutsOf(rows)];
  const sum = (of: Float64Array, some: number[]) =>
    some.reduce((total, row) => total + (of[row] ?? 0), 0);
  const step = (some: number[]) => {
    const slope = sum(slopes.gradient, some);
    const size = Math.max(Math.abs(slope) - each.l1, 0);
    return -Math.sign(slope) * size / (sum(slopes.hessian, some) + each.l2);
  };
  const worth = (some: number[]) =>
    step(some) ** 2 * (sum(slopes.hessian, some) + each.l2);
  const fits = (some: number[]) =>
    some.length >= each.minChildRows &&
    sum(slopes.hessian, some) >= each.minChildWeight;
  const search = (some: number[], depth: number): OracleLeaf => {
    let split: OracleLeaf["split"] = null;
    if (depth >= each.maxDepth) return { rows: some, depth, split };
    for (const isLeft of [...cuts, ...setsOf(rows, some, slopes)]) {
      const left = some.filter(isLeft);
      const right = some.filter((row) => !isLeft(row));
      if (!fits(left) || !fits(right)) continue;
      const gain = worth(left) + worth(right) - worth(some);
      if (gain > (split?.gain ?? 1e-9)) split = { gain, left, right };
    }
    return { rows: some, depth, split };
  };
  const grown = [search([...rows.label.keys()], 0)];
  while (grown.length < each.leaves) {
    const next = grown.toSorted((a, b) =>
      (b.split?.gain ?? 0) - (a.split?.gain ?? 0)
    )[0];
    if (!next?.split) break;
    const { left, right } = next.split;
    const depth = next.depth + 1;
    const children = [search(left, depth), search(right, depth)];
    grown.splice(grown.indexOf(next), 1, ...children);
  }
  const said = new Float64Array(ROWS);
  for (const { rows: some } of grown) {
    for (const row of some) said[row] = OPTIONS.learningRate * step(some);
  }
  return said;
}

const OPTIONS: Omit<BoostingOptions, keyof Case> = {
  trees: 2,
  learningRate: 0.2,
  categorySmoothing: 0,
  rowShare: 1,
  columnShare: 1,
  patience: 10,
};

Deno.test("fitBoosting() grows the trees of an exact search", () => {
  fc.assert(
    fc.property(cases, (each) => {
      const rows = rowsOf(each);
      const scope = {
        validation: null,
        random: seededRandom(1),
        report: () => {},
      };
      const options = { ...OPTIONS, ...each };
      const ensemble = fitBoosting(rows, options, scope);
      const got = scoreEnsemble(ensemble, rows.columns);
      const want = new Float64Array(ROWS).fill(ensemble.base);
      for (let tree = 0; tree < OPTIONS.trees; tree++) {
        const slopes = derive(each.loss, rows, want);
        oracleTree(each, rows, slopes).forEach((step, row) =>
          want[row] = (want[row] ?? 0) + step
        );
      }
      got.forEach((value, row) => {
        const off = Math.abs(value - (want[row] ?? 0));
        assert.ok(off < 1e-5, `row ${row} is off by ${off}`);
      });
    }),
    { numRuns: 150 },
  );
});
