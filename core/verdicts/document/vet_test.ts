/**
 * What is refused when a policy is saved, and how its author is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { compilePolicySet } from "../judge/policy_set.ts";
import { BUDGET, contentOf, HOLIDAYS, load, save } from "./file_sketch_test.ts";

const STEP = { var: "amount.stepPermille" };
const BID = { var: "amount.micros" };
const NIGHTLY = { missing: ["amount.stepPermille"] };

Deno.test.each<{ note: string; content: object; says: RegExp }>([
  {
    note: "a fact that may be missing and is not guarded",
    content: contentOf({ when: { ">": [STEP, 200] } }),
    says:
      /rule "r0", at rules\[0\]\.when: fact "amount\.stepPermille" may be missing; ask \{"!": \{"missing": \["amount\.stepPermille"\]\}\} first, give a default .*, or say "onMissing"/,
  },
  {
    note: "a bound that may be missing",
    content: contentOf({
      effect: "cap",
      to: { var: "constraints.maxBidMicros" },
    }),
    says: /at rules\[0\]\.to: fact "constraints\.maxBidMicros" may be missing/,
  },
  {
    note: "an amount where none is proposed",
    content: contentOf({ when: { ">": [BID, 5] } }, { on: ["bid", "action"] }),
    says: /fact "amount\.micros" may be missing/,
  },
  {
    note: "units that differ in a sum",
    content: contentOf({
      onMissing: "deny",
      when: { ">": [{ "+": [BID, { var: "constraints.contactsDay" }] }, 5] },
    }),
    says: /at rules\[0\]\.when: units differ: micros and count/,
  },
  {
    note: "a bound of contacts",
    content: contentOf({
      ...{ effect: "cap", onMissing: "deny" },
      to: { var: "constraints.contactsDay" },
    }),
    says: /at rules\[0\]\.to: expected micros, found count/,
  },
  {
    note: "a minute that never comes",
    content: contentOf({ when: { ">": [{ var: "time.localMinute" }, 1500] } }),
    says: /at rules\[0\]\.when: "time\.localMinute > 1500" is never true/,
  },
  {
    note: "a day that is none",
    content: contentOf({
      when: { "==": [{ var: "time.localDate" }, "24.12.2026"] },
    }),
    says: /"24\.12\.2026" is never time\.localDate, a day written YYYY-MM-DD/,
  },
  {
    note: "a day that is not in the calendar",
    content: contentOf({
      when: { in: [{ var: "time.localDate" }, ["2026-12-24", "2026-02-30"]] },
    }),
    says: /"2026-02-30" is never/,
  },
  {
    note: "a day in a schedule that is none",
    content: contentOf({ during: { dates: ["2026-02-30"] } }),
    says: /rule "r0", at rules\[0\]\.during\.dates/,
  },
  {
    note: "a rule that costs too much",
    content: contentOf({
      when: {
        some: [
          new Array(1000).fill(0).map((_, at) => at),
          { "==": [{ "%": [{ var: "" }, { "+": [1, 2, 3, 4, 5, 6] }] }, 1] },
        ],
      },
    }),
    says: /it may take 12002 steps, more than 10000; split the rule/,
  },
  {
    note: "a case with a fact out of range",
    content: contentOf({}, {
      cases: [{ note: "x", facts: { time: { weekday: 7 } }, want: ["r0"] }],
    }),
    says: /cases\[0\]\.facts\.time\.weekday: expected 0 to 6/,
  },
  {
    note: "a case on a day that is none",
    content: contentOf({}, {
      cases: [{
        note: "x",
        facts: { time: { localDate: "2026-2-3" } },
        want: [],
      }],
    }),
    says: /expected a day, YYYY-MM-DD/,
  },
  {
    note: "a case of decisions that it does not speak of",
    content: contentOf({}, {
      cases: [{ note: "x", facts: {}, want: [], on: "budget" }],
    }),
    says: /does not speak of "budget" decisions/,
  },
  {
    note: "the name under which verdicts have kill switches",
    content: contentOf({}, { policy: "switch" }),
    says: /at policy: verdicts name kill switches "switch"/,
  },
  {
    note: "a count that no rule keeps",
    content: contentOf({
      when: { ">": [{ var: ["counts.sketch.dayly", 0] }, 5] },
    }),
    says: /no rule limits "counts\.sketch\.dayly"/,
  },
])("a policy is not saved with $note", ({ content, says }) => {
  assert.throws(() => load(content), { code: "policy_invalid", message: says });
});

Deno.test.each<{ note: string; items: readonly unknown[]; says: RegExp }>([
  {
    note: "an item twice",
    items: ["2026-12-25", "2026-12-25"],
    says: /items\[1\]: "2026-12-25" is given twice/,
  },
  { note: "nothing", items: [], says: /items/ },
  { note: "texts and numbers", items: ["a", 1], says: /items/ },
  {
    note: "another thing than days, used as a calendar",
    items: ["christmas"],
    says: /"christmas" is never time\.localDate/,
  },
])("a list is refused for $note", ({ items, says }) => {
  const content = contentOf({ during: { dates: { list: "holidays" } } });
  assert.throws(() => load(content, { ...HOLIDAYS, items }), {
    code: "policy_invalid",
    message: says,
  });
});

Deno.test.each<{ note: string; content: object }>([
  {
    note: "a guard in front",
    content: contentOf({
      when: { and: [{ "!": NIGHTLY }, { ">": [STEP, 200] }] },
    }),
  },
  {
    note: "a bound that its condition guards",
    content: contentOf({
      ...{ effect: "cap", to: { var: "constraints.maxBidMicros" } },
      when: { "!": { missing: ["constraints.maxBidMicros"] } },
    }),
  },
  {
    note: "a word on what is missing, in the rule",
    content: contentOf({ onMissing: "skip", when: { ">": [STEP, 200] } }),
  },
  {
    note: "a word on what is missing, in the policy",
    content: contentOf({ when: { ">": [STEP, 200] } }, { onMissing: "skip" }),
  },
  {
    note: "an amount that every bid has",
    content: contentOf({ when: { ">": [BID, 5] } }),
  },
  {
    note: "a calendar",
    content: contentOf({
      during: { from: "22:00", to: "00:00", dates: { list: "holidays" } },
    }),
  },
  {
    note: "a share of the plan",
    content: contentOf({
      ...{ effect: "cap", over: { channel: "search" }, toPermille: 600 },
    }, BUDGET),
  },
  {
    note: "the count of its own limit",
    content: {
      ...contentOf({}),
      rules: [
        {
          ...{ id: "daily", effect: "limit", most: 5, within: "24h" },
          ...{ per: ["subject"], reason: "Enough", onMissing: "skip" },
        },
        {
          ...{ id: "near", effect: "review", reason: "Nearly enough" },
          when: { ">": [{ var: ["counts.sketch.daily", 0] }, 3] },
        },
      ],
    },
  },
])("a policy is saved with $note", ({ content }) => {
  save(content);
});

Deno.test("a set that was in force before a check was made still runs", () => {
  const once = contentOf({ when: { ">": [STEP, 200] } });
  assert.throws(() => load(once), { code: "policy_invalid" });
  assert.equal(compilePolicySet([once]).documents.length, 1);
});
