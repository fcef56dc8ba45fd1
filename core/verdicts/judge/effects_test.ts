/**
 * What each effect does to a verdict, and in which order.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  DecisionKind,
  Effect,
  Facts,
  OnMissing,
  PolicyDocument,
} from "../../domain/verdict.ts";
import { compilePolicySet, parsePolicySet } from "./policy_set.ts";
import { judge, policy, type RuleSketch } from "./sketch_test.ts";

const DAILY: RuleSketch = { effect: "limit", most: 3, within: "24h", per: [] };
const BUDGET: RuleSketch = { ...DAILY, of: "micros", most: 900 };
const ODD = { "==": [{ var: "context.campaign" }, "odd"] };

function counted(r0: number | null): Facts {
  return { counts: { sketch: r0 === null ? {} : { r0 } } };
}

/** Judges an action without an amount. */
function judgeAction(rules: readonly RuleSketch[], facts: Facts = {}) {
  const set = compilePolicySet([policy(rules, { on: ["action"] })]);
  const options = { tenant: "acme", channel: "email", amountMicros: null };
  return set.judge("action", facts, options);
}

Deno.test("rules are applied in one order, whatever the file's", () => {
  const rules: RuleSketch[] = [
    { effect: "deny" },
    { ...DAILY, most: 0 },
    { effect: "review" },
    BUDGET,
    { effect: "cap", to: 950 },
    { effect: "floor", to: 980 },
    { effect: "adjust", byPermille: 500 },
  ];
  const facts = { counts: { sketch: { r1: 0, r3: 200 } } };
  const { applied, allowed, counts } = judge([policy(rules)], { facts });
  assert.deepEqual(
    applied.map(({ rule, afterMicros }) => [rule.slice(9), afterMicros]),
    [
      ...[["r6", 500], ["r5", 980], ["r4", 950], ["r3", 700]],
      ...[["r2", 700], ["r1", null], ["r0", null]],
    ],
  );
  assert.equal(allowed, false);
  assert.deepEqual(counts, ["sketch.r3", "sketch.r1"]);
});

Deno.test("a verdict of rules without the new effects has no new members", () => {
  const old: RuleSketch[] = [{ effect: "cap", to: 5 }, { effect: "deny" }];
  assert.deepEqual(
    Object.keys(judge([policy(old)])),
    ["allowed", "amountMicros", "applied", "policySet"],
  );
});

Deno.test.each([
  { count: 0, allowed: true },
  { count: 2, allowed: true },
  { count: 3, allowed: false },
  { count: 4, allowed: false },
  { count: null, allowed: false, says: "because (missing counts.sketch.r0)" },
])("at most 3, with $count counted", ({ count, allowed, says }) => {
  const verdict = judge([policy([DAILY])], { facts: counted(count) });
  assert.equal(verdict.allowed, allowed);
  assert.deepEqual(verdict.counts, ["sketch.r0"]);
  assert.equal(
    verdict.applied[0]?.reason,
    allowed ? undefined : says ?? "because",
  );
});

Deno.test.each([
  { count: 0, amount: 900 },
  { count: 899, amount: 1 },
  { count: 900, amount: 0 },
  { count: 5000, amount: 0 },
  { count: 1.5, amount: null },
  { count: -1, amount: null },
])("at most 900 micros, with $count counted, leave $amount", (one) => {
  const verdict = judge([policy([BUDGET])], { facts: counted(one.count) });
  assert.equal(verdict.amountMicros, one.amount);
  assert.equal(verdict.allowed, one.amount !== null);
});

Deno.test.each<
  { onMissing: OnMissing; of: "decisions" | "micros"; allowed: boolean }
>([
  { onMissing: "deny", of: "decisions", allowed: false },
  { onMissing: "apply", of: "decisions", allowed: false },
  { onMissing: "skip", of: "decisions", allowed: true },
  { onMissing: "deny", of: "micros", allowed: false },
  { onMissing: "apply", of: "micros", allowed: false },
  { onMissing: "skip", of: "micros", allowed: true },
])("a limit of $of in doubt with onMissing $onMissing", (one) => {
  const { onMissing, of, allowed } = one;
  const verdict = judge([policy([{ ...DAILY, of, onMissing }])]);
  assert.equal(verdict.allowed, allowed);
  assert.deepEqual(verdict.counts, ["sketch.r0"]);
});

Deno.test("a limit whose condition does not hold neither counts nor limits", () => {
  const rules = [{ ...DAILY, when: ODD }];
  for (
    const [campaign, counts] of [["even", undefined], ["odd", [
      "sketch.r0",
    ]]] as const
  ) {
    const facts = { ...counted(9), context: { campaign } };
    const verdict = judge([policy(rules)], { facts });
    assert.equal(verdict.allowed, counts === undefined);
    assert.deepEqual(verdict.counts, counts);
  }
});

Deno.test("doing nothing is neither limited nor counted nor stopped", () => {
  const everything = [{ id: "all", stops: {}, reason: "Stop" }];
  const control = { ...counted(9), context: { isControl: true } };
  const verdict = judgeAction([DAILY], control);
  assert.deepEqual([verdict.allowed, verdict.counts], [true, undefined]);
  const set = compilePolicySet([policy([DAILY, BUDGET])], {
    switches: everything,
  });
  const options = { tenant: "acme", channel: "email", amountMicros: 0 };
  const none = set.judge("bid", {}, options);
  assert.deepEqual([none.allowed, none.amountMicros], [true, 0]);
  assert.equal(none.counts, undefined);
  const one = set.judge("bid", counted(0), { ...options, amountMicros: 1 });
  assert.equal(one.allowed, false);
});

