/**
 * Contributions are Shapley values: those of the definition, over all subsets.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../domain/random.ts";
import {
  ASKS,
  evaluateTrees,
  type FlatTrees,
  sumLeaves,
  takesYes,
} from "./flat_trees.ts";
import { reasonCodes } from "./reason_codes.ts";
import { type CoveredTrees, treeShap } from "./tree_shap.ts";
import { typicalShap } from "./typical_shap.ts";

const COLUMNS = 5;

/** Random trees; covers may be 0, columns come again on a path, sets are asked. */
function plant(seed: number, trees: number): CoveredTrees {
  const random = seededRandom(seed);
  const nodes: { asked: number; cut: number; ask: number; yes: number }[] = [];
  const sets = new Map<number, Set<number>>();
  const covers: number[] = [];
  const whole = (until: number) => Math.floor(until * random.next());
  function grow(at: number, depth: number, cover: number): void {
    covers[at] = cover;
    const isLeaf = depth === 0 || random.next() < 0.15;
    const ask = random.next() < 0.2 ? 2 + whole(2) : whole(2);
    const yes = nodes.length;
    nodes[at] = {
      asked: isLeaf ? -1 : whole(COLUMNS),
      cut: ask >= ASKS.set ? NaN : whole(3),
      ask,
      yes,
    };
    if (isLeaf) return;
    if (ask >= ASKS.set) sets.set(at, new Set([whole(4), whole(4)]));
    nodes.push({ asked: -1, cut: 0, ask: 0, yes: 0 });
    nodes.push({ asked: -1, cut: 0, ask: 0, yes: 0 });
    const left = random.next() < 0.1 ? 0 : whole(cover + 1);
    grow(yes, depth - 1, left);
    grow(yes + 1, depth - 1, cover - left);
  }
  const roots = Array.from({ length: trees }, () => {
    const root = nodes.length;
    nodes.push({ asked: -1, cut: 0, ask: 0, yes: 0 });
    grow(root, 4, 100);
    return root;
  });
  return {
    columns: COLUMNS,
    base: random.normal(),
    link: { kind: "sigmoid" },
    roots: Int32Array.from(roots),
    asked: Int32Array.from(nodes, ({ asked }) => asked),
    cuts: Float64Array.from(nodes, ({ cut }) => cut),
    asks: Uint8Array.from(nodes, ({ ask }) => ask),
    sets,
    yes: Int32Array.from(nodes, ({ yes }) => yes),
    values: Float64Array.from(nodes, () => random.normal()),
    covers: Float64Array.from(covers),
  };
}

/** Shapley values by their definition, of a worth of any set of known columns. */
function shapley(worth: (known: ReadonlySet<number>) => number): number[] {
  const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);
  return Array.from({ length: COLUMNS }, (_, column) => {
    let sum = 0;
    for (let bits = 0; bits < 2 ** COLUMNS; bits++) {
      const known = new Set(
        Array.from({ length: COLUMNS }, (_, at) => at)
          .filter((at) => bits & 2 ** at),
      );
      if (known.has(column)) continue;
      const share = factorial(known.size) *
        factorial(COLUMNS - known.size - 1) / factorial(COLUMNS);
      sum += share *
        (worth(new Set([...known, column])) - worth(known));
    }
    return sum;
  });
}

/** Mean sum over the training rows that agree with the row in what is known. */
function expected(
  trees: CoveredTrees,
  row: Float32Array,
  known: ReadonlySet<number>,
): number {
  const below = (node: number): number => {
    const column = trees.asked[node] ?? -1;
    if (column < 0) return trees.values[node] ?? NaN;
    const yes = trees.yes[node] ?? 0;
    if (known.has(column)) {
      return below(takesYes(trees, node, row[column] ?? NaN) ? yes : yes + 1);
    }
    const [one = 0, other = 0] = [trees.covers[yes], trees.covers[yes + 1]];
    const share = one + other > 0 ? one / (one + other) : 0.5;
    return share * below(yes) + (1 - share) * below(yes + 1);
  };
  return [...trees.roots].reduce((sum, root) => sum + below(root), trees.base);
}

const rowOf = fc.array(
  fc.constantFrom(0, 1, 2, 3, NaN),
  { minLength: COLUMNS, maxLength: COLUMNS },
).map((values) => Float32Array.from(values));

function assertNear(got: Float64Array, want: readonly number[]): void {
  want.forEach((value, at) =>
    assert.ok(
      Math.abs(value - (got[at] ?? NaN)) < 1e-9,
      `column ${at}: ${got[at]} is not ${value}`,
    )
  );
}

Deno.test("treeShap() gives the Shapley values of what training rows would reach", () => {
  fc.assert(
    fc.property(fc.integer(), rowOf, (seed, row) => {
      const trees = plant(seed, 3);
      const { base, contributions } = treeShap(trees, row);
      assertNear(
        contributions,
        shapley((known) => expected(trees, row, known)),
      );
      assert.ok(Math.abs(base - expected(trees, row, new Set())) < 1e-9);
    }),
    { numRuns: 150 },
  );
});

Deno.test("typicalShap() gives the Shapley values of the row mixed with the typical one", () => {
  fc.assert(
    fc.property(fc.integer(), rowOf, rowOf, (seed, row, typical) => {
      const trees = plant(seed, 3);
      const { base, contributions } = typicalShap(trees, row, typical);
      const want = shapley((known) =>
        sumLeaves(
          trees,
          row.map((x, at) => known.has(at) ? x : typical[at] ?? 0),
        )
      );
      assertNear(contributions, want);
      assert.equal(base, sumLeaves(trees, typical));
    }),
    { numRuns: 150 },
  );
});

Deno.test("reasonCodes() add up to the score, strongest first, with and without covers", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      rowOf,
      rowOf,
      fc.boolean(),
      (seed, row, typical, covered) => {
        const planted = plant(seed, 10);
        const trees: FlatTrees = covered
          ? planted
          : { ...planted, covers: null };
        const reasons = reasonCodes({ kind: "trees", trees }, row, typical);
        assert.equal(
          reasons.method,
          covered ? "tree_shap" : "tree_shap_typical",
        );
        const sum = reasons.codes.reduce(
          (all, { contribution }) => all + contribution,
          reasons.base,
        );
        assert.ok(Math.abs(sum - sumLeaves(trees, row)) < 1e-9);
        const score = evaluateTrees(trees, row);
        assert.ok(Math.abs(reasons.score - score) < 1e-9);
        const sizes = reasons.codes.map((code) => Math.abs(code.contribution));
        assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("reasonCodes() of a linear model are weight times distance from the typical row", () => {
  const linear = {
    intercept: -1,
    weights: Float64Array.of(2, 0, -3),
    centres: Float64Array.of(1, 5, 0),
    link: { kind: "exp" as const },
  };
  const row = Float32Array.of(2, 9, 1);
  const typical = Float32Array.of(1.5, 5, 0);
  const reasons = reasonCodes({ kind: "linear", linear }, row, typical);
  assert.deepEqual(reasons.codes, [
    { column: 2, contribution: -3 },
    { column: 0, contribution: 1 },
  ]);
  assert.equal(reasons.base, 0);
  assert.ok(Math.abs(reasons.score - Math.exp(-2)) < 1e-12);
});
