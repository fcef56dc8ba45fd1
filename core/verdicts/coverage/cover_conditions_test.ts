/**
 * What cases show of conditions, against the definition.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic, PolicyDocument } from "../../domain/verdict.ts";
import { NO_LISTS } from "../document/document.ts";
import { coverConditions } from "./cover_conditions.ts";
import { printGoal, proposeCases } from "./propose_cases.ts";
import { smallPolicies } from "./small_policies_test.ts";

const X = { var: "compliance.x" };
const Y = { var: "compliance.y" };

function policyOf(
  when: Logic,
  cases: readonly Facts[],
): PolicyDocument {
  return {
    ...{ policy: "sketch", version: 1, owner: "test", about: "test" },
    on: ["action"],
    onMissing: "deny",
    rules: [{ id: "r", effect: "deny", when, reason: "because" }],
    cases: cases.map((facts) => ({ note: "case", facts, want: [] })),
  };
}

function flags(x: boolean | null, y: boolean | null): Facts {
  return { compliance: { x, y } };
}

function openGoals(when: Logic, cases: readonly Facts[]): string[] {
  return coverConditions(policyOf(when, cases), NO_LISTS).open.map(printGoal);
}

Deno.test.each<{ note: string; when: Logic; cases: Facts[]; want: string[] }>([
  {
    note: "one case shows one value, which decides by itself",
    when: X,
    cases: [flags(true, null)],
    want: [
      "r rests",
      "r in doubt",
      "r: compliance.x is false",
      "r: compliance.x is unknown",
      "r: compliance.x decides when false",
    ],
  },
  {
    note: "what another condition hides does not decide",
    when: { and: [X, Y] },
    cases: [flags(true, true), flags(false, false), flags(null, null)],
    want: [
      "r: compliance.x decides when false",
      "r: compliance.y decides when false",
    ],
  },
  {
    note: "each alone false shows that each decides",
    when: { and: [X, Y] },
    cases: [
      flags(true, true),
      flags(false, true),
      flags(true, false),
      flags(null, null),
    ],
    want: [],
  },
  {
    note: "a branch that is not taken does not decide",
    when: { if: [X, Y, false] },
    cases: [flags(true, true), flags(false, true), flags(null, null)],
    want: ["r: compliance.y is false", "r: compliance.y decides when false"],
  },
  {
    note: "a default is never unknown, and nothing asks for it",
    when: { var: ["compliance.x", false] },
    cases: [flags(true, null), flags(null, null)],
    want: [],
  },
  {
    note: "what cannot be shown is not asked for",
    when: { or: [X, { "!": [X] }] },
    cases: [flags(true, null), flags(false, null), flags(null, null)],
    want: [],
  },
])("coverConditions(): $note", ({ when, cases, want }) => {
  assert.deepEqual(openGoals(when, cases), want);
});

Deno.test("a case of another channel shows nothing of a rule", () => {
  const facts = { context: { channel: "sms" }, compliance: { x: true } };
  const sms = policyOf(X, [facts]);
  const call = { ...sms, appliesTo: { channels: ["call"] } };
  assert.equal(coverConditions(sms, NO_LISTS).met, 3);
  assert.equal(coverConditions(call, NO_LISTS).met, 0);
});

Deno.test("a limit's threshold is a condition of its own", () => {
  const limit = {
    ...{ id: "daily", effect: "limit", most: 2, within: "24h" } as const,
    reason: "because",
  };
  const document = { ...policyOf(true, [{}]), rules: [limit] };
  assert.deepEqual(
    coverConditions(document, NO_LISTS).open.map(printGoal).slice(0, 4),
    [
      "daily fires",
      "daily rests",
      "daily: counts.sketch.daily >= 2 is true",
      "daily: counts.sketch.daily >= 2 is false",
    ],
  );
});

Deno.test("proposed cases show every condition, or none could be found", () => {
  fc.assert(
    fc.property(smallPolicies, (document) => {
      const before = coverConditions(document, NO_LISTS);
      const { cases, left } = proposeCases(document, NO_LISTS);
      const all = { ...document, cases: [...document.cases, ...cases] };
      const { open, met } = coverConditions(all, NO_LISTS);
      for (const goal of open) assert.ok(left.includes(printGoal(goal)));
      const shown = before.open.filter(({ witness }) => witness !== null);
      assert.ok(met >= before.met + shown.length);
    }),
    { numRuns: 15 },
  );
});
