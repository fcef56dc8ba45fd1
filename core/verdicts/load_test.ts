/**
 * A policy file loads whole, proven by its cases, or not at all.
 *
 * @module
 */
import assert from "node:assert/strict";
import { checkPolicies } from "./check.ts";
import { loadPolicies } from "./load.ts";
import { policy } from "./sketch_test.ts";

const STEP = policy([{
  effect: "deny",
  when: { ">": [{ var: "amount.stepPermille" }, 200] },
}]);

function file(content: unknown, name = "sketch.json") {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { name, text };
}

function step(micros: number, want: readonly string[], wantMicros?: number) {
  const facts = { amount: { micros, currentMicros: 100 } };
  return {
    note: `to ${micros}`,
    facts,
    want,
    ...(wantMicros === undefined ? {} : { wantMicros }),
  };
}

Deno.test("a policy whose cases hold loads", () => {
  const cases = [step(120, [], 120), step(121, ["r0"])];
  const set = loadPolicies([file({ ...STEP, cases })]);
  assert.equal(set.documents[0]?.policy, "sketch");
});

Deno.test("a case that fails is named, with what was wanted, what came, and why", () => {
  const cases = [step(120, []), step(130, [])];
  assert.throws(() => loadPolicies([file({ ...STEP, cases })]), {
    code: "policy_invalid",
    message:
      'Cannot load policy "sketch.json": at cases[1]: case "to 130" wanted ' +
      "nothing to fire, got r0; sketch@2/r0: amount.stepPermille > 200 is " +
      "true (amount.stepPermille: 300)",
  });
});

Deno.test("a case that wants another amount fails", () => {
  const cases = [step(110, [], 111)];
  assert.throws(() => loadPolicies([file({ ...STEP, cases })]), {
    message: /wanted 111 micros, got 110/,
  });
});

Deno.test("a rule skipped for a missing fact did not fire", () => {
  const rules = [{
    effect: "deny",
    onMissing: "skip",
    when: { var: "compliance.x" },
  }] as const;
  const cases = [
    { note: "missing", facts: {}, want: [] },
    { note: "given", facts: { compliance: { x: true } }, want: ["r0"] },
  ];
  loadPolicies([file(policy(rules, { cases }))]);
});

const [RULE] = STEP.rules;

Deno.test.each<{ note: string; content: unknown; says: RegExp }>([
  { note: "no JSON", content: "{", says: /no JSON/ },
  {
    note: "another name than its file",
    content: { ...STEP, policy: "other" },
    says: /must be named other.json/,
  },
  {
    note: "a member nobody knows",
    content: { ...STEP, onMising: "deny" },
    says: /onMising/,
  },
  {
    note: "a rule with an unknown member",
    content: { ...STEP, rules: [{ ...RULE, priority: 1 }] },
    says: /rule "r0", at rules\[0\]: .*priority/,
  },
  {
    note: "an unknown effect",
    content: { ...STEP, rules: [{ ...RULE, effect: "warn" }] },
    says: /rules\[0\]\.effect/,
  },
  {
    note: "a cap without a bound",
    content: { ...STEP, rules: [{ ...RULE, effect: "cap" }] },
    says: /effect "cap" needs "to"/,
  },
  {
    note: "a denial with a bound",
    content: { ...STEP, rules: [{ ...RULE, to: 5 }] },
    says: /takes no "to"/,
  },
  {
    note: "an adjustment without a factor",
    content: { ...STEP, rules: [{ ...RULE, effect: "adjust" }] },
    says: /needs "byPermille"/,
  },
  {
    note: "a fractional bound",
    content: { ...STEP, rules: [{ ...RULE, effect: "cap", to: 0.5 }] },
    says: /whole/,
  },
  {
    note: "one id for two rules",
    content: { ...STEP, rules: [RULE, RULE] },
    says: /used twice/,
  },
  { note: "no rules", content: { ...STEP, rules: [] }, says: /rules/ },
  { note: "no cases", content: { ...STEP, cases: [] }, says: /cases/ },
  {
    note: "a case about a rule that is not there",
    content: { ...STEP, cases: [{ note: "x", facts: {}, want: ["r9"] }] },
    says: /no rule has the id "r9"/,
  },
  {
    note: "a misspelt fact in a case",
    content: {
      ...STEP,
      cases: [{ note: "x", facts: { amount: { micro: 5 } }, want: [] }],
    },
    says:
      /cases\[0\]\.facts\.amount\.micro: unknown fact; did you mean "amount.micros"/,
  },
  {
    note: "a fact of another type in a case",
    content: {
      ...STEP,
      cases: [{ note: "x", facts: { amount: { micros: "5" } }, want: [] }],
    },
    says: /expected integer or null/,
  },
  {
    note: "a step in a case",
    content: {
      ...STEP,
      cases: [{ note: "x", facts: { amount: { stepPermille: 5 } }, want: [] }],
    },
    says: /follows from/,
  },
  {
    note: "a member given twice",
    content: '{"policy":"sketch","rules":[{"a\\u0062":1,"ab":2}]}',
    says: /member "ab" is given twice/,
  },
])("a policy file is refused for $note", ({ content, says }) => {
  assert.throws(() => loadPolicies([file(content)]), {
    code: "policy_invalid",
    message: says,
  });
});

Deno.test("members of one name in different objects are no repetition", () => {
  const cases = [step(120, []), step(121, ["r0"])];
  loadPolicies([file(JSON.stringify({ ...STEP, cases }, null, 2))]);
});

Deno.test("checkPolicies() reports failures and rules that no case shows", () => {
  const rules = [...STEP.rules, { ...STEP.rules[0], id: "r1", when: false }];
  const cases = [step(121, ["r0"]), step(110, ["r1"])];
  const [report, broken] = checkPolicies([
    file({ ...STEP, rules, cases }),
    file("{"),
  ]);
  assert.equal(report?.policy, "sketch@2");
  assert.deepEqual([report?.rules, report?.cases], [2, 2]);
  assert.deepEqual(report?.neverFired, ["r1"]);
  assert.deepEqual(report?.alwaysFired, []);
  assert.match(report?.failures[0] ?? "", /cases\[1\] "to 110" wanted r1/);
  assert.equal(broken?.policy, null);
  assert.equal(broken?.failures.length, 1);
});
