/**
 * ONNX Runtime's arithmetic.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { multiplyAdd, sigmoid } from "./runtime_arithmetic.ts";

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
