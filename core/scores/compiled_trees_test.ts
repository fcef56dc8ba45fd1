/**
 * Compiled trees against ONNX Runtime's arithmetic.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ASKS, type FlatTrees } from "../trees/flat_trees.ts";
import { compileTrees } from "./compiled_trees.ts";

const STUMPS: FlatTrees = {
  columns: 2,
  base: 0.1,
  link: { kind: "identity" },
  roots: Int32Array.of(0, 3),
  asked: Int32Array.of(0, -1, -1, 1, -1, -1),
  cuts: Float64Array.of(0.5, 0, 0, 2, 0, 0),
  asks: Uint8Array.of(ASKS.leq, 0, 0, ASKS.leqOrMissing, 0, 0),
  sets: new Map(),
  yes: Int32Array.of(1, 0, 0, 4, 0, 0),
  values: Float64Array.of(0, 1e-8, 2, 0, 1, 4),
  covers: null,
};

Deno.test("trees are added in float32, the base last, missing values on their way", () => {
  const score = compileTrees(STUMPS);
  const said = (...row: number[]) => score?.(Float32Array.from(row));
  assert.equal(said(0.5, 2), Math.fround(1 + Math.fround(0.1)));
  assert.equal(said(NaN, NaN), Math.fround(3 + Math.fround(0.1)));
  assert.equal(said(0.6, 3), Math.fround(6 + Math.fround(0.1)));
});

Deno.test("what is more than trees and a sigmoid is left to the runtime", () => {
  const curve = {
    ...{ kind: "curve" as const, knots: new Float64Array() },
    chances: new Float64Array(),
  };
  assert.equal(compileTrees({ ...STUMPS, link: curve }), null);
  assert.equal(
    compileTrees({ ...STUMPS, asked: new Int32Array(20_000) }),
    null,
  );
});
