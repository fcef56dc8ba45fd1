/**
 * The meaning of changes against decisions that are all tried out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionKind } from "../../domain/verdict.ts";
import { compilePolicySet, type PolicySet } from "../judge/policy_set.ts";
import { type ChangeClass, compareSets, reviewClass } from "./compare.ts";
import {
  documentOf,
  limiting,
  refusing,
  sets,
  shaping,
  type Sketch,
  tryAll,
} from "./small_sets_test.ts";

const APART = { effect: "limit", most: 2, within: "1d" } as const;
const KINDS: readonly DecisionKind[] = ["bid", "action", "budget"];

function admits(found: ChangeClass, seen: ReadonlySet<string>): boolean {
  if (found === "mixed") return true;
  if (seen.has("tighter") && found !== "tightening") return false;
  return !seen.has("looser") || found === "relaxing";
}

Deno.test("compareSets() decides denials and proves what it says", () => {
  fc.assert(
    fc.property(sets(refusing, ["action"]), (pair) => {
      const meaning = compareSets(...pair);
      const seen = tryAll(pair, "action", false);
      const [tight, loose] = [seen.has("tighter"), seen.has("looser")];
      const want = tight && loose
        ? "mixed"
        : tight
        ? "tightening"
        : loose
        ? "relaxing"
        : "equivalent";
      assert.deepEqual([meaning.class, meaning.proven], [want, true]);
    }),
    { numRuns: 100 },
  );
});

Deno.test.each(
  [
    { note: "amounts", rules: shaping, kind: "budget", isWeighed: true },
    { note: "limits", rules: limiting, kind: "bid", isWeighed: false },
  ] as const,
)("compareSets() is never wrong of $note, and seldom in doubt", (one) => {
  const { rules, kind, isWeighed } = one;
  const proven: boolean[] = [];
  fc.assert(
    fc.property(sets(rules, [kind]), (pair) => {
      const meaning = compareSets(...pair);
      const seen = tryAll(pair, kind, isWeighed);
      proven.push(meaning.proven);
      if (meaning.proven) assert.ok(admits(meaning.class, seen));
      assert.ok(admits(reviewClass(meaning), seen));
    }),
    { numRuns: 40 },
  );
  assert.ok(proven.filter((one) => one).length >= 32);
});

Deno.test("a set is equivalent to itself, for every kind of decision", () => {
  fc.assert(
    fc.property(fc.oneof(...[refusing, shaping].map((of) => sets(of, KINDS))), (
      [set],
    ) => {
      const { class: found, proven, counterexamples } = compareSets(set, set);
      assert.deepEqual([found, proven, counterexamples], [
        "equivalent",
        true,
        [],
      ]);
    }),
    { numRuns: 50 },
  );
});

Deno.test.each<{
  note: string;
  old: Sketch;
  next: Sketch;
  want: ChangeClass;
  says: RegExp | null;
}>([
  {
    note: "a lower cap tightens",
    old: { effect: "cap", to: 2_000_000 },
    next: { effect: "cap", to: 1_000_000 },
    want: "tightening",
    says: /was allowed at 2.00 and is allowed at 1.00: sketch@2\/r0 says/,
  },
  {
    note: "a higher cap relaxes, however high",
    old: { effect: "cap", to: 4e15 },
    next: { effect: "cap", to: 5e15 },
    want: "relaxing",
    says: /was allowed at 4000000000.00 and is allowed at \d/,
  },
  {
    note: "a higher floor spends more and relaxes",
    old: { effect: "floor", to: 1_000_000 },
    next: { effect: "floor", to: 3_000_000 },
    want: "relaxing",
    says: /was allowed at 2.00 and is allowed at 3.00/,
  },
  {
    note: "a review in place of a denial relaxes",
    old: { effect: "deny" },
    next: { effect: "review" },
    want: "relaxing",
    says: /was denied and is left to a person/,
  },
  {
    note: "a limit that lets one more through relaxes",
    old: { effect: "limit", most: 2, per: ["subject"], within: "1d" },
    next: { effect: "limit", most: 3, per: ["subject"], within: "1d" },
    want: "relaxing",
    says: /counts.sketch.r0 2 was denied and is allowed/,
  },
  {
    note: "a longer window tightens by its form",
    old: { effect: "limit", most: 2, per: ["subject"], within: "1d" },
    next: { effect: "limit", most: 2, per: ["subject"], within: "7d" },
    want: "tightening",
    says: null,
  },
  {
    note: "counting apart for each channel denies where there is none",
    old: { effect: "limit", most: 2, per: ["subject"], within: "1d" },
    next: {
      ...{ effect: "limit", most: 2, per: ["subject", "channel"] },
      within: "1d",
    },
    want: "mixed",
    says: null,
  },
  {
    note: "counting channels together lets pass where there is none",
    old: {
      ...{ effect: "limit", most: 2, per: ["subject", "channel"] },
      within: "1d",
    },
    next: { effect: "limit", most: 2, per: ["subject"], within: "1d" },
    want: "mixed",
    says: null,
  },
  {
    note: "counting apart where doubt is skipped relaxes by its form",
    old: { ...APART, onMissing: "skip", per: ["subject"] },
    next: { ...APART, onMissing: "skip", per: ["subject", "channel"] },
    want: "relaxing",
    says: null,
  },
  {
    note: "counting together where doubt is skipped tightens by its form",
    old: { ...APART, onMissing: "skip", per: ["subject", "channel"] },
    next: { ...APART, onMissing: "skip", per: ["subject"] },
    want: "tightening",
    says: null,
  },
  {
    note: "counting over all tenants tightens by its form",
    old: { ...APART, per: ["tenant"] },
    next: { ...APART, per: [] },
    want: "tightening",
    says: null,
  },
  {
    note: "what is skipped in doubt no longer denies",
    old: { effect: "deny", when: { var: "compliance.ok" } },
    next: {
      ...{ effect: "deny", when: { var: "compliance.ok" } },
      onMissing: "skip",
    },
    want: "relaxing",
    says: /was denied and is allowed/,
  },
  {
    note: "a condition written otherwise means the same",
    old: { effect: "deny", when: { ">=": [{ var: "time.weekday" }, 5] } },
    next: { effect: "deny", when: { in: [{ var: "time.weekday" }, [5, 6]] } },
    want: "equivalent",
    says: null,
  },
  {
    note: "an exception for some and a ban for others is mixed",
    old: { effect: "deny", when: { "==": [{ var: "time.weekday" }, 5] } },
    next: { effect: "deny", when: { "==": [{ var: "time.weekday" }, 6] } },
    want: "mixed",
    says: /time.weekday 6 was allowed and is denied/,
  },
  {
    note: "a step is what the amounts make it",
    old: {
      ...{ effect: "deny", onMissing: "skip" },
      when: { ">": [{ var: "amount.stepPermille" }, 200] },
    },
    next: {
      ...{ effect: "deny", onMissing: "skip" },
      when: { ">": [{ var: "amount.stepPermille" }, 300] },
    },
    want: "relaxing",
    says: /is in force was denied and is allowed at/,
  },
])("compareSets(): $note", ({ old, next, want, says }) => {
  const pair = [old, next].map((rule) =>
    compilePolicySet([documentOf([rule], {})])
  ) as [PolicySet, PolicySet];
  const { class: found, proven, counterexamples } = compareSets(...pair);
  assert.deepEqual([found, proven], [want, true]);
  const sentences = counterexamples.map(({ sentence }) => sentence);
  if (says === null) assert.deepEqual(sentences, []);
  else assert.ok(sentences.some((one) => says.test(one)), sentences.join());
});

Deno.test("compareSets() reads priorities, switches, lists and groups", () => {
  const list = (items: readonly string[]) => ({
    ...{ list: "stopped", version: 1, owner: "o", about: "a", items },
  });
  const stopped = documentOf([{
    effect: "deny",
    when: { in: [{ var: "context.campaign" }, { list: "stopped" }] },
  }], {});
  const share = (toPermille: number) =>
    documentOf([{ effect: "cap", over: { channel: "social" }, toPermille }], {
      on: ["budget"],
    });
  const first = (by: number) =>
    documentOf([{ effect: "prioritise", by }], { on: ["action"] });
  const off = compilePolicySet([first(1)]);
  const on = compilePolicySet([first(1)], {
    switches: [{ id: "stop", stops: { channel: "sms" }, reason: "Stop" }],
  });
  const short = compilePolicySet([stopped], { lists: [list(["a"])] });
  const long = compilePolicySet([stopped], { lists: [list(["a", "b"])] });
  const [third, half] = [300, 500].map((n) => compilePolicySet([share(n)]));
  assert.ok(third && half);
  const classes = ([
    [off, on],
    [on, off],
    [short, long],
    [long, short],
    [half, third],
    [third, half],
    [off, compilePolicySet([first(2)])],
  ] as const).map(([from, to]) => compareSets(from, to).class);
  assert.deepEqual(classes, [
    ...["tightening", "relaxing", "tightening", "relaxing"],
    ...["tightening", "relaxing", "mixed"],
  ]);
});

Deno.test("compareSets() proves nothing of fractions of more than a billion", () => {
  const [old, next] = [200, 300].map((permille) =>
    compilePolicySet([documentOf([{
      ...{ effect: "deny", onMissing: "skip" },
      when: {
        and: [
          { ">": [{ var: "amount.stepPermille" }, permille] },
          { ">": [{ var: "amount.micros" }, 2e15] },
        ],
      },
    }], {})])
  );
  assert.ok(old && next);
  const meaning = compareSets(old, next);
  assert.deepEqual([meaning.class, meaning.proven], ["relaxing", false]);
  assert.ok(
    meaning.counterexamples.every(({ amountMicros }) =>
      Number(amountMicros) > 2e15
    ),
  );
  assert.equal(reviewClass(meaning), "mixed");
});
