/**
 * Bounds of the sum of several budgets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { compilePolicySet } from "./policy_set.ts";
import { policy, type RuleSketch } from "./sketch_test.ts";

const BRAND = {
  ...{ list: "brand", version: 1, owner: "test", about: "test" },
  items: ["c-1", "c-2"],
};
const SCOPE = { tenant: "acme", channel: null };
const WEEKEND = { in: [{ var: "time.weekday" }, [0, 6]] };

function setOf(...rules: RuleSketch[]) {
  return compilePolicySet([policy(rules, { on: ["budget"] })], {
    lists: [BRAND],
  });
}

Deno.test("groups() tells floors, then caps, with the names of lists resolved", () => {
  const set = setOf(
    { effect: "cap", over: { channel: "search" }, toPermille: 400 },
    { effect: "cap", over: { account: "a-1" }, to: { "/": [7, 2] } },
    {
      effect: "floor",
      over: { campaigns: { list: "brand" } },
      to: { "/": [7, 2] },
    },
    { effect: "cap", over: { channel: "email" }, to: 9, when: WEEKEND },
  );
  const groups = set.groups({ time: { weekday: 3 } }, SCOPE);
  const none = { channel: null, account: null, campaigns: null };
  const sure = { denied: false, missing: false, reason: "because" };
  assert.deepEqual(groups, [
    {
      ...{ rule: "sketch@2/r2", effect: "floor", ...none, ...sure },
      campaigns: new Set(["c-1", "c-2"]),
      ...{ toMicros: 4, toPermille: null },
    },
    {
      ...{ rule: "sketch@2/r0", effect: "cap", ...none, ...sure },
      channel: "search",
      ...{ toMicros: null, toPermille: 400 },
    },
    {
      ...{ rule: "sketch@2/r1", effect: "cap", ...none, ...sure },
      account: "a-1",
      ...{ toMicros: 3, toPermille: null },
    },
  ]);
  assert.equal(set.groups({ time: { weekday: 6 } }, SCOPE).length, 4);
});

Deno.test.each(
  [
    { onMissing: "deny", want: [true, true] },
    { onMissing: "apply", want: [false, true] },
    { onMissing: "skip", want: null },
  ] as const,
)("a group in doubt with onMissing $onMissing", ({ onMissing, want }) => {
  const over = { channel: "email" };
  const set = setOf({ effect: "cap", over, to: 9, when: WEEKEND, onMissing });
  const [group] = set.groups({}, SCOPE);
  assert.deepEqual(group ? [group.denied, group.missing] : null, want);
  if (group) assert.equal(group.reason, "because (missing time.weekday)");
});

Deno.test("judge() and bounds() leave rules about groups out", () => {
  const set = setOf({ effect: "cap", over: { channel: "email" }, to: 9 });
  const options = { tenant: "acme", channel: "email" };
  const judged = set.judge("budget", {}, { ...options, amountMicros: 50 });
  assert.deepEqual([judged.amountMicros, judged.applied], [50, []]);
  assert.equal(set.bounds("budget", {}, options).hiMicros, null);
});
