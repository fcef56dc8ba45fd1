/**
 * What a case says, and what it wants to come of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  PolicyCase,
  PolicyDocument,
  PolicyList,
  PolicyRule,
} from "../../domain/verdict.ts";
import { runCases } from "./cases.ts";

interface Sketch {
  readonly rules: readonly Omit<PolicyRule, "reason">[];
  readonly on?: PolicyDocument["on"];
  readonly appliesTo?: PolicyDocument["appliesTo"];
}

function failureOf(
  { rules, on = ["bid"], appliesTo }: Sketch,
  one: Omit<PolicyCase, "note">,
): string | null {
  const document: PolicyDocument = {
    ...{ policy: "sketch", version: 1, owner: "test", about: "test" },
    ...{ on, ...appliesTo ? { appliesTo } : {} },
    rules: rules.map((rule) => ({ ...rule, reason: "because" })),
    cases: [{ note: "case", ...one }],
  };
  const [outcome] = runCases(document);
  return outcome?.failure?.split(";")[0] ?? null;
}

const DENY: Sketch = { rules: [{ id: "r", effect: "deny" }] };
const REVIEW: Sketch = { rules: [{ id: "r", effect: "review" }] };
const BID = { amount: { micros: 5 } };

Deno.test.each<
  {
    note: string;
    policy: Sketch;
    one: Omit<PolicyCase, "note">;
    want: string | null;
  }
>([
  {
    note: "null wants that nothing may be used",
    policy: DENY,
    one: { facts: BID, want: ["r"], wantMicros: null },
    want: null,
  },
  {
    note: "null is not an amount that comes out",
    policy: REVIEW,
    one: { facts: BID, want: ["r"], wantMicros: null, review: true },
    want: "wanted none micros, got 5",
  },
  {
    note: "a review that no case wants is a failure",
    policy: REVIEW,
    one: { facts: BID, want: ["r"] },
    want: "wanted no review",
  },
  {
    note: "a review that is wanted must come",
    policy: DENY,
    one: { facts: BID, want: ["r"], review: true },
    want: "wanted a review",
  },
  {
    note: "what is denied needs no review",
    policy: { rules: [...REVIEW.rules, { id: "d", effect: "deny" }] },
    one: { facts: BID, want: ["r", "d"] },
    want: null,
  },
  {
    note: "a priority is looked at where it is stated",
    policy: {
      on: ["action"],
      rules: [
        { id: "r", effect: "prioritise", by: 3 },
        { id: "s", effect: "prioritise", by: -1 },
      ],
    },
    one: { facts: {}, want: ["r", "s"], priority: 3 },
    want: "wanted priority 3, got 2",
  },
  {
    note: "a case is of the kind that it says",
    policy: {
      rules: [{ id: "c", effect: "cap", to: 3 }],
      on: ["bid", "budget"],
    },
    one: { on: "budget", facts: BID, want: ["c"], wantMicros: 3 },
    want: null,
  },
  {
    note: "a case of another tenant is left alone",
    policy: { ...DENY, appliesTo: { tenants: ["acme"] } },
    one: { tenant: "other", facts: BID, want: [], wantMicros: 5 },
    want: null,
  },
  {
    note: "a case is of the first tenant unless it says",
    policy: { ...DENY, appliesTo: { tenants: ["acme"] } },
    one: { facts: BID, want: ["r"] },
    want: null,
  },
  {
    note: "another policy's cap comes after the floor, before the denial",
    policy: {
      rules: [
        { id: "f", effect: "floor", to: 5 },
        {
          id: "d",
          effect: "deny",
          when: { "<": [{ var: "amount.micros" }, 5] },
        },
      ],
    },
    one: { facts: BID, otherCapMicros: 4, want: ["f", "d"], wantMicros: null },
    want: null,
  },
  {
    note: "another policy's cap is no rule of this one",
    policy: { rules: [{ id: "cap", effect: "floor", to: 1 }] },
    one: { facts: BID, otherCapMicros: 4, want: ["cap"], wantMicros: 4 },
    want: null,
  },
  {
    note: "a limit reads its count",
    policy: {
      rules: [{ id: "l", effect: "limit", most: 2, within: "24h" }],
    },
    one: { facts: { ...BID, counts: { sketch: { l: 1 } } }, want: ["l"] },
    want: "wanted l to fire, got nothing",
  },
  {
    note: "a bound over budgets fires where it is in force",
    policy: {
      on: ["budget"],
      rules: [{
        id: "o",
        effect: "cap",
        over: { channel: "sms" },
        toPermille: 600,
        when: { "==": [{ var: "time.weekday" }, 1] },
      }],
    },
    one: { facts: { time: { weekday: 1 } }, want: [] },
    want: "wanted nothing to fire, got o",
  },
])("runCases(): $note", ({ policy, one, want }) => {
  assert.equal(failureOf(policy, one), want);
});

Deno.test("runCases() explains a failure by the values of a shared list", () => {
  const list: PolicyList = {
    ...{ list: "stopped", version: 1, owner: "test", about: "test" },
    items: ["c-1"],
  };
  const document: PolicyDocument = {
    ...{ policy: "sketch", version: 1, owner: "test", about: "test" },
    on: ["bid"],
    rules: [{
      id: "r",
      effect: "deny",
      when: { in: [{ var: "context.campaign" }, { list: "stopped" }] },
      reason: "because",
    }],
    cases: [{
      note: "case",
      facts: { ...BID, context: { campaign: "c-1" } },
      want: [],
    }],
  };
  const [outcome] = runCases(document, new Map([["stopped", list]]));
  assert.match(
    outcome?.failure ?? "",
    /wanted nothing to fire, got r; .*context.campaign in stopped is true/,
  );
});
