/**
 * What a policy set says of a proposal.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Effect, Logic, OnMissing } from "../../domain/verdict.ts";
import { compilePolicySet, parsePolicySet } from "./policy_set.ts";
import { judge, policy } from "./sketch_test.ts";

Deno.test("judge() adjusts, then floors, then caps, then denies", () => {
  const verdict = judge([policy([
    { effect: "deny", when: { ">": [{ var: "amount.micros" }, 900] } },
    { effect: "cap", to: 900 },
    { effect: "floor", to: 950 },
    { effect: "adjust", byPermille: 500 },
  ])]);
  assert.deepEqual(
    verdict.applied.map((
      { rule, beforeMicros, afterMicros },
    ) => [rule, beforeMicros, afterMicros]),
    [
      ["sketch@2/r3", 1000, 500],
      ["sketch@2/r2", 500, 950],
      ["sketch@2/r1", 950, 900],
    ],
  );
  assert.deepEqual([verdict.allowed, verdict.amountMicros], [true, 900]);
});

Deno.test("judge() lets adjust, floor and cap see the amount proposed", () => {
  const over = { ">": [{ var: "amount.micros" }, 600] };
  const verdict = judge([policy([
    { effect: "adjust", byPermille: 500 },
    { effect: "cap", when: over, to: 400 },
  ])]);
  assert.equal(verdict.amountMicros, 400);
});

const MISSING: Logic = { ">": [{ var: "score.ppm" }, 5] };

Deno.test.each<
  {
    effect: Effect;
    onMissing?: OnMissing;
    allowed: boolean;
    amount: number | null;
    says: RegExp;
  }
>([
  { effect: "deny", allowed: false, amount: null, says: /\(missing score.ppm/ },
  { effect: "cap", allowed: false, amount: null, says: /\(missing score.ppm/ },
  { effect: "floor", allowed: false, amount: null, says: /missing score.ppm/ },
  { effect: "adjust", allowed: true, amount: 1000, says: /skipped: missing/ },
  {
    effect: "adjust",
    onMissing: "apply",
    allowed: true,
    amount: 500,
    says: /\(missing score/,
  },
  {
    effect: "cap",
    onMissing: "apply",
    allowed: true,
    amount: 700,
    says: /\(missing score/,
  },
  {
    effect: "deny",
    onMissing: "apply",
    allowed: false,
    amount: null,
    says: /\(missing score/,
  },
  {
    effect: "deny",
    onMissing: "skip",
    allowed: true,
    amount: 1000,
    says: /skipped: missing score/,
  },
])("$effect with onMissing $onMissing and a fact missing", (one) => {
  const { effect, onMissing, allowed, amount, says } = one;
  const verdict = judge([policy([{
    effect,
    when: MISSING,
    ...(onMissing ? { onMissing } : {}),
    ...(effect === "adjust" ? { byPermille: 500 } : {}),
    ...(effect === "cap" || effect === "floor" ? { to: 700 } : {}),
  }])]);
  assert.deepEqual([verdict.allowed, verdict.amountMicros], [allowed, amount]);
  assert.equal(verdict.applied[0]?.missing, true);
  assert.match(verdict.applied[0]?.reason ?? "", says);
});

Deno.test("a bound that is unknown counts as missing", () => {
  const to = { "/": [{ var: "amount.micros" }, { var: "score.ppm" }] };
  const rules = [{ effect: "cap", to, onMissing: "apply" }] as const;
  const verdict = judge([policy(rules)], { facts: { score: { ppm: 0 } } });
  assert.equal(verdict.allowed, false);
  assert.match(verdict.applied[0]?.reason ?? "", /not finite/);
});

Deno.test("a rule limited to channels is in doubt where none is given", () => {
  const limited = policy([{ effect: "deny" }], {
    appliesTo: { channels: ["email"], tenants: ["acme"] },
  });
  assert.equal(judge([limited], { channel: "search" }).allowed, true);
  assert.equal(judge([limited], { channel: "email" }).allowed, false);
  const nowhere = judge([limited], { channel: null });
  assert.equal(nowhere.allowed, false);
  assert.match(nowhere.applied[0]?.reason ?? "", /missing context.channel/);
  const others = policy([{ effect: "deny" }], {
    appliesTo: { tenants: ["other"] },
  });
  assert.equal(judge([others]).allowed, true);
});

Deno.test("judge() without an amount only denies", () => {
  const rules = [{ effect: "cap", to: 5 }, { effect: "deny" }] as const;
  const verdict = judge([policy(rules)], { amount: null });
  assert.deepEqual(verdict.applied.map(({ effect }) => effect), ["deny"]);
});

Deno.test.each([{ amount: 1.5 }, { amount: -1 }, { amount: NaN }])(
  "judge() refuses the amount $amount",
  ({ amount }) => {
    const idle = policy([{ effect: "deny", when: false }]);
    assert.throws(() => judge([idle], { amount }), RangeError);
  },
);

Deno.test("an allowed amount is whole, not negative and never above a cap", () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.nat(10_000),
      fc.maxSafeNat(),
      fc.integer({ min: -1000 }),
      (amount, byPermille, cap, floor) => {
        const { amountMicros, allowed } = judge([policy([
          { effect: "adjust", byPermille },
          { effect: "floor", to: { "*": [{ var: "score.ppm" }, 0.7] } },
          { effect: "cap", to: cap },
        ])], { amount, facts: { score: { ppm: floor } } });
        assert.ok(allowed && amountMicros !== null);
        assert.ok(Number.isSafeInteger(amountMicros));
        assert.ok(amountMicros >= 0 && amountMicros <= cap);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("an adjustment is exact to the micro, however large the amount", () => {
  fc.assert(fc.property(
    fc.maxSafeNat(),
    fc.nat(10_000),
    (amount, byPermille) => {
      const rules = [{ effect: "adjust", byPermille }] as const;
      const exact = BigInt(amount) * BigInt(byPermille) / 1000n;
      const largest = BigInt(Number.MAX_SAFE_INTEGER);
      assert.equal(
        judge([policy(rules)], { amount }).amountMicros,
        Number(exact < largest ? exact : largest),
      );
    },
  ));
});

Deno.test("a fact that goes missing never turns a denial into a permission", () => {
  const limits: Logic[] = [
    { ">": [{ var: "constraints.contactsDay" }, 2] },
    { "!": { var: "compliance.consent" } },
    { in: [{ var: "context.campaign" }, ["a", "b"]] },
  ];
  const rules = limits.map((when) => ({ effect: "deny" as const, when }));
  const documents = [policy(rules)];
  fc.assert(
    fc.property(
      fc.nat(4),
      fc.boolean(),
      fc.constantFrom("a", "c"),
      fc.constantFrom("constraints", "compliance", "context"),
      (contactsDay, consent, campaign, gone) => {
        const facts = {
          constraints: { contactsDay },
          compliance: { consent },
          context: { campaign },
        };
        const before = judge(documents, { facts });
        const after = judge(documents, { facts: { ...facts, [gone]: {} } });
        assert.ok(before.allowed || !after.allowed);
        assert.equal(after.allowed, false);
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("the hash does not depend on the order of the files", () => {
  const [a, b] = [
    policy([{ effect: "deny" }], { policy: "a" }),
    policy([{ effect: "cap", to: 1 }], { policy: "b" }),
  ];
  assert.equal(compilePolicySet([b, a]).hash, compilePolicySet([a, b]).hash);
  const changed = policy([{ effect: "cap", to: 2 }], { policy: "b" });
  assert.notEqual(
    compilePolicySet([a, changed]).hash,
    compilePolicySet([a, b]).hash,
  );
});

Deno.test("parsePolicySet() reads back what text says", () => {
  const set = compilePolicySet([policy([{ effect: "cap", to: 5 }])]);
  const again = parsePolicySet(set.text);
  assert.equal(again.hash, set.hash);
  assert.equal(again.text, set.text);
  assert.deepEqual(again.documents, set.documents);
  assert.throws(() => parsePolicySet("{}"), { code: "policy_invalid" });
  assert.throws(() => parsePolicySet("nonsense"), { code: "policy_invalid" });
});

Deno.test.each<{ note: string; text: string }>([
  { note: "a policy that is nothing", text: "[null]" },
  { note: "a switch that is nothing", text: '{"policies":[],"switches":[1]}' },
  {
    note: "a switch that stops nothing known",
    text: JSON.stringify({
      policies: [],
      switches: [{ id: "s", stops: { chanel: "x" }, reason: "r" }],
    }),
  },
  {
    note: "a list of nothing",
    text: JSON.stringify({
      policies: [],
      lists: [{ list: "l", version: 1, owner: "o", about: "a", items: [] }],
    }),
  },
  {
    note: "more levels than a policy has",
    text: `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  },
])("a text is no policy set with $note", ({ text }) => {
  assert.throws(() => parsePolicySet(text), { code: "policy_invalid" });
});

Deno.test("two policies of one name are refused", () => {
  const twin = policy([{ effect: "deny" }]);
  assert.throws(() => compilePolicySet([twin, twin]), {
    code: "policy_invalid",
    message: /same name/,
  });
});
