/**
 * Policies on files say what the judge says.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DecisionKind, PolicyDocument } from "../../domain/verdict.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { ownPolicies } from "./own_policies.ts";

const BASE = {
  version: 2,
  owner: "tests",
  about: "an example",
  cases: [{ note: "none", facts: {}, want: [] }],
};

const BOUND: PolicyDocument = {
  ...BASE,
  policy: "bound",
  on: ["bid", "budget"],
  rules: [
    { id: "least", effect: "floor", to: 100, reason: "at least 100" },
    { id: "most", effect: "cap", to: 500, reason: "at most 500" },
    {
      id: "too_far",
      when: { ">": [{ var: "amount.stepPermille" }, 200] },
      effect: "deny",
      onMissing: "skip",
      reason: "too far",
    },
  ],
};

const CONSENT: PolicyDocument = {
  ...BASE,
  policy: "consent",
  on: ["action"],
  appliesTo: { tenants: ["shop"] },
  rules: [{
    id: "none",
    when: { "!": { var: "compliance.consent_email" } },
    effect: "deny",
    reason: "no consent",
  }, {
    id: "first",
    when: { "==": [{ var: "context.action" }, "welcome"] },
    effect: "prioritise",
    by: 5,
    reason: "a welcome goes first",
  }],
};

function own(kind: DecisionKind | null = null, tenant = "shop") {
  const set = compilePolicySet([BOUND, CONSENT]);
  return ownPolicies(set, { kind, tenant });
}

Deno.test("ownPolicies() tells amounts as the rules have left them", () => {
  assert.deepEqual(own().evaluate({ amount: { micros: 900 } }), {
    verdict: "cap",
    fired: ["bound@2/least", "bound@2/most"],
    unknown: ["bound@2/too_far"],
    effects: {
      floor: { "bound@2/least": true },
      cap: { "bound@2/most": 500 },
    },
  });
});

Deno.test("ownPolicies() has a denial see the amount that results", () => {
  const amount = { micros: 900, currentMicros: 450 };
  const said = own().evaluate({ amount });
  assert.deepEqual(said.fired, ["bound@2/least", "bound@2/most"]);
  assert.equal(said.verdict, "cap");
  const lower = own().evaluate({ amount: { ...amount, currentMicros: 300 } });
  assert.equal(lower.verdict, "deny");
});

Deno.test.each<{ kind: DecisionKind | null; want: string }>([
  { kind: null, want: "deny" },
  { kind: "action", want: "deny" },
  { kind: "bid", want: "allow" },
])("ownPolicies() judges an action as $kind: $want", ({ kind, want }) => {
  const context = { context: { action: "remind" } };
  const said = own(kind).evaluate(context);
  assert.equal(said.verdict, want);
  assert.deepEqual(said.fired, want === "deny" ? ["consent@2/none"] : []);
  assert.deepEqual(
    said.unknown,
    want === "deny" ? ["consent@2/none"] : ["bound@2/too_far"],
  );
});

Deno.test("ownPolicies() takes what denies nothing as a verdict of its own", () => {
  const said = own().evaluate({
    context: { action: "welcome" },
    compliance: { consent_email: true },
  });
  assert.equal(said.verdict, "prioritise");
  assert.deepEqual(said.effects, { prioritise: { "consent@2/first": true } });
});

Deno.test("ownPolicies() denies where a bound is unknown, and tells no amount", () => {
  const ceiling: PolicyDocument = {
    ...BASE,
    policy: "ceiling",
    on: ["bid"],
    rules: [{
      id: "most",
      effect: "cap",
      to: { var: "constraints.maxBidMicros" },
      reason: "as the caller allows",
    }],
  };
  const set = compilePolicySet([ceiling]);
  const said = ownPolicies(set, { kind: null, tenant: "shop" })
    .evaluate({ amount: { micros: 9 } });
  assert.deepEqual(said, {
    verdict: "deny",
    fired: ["ceiling@2/most"],
    unknown: ["ceiling@2/most"],
    effects: { cap: { "ceiling@2/most": null } },
  });
});

Deno.test("ownPolicies() leaves out policies of other tenants", () => {
  const context = { context: { action: "remind" } };
  assert.equal(own(null, "other").evaluate(context).verdict, "allow");
});

Deno.test("ownPolicies() takes an amount that is none as missing", () => {
  for (const micros of [-1, 0.5, "9", null]) {
    const said = own("bid").evaluate({ amount: { micros } });
    assert.deepEqual(said.fired, []);
  }
});

Deno.test("ownPolicies() explains every rule, on the amounts of the context", () => {
  const amount = { micros: 660, currentMicros: 600 };
  const [, most, far, ...others] = own().explain({ amount });
  assert.equal(most?.rule, "bound@2/most");
  assert.deepEqual(far?.conditions, [{
    text: "amount.stepPermille > 200",
    holds: false,
    facts: { "amount.stepPermille": 100 },
  }]);
  assert.equal(others.length, 2);
});