Deno.test("priorities add up; without any there is none", () => {
  const rules: RuleSketch[] = [
    { effect: "prioritise", by: 10 },
    { effect: "prioritise", by: -3, when: ODD },
  ];
  const odd = { context: { campaign: "odd" } };
  const even = { context: { campaign: "even" } };
  assert.equal(judgeAction(rules, odd).priority, 7);
  assert.equal(judgeAction(rules, even).priority, 10);
  assert.equal(judgeAction(rules.slice(1), even).priority, undefined);
  const inDoubt = judgeAction(rules);
  assert.equal(inDoubt.priority, 10);
  assert.match(inDoubt.applied[1]?.reason ?? "", /skipped: missing/);
});

Deno.test("a review is asked for beside the amount, and exempt where it was agreed", () => {
  const rules: RuleSketch[] = [{
    effect: "review",
    when: {
      and: [
        { ">": [{ var: "amount.micros" }, 500] },
        { "!": { var: ["compliance.approved", false] } },
      ],
    },
  }];
  const asked = judge([policy(rules)]);
  assert.deepEqual(
    [asked.allowed, asked.amountMicros, asked.review],
    [true, 1000, true],
  );
  const small = judge([policy(rules)], { amount: 500 });
  assert.equal(small.review, undefined);
  const facts = { compliance: { approved: true } };
  assert.equal(judge([policy(rules)], { facts }).review, undefined);
});

Deno.test("a review in doubt denies unless it is to apply", () => {
  const rule: RuleSketch = { effect: "review", when: ODD };
  assert.equal(judge([policy([rule])]).allowed, false);
  const applied = judge([policy([{ ...rule, onMissing: "apply" }])]);
  assert.deepEqual([applied.allowed, applied.review], [true, true]);
  const skipped = judge([policy([{ ...rule, onMissing: "skip" }])]);
  assert.deepEqual([skipped.allowed, skipped.review], [true, undefined]);
});

Deno.test("limits() tells what is to be counted, by kind", () => {
  const documents: PolicyDocument[] = [
    policy([
      { ...DAILY, per: ["channel", "subject"], within: "90m" },
      { effect: "deny", when: false },
    ], {
      policy: "contacts",
      on: ["action"],
      appliesTo: { channels: ["email"] },
    }),
    policy([BUDGET]),
  ];
  const set = compilePolicySet(documents);
  assert.deepEqual(set.limits("action"), [{
    name: "contacts.r0",
    rule: "contacts@2/r0",
    of: "decisions",
    per: ["subject", "channel"],
    most: 3,
    windowSeconds: 5400,
    tenants: null,
    channels: new Set(["email"]),
  }]);
  assert.deepEqual(set.limits("bid").map(({ of }) => of), ["micros"]);
  assert.deepEqual(set.limits("budget"), []);
});

Deno.test("a set with lists and switches reads back under the same hash", () => {
  const list = {
    ...{ list: "blocked", version: 1, owner: "test", about: "test" },
    items: ["c-1"],
  };
  const set = compilePolicySet([
    policy([{
      effect: "deny",
      when: { in: [{ var: "context.campaign" }, { list: "blocked" }] },
    }]),
  ], {
    lists: [list],
    switches: [
      { id: "stop_b", stops: { channel: "email" }, reason: "B" },
      { id: "stop_a", stops: {}, reason: "A" },
    ],
  });
  const again = parsePolicySet(set.text);
  assert.equal(again.hash, set.hash);
  assert.deepEqual(again.lists, set.lists);
  assert.deepEqual(again.switches.map(({ id }) => id), ["stop_a", "stop_b"]);
  const without = compilePolicySet(set.documents, { lists: [list] });
  assert.notEqual(without.hash, set.hash);
  const changed = compilePolicySet(set.documents, {
    ...set,
    lists: [{ ...list, items: ["c-2"] }],
  });
  assert.notEqual(changed.hash, set.hash);
});

Deno.test("no rule that restricts ever makes a verdict milder", () => {
  const restricting = fc.constantFrom<Effect>("deny", "review", "limit");
  const kinds: DecisionKind[] = ["bid"];
  fc.assert(fc.property(
    fc.array(fc.nat(3), { maxLength: 4 }),
    restricting,
    fc.nat(5),
    (caps, effect, count) => {
      const before: RuleSketch[] = caps.map((to) => ({ effect: "cap", to }));
      const added: RuleSketch = effect === "limit"
        ? { ...DAILY, of: "micros" }
        : { effect };
      const facts = { counts: { sketch: { [`r${before.length}`]: count } } };
      const on = { on: kinds };
      const mild = judge([
        policy([...before, { effect: "deny", when: false }], on),
      ], { facts });
      const strict = judge([policy([...before, added], on)], { facts });
      assert.ok((strict.amountMicros ?? 0) <= (mild.amountMicros ?? 0));
      assert.ok(mild.allowed || !strict.allowed);
    },
  ));
});
