/**
 * A policy file loads whole, proven by its cases, or not at all.
 *
 * @module
 */
import assert from "node:assert/strict";
import { checkPolicies } from "./check.ts";
import { loadPolicies } from "./load.ts";
import { policy } from "../judge/sketch_test.ts";

const STEP = policy([{
  effect: "deny",
  when: { ">": [{ var: "amount.stepPermille" }, 200] },
}], { onMissing: "deny" });

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

Deno.test.each<{ note: string; change: object; says: RegExp }>([
  {
    note: "a text that turns others around",
    change: { about: "a\u202Eb" },
    says: /at about: a text holds the character U\+202E, which is not seen/,
  },
  {
    note: "a new line where one line stands",
    change: { owner: "a\nb" },
    says: /at owner: a text holds the character U\+000A/,
  },
  {
    note: "a channel with a space of no width, which no channel is",
    change: {
      rules: [{
        ...STEP.rules[0],
        when: { in: [{ var: "context.channel" }, ["sms", "ema\u200Bil"]] },
      }],
    },
    says: /at rules\[0\]\.when\.in\[1\]\[1\]: .*U\+200B/,
  },
  {
    note: "a text that nobody reads to its end",
    change: {
      rules: [{
        ...STEP.rules[0],
        when: { "==": [{ var: "context.channel" }, "x".repeat(501)] },
      }],
    },
    says: /more than 500 characters/,
  },
  {
    note: "an operator of such a length",
    change: { rules: [{ ...STEP.rules[0], when: { ["x".repeat(501)]: 1 } }] },
    says: /at rules\[0\]\.when: a text has more than 500 characters/,
  },
])("a policy is refused for $note", ({ change, says }) => {
  assert.throws(() => loadPolicies([file({ ...STEP, ...change })]), {
    code: "policy_invalid",
    message: says,
  });
});

Deno.test("a case may show what becomes of a text that is not seen", () => {
  const facts = { context: { channel: "ema\u200Bil" } };
  const cases = [{ note: "in doubt", facts, want: ["r0"] }];
  loadPolicies([file({ ...STEP, cases })]);
});

Deno.test("a list is refused for an item that is not what it seems", () => {
  const items = ["a", "a\u2060"];
  const list = { list: "l", version: 1, owner: "o", about: "a", items };
  assert.throws(() => loadPolicies([file(list, "l.json")]), {
    message: /at items\[1\]: a text holds the character U\+2060/,
  });
});

Deno.test("a file is refused for its depth, however deep", () => {
  for (const levels of [101, 100_000]) {
    const deep = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const text = JSON.stringify(STEP).replace('"facts":{}', `"facts":${deep}`);
    assert.throws(() => loadPolicies([file(text)]), {
      code: "policy_invalid",
      message: /nests deeper than 100 levels/,
    });
  }
});
