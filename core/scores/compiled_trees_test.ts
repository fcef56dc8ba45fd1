/**
 * Compiled trees against ONNX Runtime's arithmetic.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ASKS, type FlatTrees } from "../trees/flat_trees.ts";
import { compileTrees, multiplyAdd, sigmoid } from "./compiled_trees.ts";

const float = fc.float({
  noNaN: true,
  noDefaultInfinity: true,
  min: -100,
  max: 100,
});

/** a·b + c without rounding, as a fraction of a power of two. */
function exactly(a: number, b: number, c: number): bigint {
  const whole = (value: number) => {
    const bits = new DataView(new ArrayBuffer(4));
    bits.setFloat32(0, value);
    const word = bits.getUint32(0);
    const power = Math.max((word >>> 23) & 0xff, 1) - 150;
    const digits = (word & 0x7fffff) |
      ((word >>> 23 & 0xff) > 0 ? 0x800000 : 0);
    return BigInt(value < 0 ? -digits : digits) << BigInt(power + 149);
  };
  return whole(a) * whole(b) + (whole(c) << 149n);
}

/** The float32 that is nearest to a fraction of 2^298, ties to even. */
function nearest(exact: bigint): number {
  const size = exact < 0n ? -exact : exact;
  const length = size.toString(2).length;
  const drop = BigInt(Math.max(length - 24, 149));
  const half = 1n << (drop - 1n);
  let digits = size >> drop;
  const rest = size - (digits << drop);
  if (rest > half || rest === half && digits % 2n === 1n) digits++;
  const value = Number(digits) * 2 ** (Number(drop) - 298);
  return exact < 0n ? -value : value;
}

Deno.test("multiplyAdd() rounds once", () => {
  fc.assert(
    fc.property(float, float, float, (a, b, c) => {
      assert.equal(multiplyAdd(a, b, c) + 0, nearest(exactly(a, b, c)) + 0);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("multiplyAdd() is decided by what a float64 cuts off", () => {
  const odd = 1 + 2 ** -23;
  const belowHalf = (1 - 2 ** -23) * 2 ** -24;
  assert.equal(Math.fround(odd * belowHalf + odd), 1 + 2 ** -22);
  assert.equal(multiplyAdd(odd, belowHalf, odd), odd);
  assert.equal(multiplyAdd(-odd, belowHalf, -odd), -odd);
});

Deno.test("sigmoid() is a sigmoid to float precision, and level far out", () => {
  fc.assert(fc.property(float, (odds) => {
    const wanted = 1 / (1 + Math.exp(-odds));
    assert.ok(Math.abs(sigmoid(odds) - wanted) < 2e-7);
    assert.equal(sigmoid(odds), Math.fround(sigmoid(odds)));
  }));
  assert.equal(sigmoid(100), sigmoid(18));
  assert.equal(sigmoid(0), 0.5);
});

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
