/**
 * Sets of words against a naive search: every stretch, from either end, of the words
 * that the node has rows enough of, in float64.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { fitBoosting, scoreEnsemble } from "./boosting.ts";
import type { BoostingOptions } from "./options.ts";

const OPTIONS = {
  loss: "squared",
  trees: 1,
  leaves: 2,
  learningRate: 1,
  l2: 0.5,
  minChildWeight: 1e-3,
  rowShare: 1,
  columnShare: 1,
  categoryL2: 2,
  patience: 1,
} as const satisfies BoostingOptions;

/** Words of a column that all have a place, and cost nothing more. */
const FEW = 4;
/** Words of the shorter stretch at most. */
const MOST = 32;

interface Case {
  readonly seed: number;
  readonly words: number;
  readonly rows: number;
  /** Share of the rows that miss their word. */
  readonly missing: number;
  readonly smoothing: number;
  readonly minChildRows: number;
  readonly weighted: boolean;
}

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer(),
  words: fc.oneof(
    fc.integer({ min: 2, max: 8 }),
    fc.integer({ min: 9, max: 120 }),
  ),
  rows: fc.constantFrom(60, 300, 900),
  missing: fc.constantFrom(0, 0.01, 0.1),
  smoothing: fc.constantFrom(0, 1, 4, 10),
  minChildRows: fc.constantFrom(1, 5, 25),
  weighted: fc.boolean(),
});

/** Words of unequal frequency and effect. */
function rowsOf({ seed, words, rows, missing, weighted }: Case) {
  const random = seededRandom(seed);
  const column = Float64Array.from(
    { length: rows },
    () =>
      random.next() < missing
        ? NaN
        : Math.floor(words * random.next() * random.next()),
  );
  const label = column.map((word) => random.normal() + (word % 4 || 0) / 2);
  const weight = column.map(() => weighted ? 0.2 + 2 * random.next() : 1);
  return { columns: [column], coded: [0], label, weight };
}

interface Word {
  readonly word: number;
  readonly slope: number;
  readonly weight: number;
  readonly rows: number;
}

function countWords(
  column: Float64Array,
  slopes: Float64Array,
  weights: Float64Array,
): Word[] {
  const words = new Map<number, Word>();
  column.forEach((word, row) => {
    const { slope, weight, rows } = words.get(word) ??
      { slope: 0, weight: 0, rows: 0 };
    words.set(word, {
      word,
      slope: slope + (slopes[row] ?? NaN),
      weight: weight + (weights[row] ?? NaN),
      rows: rows + 1,
    });
  });
  return [...words.values()];
}

/** Sets that may go left: words with rows enough, never the missing. */
function* setsOf(words: readonly Word[], smoothing: number) {
  const { weight: all, rows } = addUp(words);
  const keyOf = ({ slope, weight }: Word) => slope / (weight + smoothing);
  const least = isFew(words) ? 0 : smoothing;
  const order = words.filter(({ weight }) => weight * rows >= least * all)
    .sort((a, b) => keyOf(a) - keyOf(b));
  for (let cut = 1; cut < order.length; cut++) {
    if (Math.min(cut, order.length - cut) > MOST) continue;
    const sides = [order.slice(0, cut), order.slice(cut)] as const;
    const [low, high] = sides.map((side) =>
      side.some(({ word }) => Number.isNaN(word))
        ? Infinity
        : addUp(side).weight
    ) as [number, number];
    yield low <= high ? sides[0] : sides[1];
  }
}

function isFew(words: readonly Word[]): boolean {
  return words.filter(({ word }) => !Number.isNaN(word)).length <= FEW;
}

function addUp(words: readonly Word[]): Omit<Word, "word"> {
  const add = (of: (word: Word) => number) =>
    words.reduce((sum, word) => sum + of(word), 0);
  return {
    slope: add(({ slope }) => slope),
    weight: add(({ weight }) => weight),
    rows: add(({ rows }) => rows),
  };
}

/** What the two leaves of the best set say, by word. */
function oracleTree(each: Case, words: readonly Word[]) {
  const all = addUp(words);
  const { l2 } = OPTIONS;
  const extra = isFew(words) ? 0 : OPTIONS.categoryL2;
  const worth = (slope: number, curve: number) => slope ** 2 / (curve + l2);
  let best: { gain: number; set: readonly Word[] } = { gain: 1e-9, set: [] };
  for (const set of setsOf(words, each.smoothing)) {
    const { slope, weight, rows } = addUp(set);
    if (Math.min(rows, all.rows - rows) < each.minChildRows) continue;
    const gain = worth(slope, weight + extra) +
      worth(all.slope - slope, all.weight - weight + extra) -
      worth(all.slope, all.weight);
    if (gain > best.gain) best = { gain, set };
  }
  const { slope, weight } = addUp(best.set);
  const left = -slope / (weight + l2);
  const right = -(all.slope - slope) / (all.weight - weight + l2);
  const lefts = new Set(best.set.map(({ word }) => word));
  return (word: number) => lefts.has(word) ? left : right;
}

Deno.test("fitBoosting() parts words as a naive search does", () => {
  fc.assert(
    fc.property(cases, (each) => {
      const rows = rowsOf(each);
      const ensemble = fitBoosting(rows, {
        ...OPTIONS,
        minChildRows: each.minChildRows,
        categorySmoothing: each.smoothing,
      }, { validation: null, random: seededRandom(1), report: () => {} });
      const { columns, label, weight } = rows;
      const [column = new Float64Array()] = columns;
      const slopes = label.map((y, row) =>
        (ensemble.base - y) * (weight[row] ?? NaN)
      );
      const say = oracleTree(each, countWords(column, slopes, weight));
      scoreEnsemble(ensemble, columns).forEach((score, row) => {
        const want = ensemble.base + say(column[row] ?? NaN);
        const off = Math.abs(score - want);
        assert.ok(off < 1e-4, `row ${row} is off by ${off}`);
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("fitBoosting() does not part words of few rows, though they fit by chance", () => {
  const random = seededRandom(2);
  const column = Float64Array.from({ length: 900 }, (_, row) => row % 100);
  const label = column.map(() => random.normal());
  const learn = (categorySmoothing: number) =>
    fitBoosting({ columns: [column], coded: [0], label }, {
      ...OPTIONS,
      categorySmoothing,
    }, { validation: null, random, report: () => {} }).trees[0]?.codes.size;
  assert.deepEqual([learn(9), learn(10)], [1, 0]);
});
