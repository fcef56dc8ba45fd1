/**
 * Scales hold their values and end at round numbers; numbers print for people.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { printCompact, printTicks } from "./print_number.ts";
import { isDrawable, roundScale } from "./scale.ts";

Deno.test.each([
  { value: 0, want: "0" },
  { value: 0.01234, want: "0.0123" },
  { value: -3.14159, want: "−3.14" },
  { value: 999.9, want: "1k" },
  { value: 1234, want: "1.23k" },
  { value: 34_000_000, want: "34M" },
  { value: 2.5e12, want: "2.5T" },
  { value: 1.5e18, want: "1.5e18" },
  { value: -0.0000012, want: "−1.2e−6" },
  { value: NaN, want: "–" },
])("printCompact() prints $value as $want", ({ value, want }) => {
  assert.equal(printCompact(value), want);
});

Deno.test.each([
  { ticks: [0, 0.25, 0.5], want: ["0", "0.25", "0.50"] },
  { ticks: [2020, 2021, 2022], want: ["2020", "2021", "2022"] },
  { ticks: [0, 5000, 10_000], want: ["0", "5k", "10k"] },
  { ticks: [-5e5, 0, 5e5, 1e6], want: ["−0.5M", "0", "0.5M", "1.0M"] },
])("printTicks() prints $ticks in one unit", ({ ticks, want }) => {
  assert.deepEqual(printTicks(ticks), want);
});

Deno.test("roundScale() holds all values between even, distinct ticks", () => {
  const values = fc.array(fc.double({ noNaN: true }), { maxLength: 8 });
  const options = fc.record({
    steps: fc.integer({ min: 2, max: 10 }),
    zero: fc.boolean(),
  });
  fc.assert(fc.property(values, options, (values, options) => {
    const { low, high, ticks } = roundScale(values, options);
    assert.ok(low < high);
    for (const value of values.filter(isDrawable)) {
      assert.ok(low <= value && value <= high);
    }
    assert.ok(ticks.length >= 2 && ticks.length <= options.steps + 3);
    const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
    ticks.slice(1).forEach((tick, at) =>
      assert.ok(Math.abs(tick - (ticks[at] ?? 0) - step) < 1e-6 * step)
    );
    if (options.zero) assert.ok(low <= 0 && high >= 0);
  }));
});
