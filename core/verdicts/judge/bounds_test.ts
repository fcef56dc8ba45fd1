/**
 * What policies demand before an amount is proposed.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { compilePolicySet } from "./policy_set.ts";
import { policy } from "./sketch_test.ts";

Deno.test("bounds() takes caps and floors that do not depend on the amount", () => {
  const current = { var: "amount.currentMicros" };
  const set = compilePolicySet([policy([
    { effect: "cap", to: { "/": [{ "*": [current, 6] }, 5] } },
    { effect: "cap", to: { var: "amount.micros" } },
    { effect: "cap", to: 90, when: { ">": [{ var: "amount.micros" }, 1] } },
    { effect: "floor", to: { "/": [{ "*": [current, 4] }, 5] } },
    { effect: "deny", when: { ">": [{ var: "amount.stepPermille" }, 1] } },
    { effect: "deny", when: { var: "compliance.frozen" } },
  ])]);
  const options = { tenant: "acme", channel: null, currentMicros: 101 };
  const open = set.bounds("bid", { compliance: { frozen: false } }, options);
  assert.deepEqual(
    [open.loMicros, open.hiMicros, open.denied],
    [81, 121, false],
  );
  assert.deepEqual(
    open.applied.map(({ rule, afterMicros }) => [rule, afterMicros]),
    [["sketch@2/r3", 81], ["sketch@2/r0", 121]],
  );
  const frozen = set.bounds("bid", { compliance: { frozen: true } }, options);
  assert.equal(frozen.denied, true);
  assert.equal(set.bounds("bid", {}, options).denied, true);
});

Deno.test("bounds() never has its least above its most", () => {
  const rules = [{ effect: "floor", to: 9 }, { effect: "cap", to: 5 }] as const;
  const { loMicros, hiMicros } = compilePolicySet([policy(rules)])
    .bounds("bid", {}, { tenant: "acme", channel: null });
  assert.deepEqual([loMicros, hiMicros], [5, 5]);
});

Deno.test("what lies within bounds() passes judge() unchanged", () => {
  const current = { var: "amount.currentMicros" };
  const set = compilePolicySet([policy([
    { effect: "cap", to: { "/": [{ "*": [current, 6] }, 5] } },
    { effect: "floor", to: { "/": [{ "*": [current, 4] }, 5] } },
    { effect: "deny", when: { ">": [{ var: "amount.stepPermille" }, 200] } },
  ])]);
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 1e15 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (currentMicros, share) => {
      const options = { tenant: "acme", channel: null, currentMicros };
      const { loMicros, hiMicros } = set.bounds("bid", {}, options);
      const [lo, hi] = [loMicros ?? 0, hiMicros ?? 0];
      const amountMicros = lo + Math.round((hi - lo) * share);
      const verdict = set.judge("bid", {}, { ...options, amountMicros });
      assert.deepEqual(
        [verdict.allowed, verdict.amountMicros],
        [true, amountMicros],
      );
    },
  ));
});
