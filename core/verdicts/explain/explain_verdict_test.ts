/**
 * Which condition decided, and how much passes.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { compilePolicySet } from "../judge/policy_set.ts";
import { policy, type RuleSketch } from "../judge/sketch_test.ts";
import { explainVerdict } from "./explain_verdict.ts";
import { findLargestAmount } from "./largest_amount.ts";
import { isPassing } from "./nearest.ts";
import type { Question } from "./question.ts";

function bid(amountMicros: number, facts: Question["facts"] = {}): Question {
  const options = { tenant: "acme", channel: "search", amountMicros };
  return { kind: "bid", facts, options };
}

Deno.test("explainVerdict() shows rules that shape the amount proposed, others what results", () => {
  const over = (micros: number) => ({
    ">": [{ var: "amount.micros" }, micros],
  });
  const set = compilePolicySet([policy([
    { effect: "deny", when: over(400) },
    { effect: "cap", when: over(600), to: 500 },
    { effect: "deny", when: over(500) },
  ])]);
  const asked = bid(1000);
  const verdict = set.judge(asked.kind, asked.facts, asked.options);
  assert.deepEqual(
    explainVerdict(set, asked, verdict).map(({ rule, conditions }) => [
      rule,
      conditions.map(({ text, facts }) => [text, facts["amount.micros"]]),
    ]),
    [
      ["sketch@2/r1", [["amount.micros > 600", 1000]]],
      ["sketch@2/r0", [["amount.micros > 400", 500]]],
    ],
  );
});

Deno.test("explainVerdict() shows what a limit counted, and what a switch asks", () => {
  const limit: RuleSketch = {
    effect: "limit",
    most: 2,
    per: ["subject"],
    within: "24h",
    when: { var: "compliance.ok" },
  };
  const set = compilePolicySet([policy([limit])], {
    switches: [{ id: "halt", stops: { account: "a-1" }, reason: "Complaints" }],
  });
  const facts = {
    compliance: { ok: true },
    counts: { sketch: { r0: 2 } },
    context: { account: null },
  };
  const asked = bid(1000, facts);
  const verdict = set.judge(asked.kind, asked.facts, asked.options);
  const [limited, stopped] = explainVerdict(set, asked, verdict);
  assert.deepEqual(limited?.conditions, [
    {
      text: "compliance.ok",
      holds: true,
      facts: { "compliance.ok": true },
    },
    {
      text: "counts.sketch.r0 >= 2",
      holds: true,
      facts: { "counts.sketch.r0": 2 },
    },
  ]);
  assert.deepEqual(stopped?.missing, ["context.account"]);
  assert.equal(stopped?.sentence, "A kill switch is on: Complaints.");
});

Deno.test.each<{ note: string; rules: RuleSketch[]; want: number | null }>([
  { note: "a cap", rules: [{ effect: "cap", to: 700 }], want: 700 },
  {
    note: "a denial above a threshold",
    rules: [{
      effect: "deny",
      when: { ">=": [{ var: "amount.micros" }, 300] },
    }],
    want: 299,
  },
  { note: "nothing", rules: [{ effect: "cap", to: 1000 }], want: null },
  {
    note: "an adjustment",
    rules: [{ effect: "adjust", byPermille: 900 }],
    want: null,
  },
  { note: "a denial of all", rules: [{ effect: "deny" }], want: null },
])("the largest amount under $note is $want", ({ rules, want }) => {
  const set = compilePolicySet([policy(rules)]);
  assert.equal(findLargestAmount(set, bid(1000)), want);
});

Deno.test("no larger amount passes unchanged", () => {
  const amount = fc.integer({ min: 0, max: 60 });
  const rule = fc.oneof(
    fc.record({ effect: fc.constant("cap" as const), to: amount }),
    fc.tuple(amount, amount).map(([from, to]): RuleSketch => ({
      effect: "deny",
      when: { "<": [from, { var: "amount.micros" }, to] },
    })),
  );
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 3 }), amount, (rules, proposed) => {
      const set = compilePolicySet([policy([
        { effect: "deny", when: false },
        ...rules,
      ])]);
      const passes = (micros: number) => {
        const { kind, facts, options } = bid(micros);
        const verdict = set.judge(kind, facts, options);
        return isPassing(verdict) && verdict.amountMicros === micros;
      };
      const found = findLargestAmount(set, bid(proposed));
      const amounts = Array.from({ length: proposed }, (_, micros) => micros);
      const largest = amounts.findLast(passes) ?? 0;
      const want = passes(proposed) || largest === 0 ? null : largest;
      assert.equal(found, want);
    }),
    { numRuns: 300 },
  );
});
