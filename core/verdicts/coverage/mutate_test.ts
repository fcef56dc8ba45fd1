/**
 * Which mistakes are made in a policy.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  EFFECTS,
  type Logic,
  type PolicyDocument,
  type PolicyRule,
} from "../../domain/verdict.ts";
import { OPERATORS } from "../language/operators.ts";
import { mutate } from "./mutate.ts";
import { changesOf } from "./mutate_logic.ts";
import { printMutant } from "./propose_cases.ts";

const FLAG = { var: "compliance.x" };
const COUNT = { var: "constraints.contactsDay" };
const CHANNEL = { var: "context.channel" };

function changes(logic: Logic, isCondition = true): string[] {
  return changesOf(logic, isCondition).map(({ change }) => change);
}

Deno.test.each<{ note: string; logic: Logic; want: string[] }>([
  {
    note: "a threshold is moved, its comparison turned and negated",
    logic: { ">": [COUNT, 2] },
    want: [
      '"constraints.contactsDay > 2" negated',
      '">" -> ">="',
      "2 -> 1",
      "2 -> 3",
    ],
  },
  {
    note: "each operand of a conjunction is dropped, and negated",
    logic: { and: [FLAG, { "!": [FLAG] }] },
    want: [
      '"and" -> "or"',
      '"compliance.x" dropped',
      '"not compliance.x" dropped',
      '"compliance.x" negated',
      '"not" dropped',
    ],
  },
  {
    note: "each item of a list is dropped",
    logic: { in: [CHANNEL, ["sms", "call"]] },
    want: [
      '"context.channel in ["sms", "call"]" negated',
      '"sms" dropped',
      '"call" dropped',
    ],
  },
  {
    note: "the only item of a list is changed",
    logic: { in: [CHANNEL, ["sms"]] },
    want: [
      '"context.channel in ["sms"]" negated',
      '"sms" -> "sms_other"',
    ],
  },
  {
    note: "an equality is turned, its text and its default changed",
    logic: { "==": [{ var: ["context.channel", "web"] }, "sms"] },
    want: [
      '"==" -> "!="',
      '"or "web"" dropped',
      '"web" -> "web_other"',
      '"sms" -> "sms_other"',
    ],
  },
  {
    note: "a day is moved",
    logic: { "==": [{ var: "time.localDate" }, "2026-12-31"] },
    want: ['"==" -> "!="', '"2026-12-31" -> "2027-01-01"'],
  },
  {
    note: "a branch is dropped, and what it asks negated",
    logic: { if: [FLAG, true, false] },
    want: [
      '"else" dropped',
      '"then" dropped',
      '"compliance.x" negated',
      "true -> false",
      "false -> true",
    ],
  },
  {
    note: "a condition on items is changed as any other",
    logic: { some: [{ var: "features.s.tags" }, { "==": [{ var: "" }, "a"] }] },
    want: [
      '"some(features.s.tags, the item == "a")" negated',
      '"some" -> "all"',
      '"some" -> "none"',
      '"==" -> "!="',
      '"a" -> "a_other"',
    ],
  },
])("changesOf(): $note", ({ logic, want }) => {
  assert.deepEqual(changes(logic), want);
});

Deno.test("changesOf() turns arithmetic, and leaves one thing changed at a time", () => {
  const bound = { "/": [{ "*": [COUNT, 6] }, 5] };
  const found = changesOf(bound, false);
  assert.deepEqual(found.map(({ change }) => change), [
    '"/" -> "*"',
    '"*" -> "/"',
    '"constraints.contactsDay" dropped',
    '"6" dropped',
    "6 -> 5",
    "6 -> 7",
    "5 -> 4",
    "5 -> 6",
  ]);
  assert.deepEqual(found.at(-1)?.logic, { "/": [{ "*": [COUNT, 6] }, 6] });
  assert.equal(found.at(-1)?.within, "(constraints.contactsDay * 6) / 5");
});

const OPERANDS: Readonly<Record<string, Logic[]>> = {
  var: ["constraints.contactsDay", 1],
  missing: ["constraints.contactsDay", "constraints.contactsWeek"],
  "missing_some": [1, ["constraints.contactsDay", "constraints.contactsWeek"]],
  "!": [FLAG],
  "!!": [FLAG],
  and: [FLAG, true],
  or: [FLAG, true],
  if: [FLAG, 1, 2],
  "?:": [FLAG, 1, 2],
  in: [CHANNEL, ["sms"]],
  some: [["sms"], { "==": [{ var: "" }, CHANNEL] }],
  all: [["sms"], { "==": [{ var: "" }, CHANNEL] }],
  none: [["sms"], { "==": [{ var: "" }, CHANNEL] }],
  list: ["holidays"],
};

Deno.test("every operator can be mistaken, but the name of a shared list", () => {
  const never = [...OPERATORS.keys()].filter((name) =>
    changes({ [name]: OPERANDS[name] ?? [COUNT, 2] }, false).length === 0
  );
  assert.deepEqual(never, ["list"]);
});

function policyOf(
  rule: Partial<PolicyRule>,
  changes: Partial<PolicyDocument> = {},
): PolicyDocument {
  return {
    ...{ policy: "sketch", version: 1, owner: "test", about: "test" },
    on: ["bid"],
    rules: [{ id: "r", effect: "deny", reason: "because", ...rule }],
    cases: [{ note: "none", facts: {}, want: [] }],
    ...changes,
  };
}

Deno.test.each<{ note: string; document: PolicyDocument; want: string[] }>([
  {
    note: "a factor",
    document: policyOf({ effect: "adjust", byPermille: 900 }),
    want: [
      'r: "onMissing" skip -> deny',
      'r: "onMissing" skip -> apply',
      'r: "byPermille" 900 -> 899',
      'r: "byPermille" 900 -> 901',
    ],
  },
  {
    note: "a priority",
    document: policyOf({ effect: "prioritise", by: 0, onMissing: "deny" }),
    want: [
      'r: "onMissing" deny -> apply',
      'r: "onMissing" deny -> skip',
      'r: "by" 0 -> -1',
      'r: "by" 0 -> 1',
    ],
  },
  {
    note: "a limit, for which denying and applying are one",
    document: policyOf({ effect: "limit", most: 2, within: "24h" }),
    want: [
      'r: "onMissing" deny -> skip',
      'r: "most" 2 -> 1',
      'r: "most" 2 -> 3',
    ],
  },
  {
    note: "a bound",
    document: policyOf({ effect: "cap", to: 5 }),
    want: [
      'r: "onMissing" deny -> apply',
      'r: "onMissing" deny -> skip',
      "r: 5 -> 4",
      "r: 5 -> 6",
      'r: "cap" -> "floor"',
    ],
  },
  {
    note: "a schedule",
    document: policyOf({
      during: { from: "00:00", to: "08:00", weekdays: ["sun", "sat"] },
      onMissing: "skip",
    }),
    want: [
      '"from" 00:00 -> 23:59',
      '"from" 00:00 -> 00:01',
      '"to" 08:00 -> 07:59',
      '"to" 08:00 -> 08:01',
      "sun dropped",
      "sat dropped",
      ...["mon", "tue", "wed", "thu", "fri"].map((day) => `${day} added`),
      '"from" dropped',
      '"to" dropped',
      '"weekdays" dropped',
    ].map((change) =>
      `r: ${change} in {"from":"00:00","to":"08:00","weekdays":["sun","sat"]}`
    ).concat('r: "onMissing" skip -> deny', 'r: "deny" -> "review"'),
  },
  {
    note: "a scope",
    document: policyOf({ effect: "review", onMissing: "skip" }, {
      appliesTo: { tenants: ["acme"], channels: ["sms", "call"] },
    }),
    want: [
      'r: "onMissing" skip -> deny',
      'r: "onMissing" skip -> apply',
      'r: "review" -> "deny"',
      'policy: "appliesTo.tenants" dropped',
      "policy: sms dropped",
      "policy: call dropped",
      'policy: "appliesTo.channels" dropped',
    ],
  },
  {
    note: "only what a case shows of budgets together",
    document: policyOf({
      effect: "cap",
      over: { channel: "sms" },
      toPermille: 600,
      onMissing: "deny",
    }, { on: ["budget"] }),
    want: ['r: "onMissing" deny -> skip'],
  },
])("mutate(): $note", ({ document, want }) => {
  assert.deepEqual(mutate(document).map(printMutant), want);
});

Deno.test("mutate() drops a whole condition", () => {
  const [mutant] = mutate(policyOf({ when: FLAG }))
    .filter(({ change }) => change === '"when" dropped');
  assert.equal(mutant?.document.rules[0]?.when, undefined);
});

Deno.test("every effect can be mistaken", () => {
  const members = { byPermille: 5, by: 5, most: 5, to: 5 };
  for (const effect of EFFECTS) {
    assert.ok(mutate(policyOf({ effect, ...members })).length > 0, effect);
  }
});
