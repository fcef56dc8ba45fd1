/**
 * Adstock against its definition as a weighted sum of past spend.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { carryOver, carryOverSlope } from "./adstock.ts";

const spends = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 40,
}).map((values) => Float64Array.from(values));
const decays = fc.double({ min: 0, max: 0.95, noNaN: true });

function close(left: number, right: number, scale: number): void {
  assert.ok(Math.abs(left - right) <= 1e-9 * scale, `${left} is not ${right}`);
}

Deno.test("carryOver() equals the weighted sum of all past spend", () => {
  fc.assert(fc.property(spends, decays, (spend, decay) => {
    carryOver(spend, decay).forEach((got, t) => {
      const want = spend.slice(0, t + 1).reduce(
        (sum, value, s) => sum + (1 - decay) * decay ** (t - s) * value,
        0,
      );
      close(got, want, 1e9);
    });
  }));
});

Deno.test("carryOver() keeps the level of a steady spend", () => {
  const steady = carryOver(new Float64Array(400).fill(8), 0.9);
  close(steady[399] ?? 0, 8, 1);
});

Deno.test("carryOver() never lets a later period change an earlier", () => {
  fc.assert(fc.property(spends, decays, (spend, decay) => {
    const changed = spend.slice();
    changed[spend.length - 1] = 1e9 + 1;
    assert.deepEqual(
      carryOver(changed, decay).slice(0, -1),
      carryOver(spend, decay).slice(0, -1),
    );
  }));
});

Deno.test("carryOverSlope() equals the difference quotient", () => {
  fc.assert(fc.property(spends, decays, (spend, decay) => {
    const step = 1e-6;
    const after = carryOver(spend, decay + step);
    const before = carryOver(spend, decay - step);
    carryOverSlope(spend, decay).forEach((slope, t) => {
      const want = ((after[t] ?? 0) - (before[t] ?? 0)) / (2 * step);
      assert.ok(Math.abs(slope - want) <= 2e4, `${slope} is not ${want}`);
    });
  }));
});
