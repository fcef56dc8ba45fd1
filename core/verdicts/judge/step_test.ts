/**
 * How far an amount moves, in thousandths of the one in force.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Logic } from "../../domain/verdict.ts";
import { withAmount } from "./judge.ts";
import { judge, policy } from "./sketch_test.ts";

Deno.test.each([
  { amount: 120, current: 100, step: 200 },
  { amount: 80, current: 100, step: 200 },
  { amount: 1_000_000_201, current: 1_000_000_000, step: 1 },
  { amount: 100, current: 100, step: 0 },
  { amount: 9e15, current: 1, step: 8.999999999999999e18 },
])("a step from $current to $amount is $step permille", (given) => {
  const step = Math.min(given.step, Number.MAX_SAFE_INTEGER);
  const when: Logic = { "==": [{ var: "amount.stepPermille" }, step] };
  const rules = [{ effect: "deny", when, onMissing: "skip" }] as const;
  assert.equal(judge([policy(rules)], given).allowed, false);
});

Deno.test("a step is exact, however large the amounts", () => {
  const LARGEST = Number.MAX_SAFE_INTEGER;
  const thousandth = Math.floor(LARGEST / 1000);
  const whole = fc.tuple(
    fc.integer({ min: Math.floor(thousandth / 2), max: thousandth }),
    fc.integer({ min: 1, max: 1000 }),
  ).map(([part, step]) => [part * (1000 - step), part * 1000] as const);
  const any = fc.tuple(fc.maxSafeNat(), fc.maxSafeNat())
    .map(([micros, current]) => [micros, Math.max(current, 1)] as const);
  fc.assert(
    fc.property(fc.oneof(whole, any), ([micros, current]) => {
      const distance = BigInt(Math.abs(micros - current)) * 1000n;
      const exact = (distance + BigInt(current) - 1n) / BigInt(current);
      const { amount } = withAmount({}, micros, current);
      const stepPermille = Math.min(Number(exact), LARGEST);
      assert.deepEqual(amount, {
        micros,
        currentMicros: current,
        stepPermille,
      });
    }),
    { numRuns: 2000 },
  );
});

Deno.test.each([{ current: null }, { current: 0 }])(
  "a step from $current is missing and denies",
  ({ current }) => {
    const when = { ">": [{ var: "amount.stepPermille" }, 200] };
    const verdict = judge([policy([{ effect: "deny", when }])], { current });
    assert.equal(verdict.allowed, false);
    assert.equal(verdict.amountMicros, null);
    assert.equal(
      verdict.applied[0]?.reason,
      "because (missing amount.stepPermille)",
    );
  },
);
