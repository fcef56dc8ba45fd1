/**
 * Each rule as a sentence: every effect, schedules, groups, doubt.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  EFFECTS,
  type PolicyDocument,
  type PolicyList,
} from "../../domain/verdict.ts";
import { policy, type RuleSketch } from "../judge/sketch_test.ts";
import { sayPolicy, saySet } from "./sentence.ts";

const LIST: PolicyList = {
  list: "holidays",
  version: 1,
  owner: "test",
  about: "Days without work",
  items: ["2026-12-25", "2027-01-01"],
};
const LISTS = new Map([["holidays", LIST]]);

function say(rule: RuleSketch, changes: Partial<PolicyDocument> = {}): string {
  const [spoken] = sayPolicy(policy([rule], changes), LISTS).rules;
  return spoken?.sentence ?? "";
}

const ACTION = { on: ["action"] } as const;
const BUDGET = { on: ["budget"] } as const;
const KNOWN = { "!": { missing: ["score.ppm"] } };

interface Sample {
  readonly rule: RuleSketch;
  readonly changes?: Partial<PolicyDocument>;
  readonly want: string;
}

const SAMPLES: readonly Sample[] = [
  { rule: { effect: "deny" }, want: "A bid is refused: because." },
  {
    rule: {
      effect: "deny",
      when: {
        and: [
          { "!": { var: ["context.isControl", false] } },
          { in: [{ var: "context.channel" }, ["sms", "push", "call"]] },
        ],
      },
      during: { from: "21:00", to: "08:00" },
      reason: "People sleep",
    },
    changes: ACTION,
    want:
      "Between 21:00 and 08:00, an action by sms, push or call that does something is refused: People sleep. In doubt an action is refused.",
  },
  {
    rule: { effect: "deny", during: { dates: { list: "holidays" } } },
    want: "On the days of the list holidays, a bid is refused: because.",
  },
  {
    rule: {
      effect: "deny",
      when: { var: "compliance.ok" },
      during: { from: "09:00", weekdays: ["sat", "sun"] },
      onMissing: "skip",
    },
    want:
      "From 09:00 on Saturdays and Sundays, if the flag ok is set, a bid is refused: because. In doubt a bid is left as if there were no such rule.",
  },
  {
    rule: { effect: "cap", when: KNOWN, to: 2_500_000 },
    want: "If the score is known, a bid is lowered to at most 2.50: because.",
  },
  {
    rule: {
      effect: "floor",
      to: { "*": [{ var: "amount.currentMicros" }, 2] },
    },
    want:
      "A bid is raised to at least 200% of the amount in force: because. In doubt a bid is refused.",
  },
  {
    rule: {
      effect: "cap",
      over: { channel: "search", campaigns: { list: "holidays" } },
      toPermille: 600,
    },
    changes: BUDGET,
    want:
      "The budgets of channel search and the campaigns on the list holidays together are at most 60% of the whole plan: because.",
  },
  {
    rule: { effect: "floor", over: {}, to: 5_000_000 },
    changes: BUDGET,
    want: "All budgets together are at least 5.00 a day: because.",
  },
  {
    rule: { effect: "adjust", byPermille: 900 },
    want: "A bid is lowered by 10%: because.",
  },
  {
    rule: { effect: "adjust", byPermille: 1015 },
    want: "A bid is raised by 1.5%: because.",
  },
  {
    rule: { effect: "prioritise", by: 10 },
    changes: ACTION,
    want: "An action goes before others by 10 of priority: because.",
  },
  {
    rule: { effect: "prioritise", by: -3 },
    changes: ACTION,
    want: "An action goes after others by 3 of priority: because.",
  },
  {
    rule: { effect: "review", when: { var: ["compliance.ok", false] } },
    want:
      "If the flag ok is set (no if unknown), a bid needs a person's agreement first: because.",
  },
  {
    rule: { effect: "limit", most: 2, per: ["subject"], within: "24h" },
    changes: ACTION,
    want:
      "An action is refused beyond 2 actions for each subject in any 24 hours: because. In doubt an action is refused.",
  },
  {
    rule: { effect: "limit", most: 9_000_000, of: "micros", within: "1d" },
    want:
      "A bid is lowered so that no more than 9.00 is spent over all tenants together in any 1 day: because. In doubt a bid is refused.",
  },
];

Deno.test.each(SAMPLES)("a rule reads: $want", ({ rule, changes, want }) => {
  assert.equal(say(rule, changes), want);
});

Deno.test("every effect is among the samples", () => {
  const said = new Set(SAMPLES.map(({ rule }) => rule.effect));
  assert.deepEqual([...said].sort(), [...EFFECTS].sort());
});

Deno.test("a policy says of what it speaks, where, and which lists it names", () => {
  const spoken = sayPolicy(
    policy([{ effect: "deny", during: { dates: { list: "holidays" } } }], {
      on: ["bid", "action"],
      appliesTo: { tenants: ["acme"], channels: ["email", "sms"] },
    }),
    LISTS,
  );
  assert.equal(
    spoken.scope,
    "Speaks of bids and actions of the tenant acme on the channels email and sms, or on one that is not known.",
  );
  assert.deepEqual(spoken.lists, [{
    list: "holidays",
    about: "Days without work",
    count: 2,
    items: "2026-12-25 and 2027-01-01",
  }]);
});

Deno.test("saySet() leaves out what concerns other tenants alone", () => {
  const documents = [
    policy([{ effect: "deny" }], { policy: "all" }),
    policy([{ effect: "deny" }], {
      policy: "theirs",
      appliesTo: { tenants: ["rival"] },
    }),
  ];
  const said = saySet({ documents, lists: [] }, "acme");
  assert.deepEqual(said.map(({ document }) => document.policy), ["all"]);
});
