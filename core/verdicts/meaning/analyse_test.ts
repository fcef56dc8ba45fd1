/**
 * Findings about rules against facts that are all tried out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { policy, type RuleSketch } from "../judge/sketch_test.ts";
import { factsOf } from "../language/expression.ts";
import { interpret } from "../language/interpret.ts";
import { analyseRules, analyseSet, type RuleFinding } from "./analyse.ts";
import { allFacts, FEW, joined, parseFew, single } from "./small_facts_test.ts";
import { and, constant, FALSE, possibly } from "./term.ts";
import { toTerm } from "./translate.ts";

function denials(conditions: readonly Logic[]) {
  return analyseRules(
    conditions.map((logic, index) => {
      const when = parseFew(logic);
      const condition = toTerm(when);
      const acts = and(possibly(condition));
      return {
        name: `r${index}`,
        kinds: ["bid"],
        effect: "deny",
        when,
        condition,
        terms: { acts, refuses: FALSE, bound: constant(null) },
      };
    }),
    FEW,
  );
}

/** Outcomes of every condition on all facts that any of them reads. */
function tryAll(conditions: readonly Logic[]) {
  const parsed = conditions.map(parseFew);
  const paths = new Set(parsed.flatMap(factsOf).map(({ path }) => path));
  return allFacts([...paths]).map((facts) =>
    parsed.map((one) => interpret(one, facts))
  );
}

function names(findings: readonly RuleFinding[], kind: string): string[] {
  return findings.filter((one) => one.kind === kind)
    .map(({ rules }) => rules.join(" ")).sort();
}

Deno.test("analyseRules() finds what trying all facts shows, and nothing else", () => {
  fc.assert(
    fc.property(fc.tuple(joined(single), joined(single)), (conditions) => {
      const analysis = denials(conditions);
      const seen = tryAll(conditions);
      const [never, always] = [true, false].map((outcome) =>
        [0, 1].filter((index) => !seen.some((row) => row[index] === outcome))
          .map((index) => `r${index}`)
      );
      assert.deepEqual(names(analysis.findings, "never fires"), never);
      assert.deepEqual(
        names(analysis.findings, "always fires"),
        always?.filter((name) => !never?.includes(name)),
      );
      const meets = seen.some(([a, b]) => a === true && b === true);
      assert.deepEqual(
        [analysis.overlapping, analysis.disjoint, analysis.open],
        [Number(meets), Number(!meets), 0],
      );
      const covers = [[0, 1], [1, 0]].filter(([one = 0, other = 0]) =>
        meets && seen.every((row) => row[one] === false || row[other] !== false)
      ).map(([one, other]) => `r${one} r${other}`);
      const shadowed = names(analysis.findings, "shadowed");
      assert.deepEqual(shadowed, covers.slice(0, 1));
      const isSame = meets && seen.every(([a, b]) => a === b);
      assert.equal(
        names(analysis.findings, "equivalent").length,
        Number(isSame),
      );
    }),
    { numRuns: 150 },
  );
});

function findings(rules: readonly RuleSketch[]) {
  const set = compilePolicySet([policy(rules)]);
  return analyseSet(set).findings.map(({ kind, rules }) =>
    `${kind}: ${rules.map((rule) => rule.replace("sketch@2/", "")).join(" ")}`
  );
}

const day = (how: string, n: number): Logic => ({
  [how]: [{ var: "time.weekday" }, n],
});

Deno.test.each<{ note: string; rules: RuleSketch[]; want: string[] }>([
  {
    note: "a day that no week has never comes",
    rules: [{ effect: "deny", when: day(">", 6) }],
    want: ["never fires: r0"],
  },
  {
    note: "a billion is no bound",
    rules: [{
      effect: "deny",
      when: { ">": [{ var: "amount.micros" }, 2e15] },
    }],
    want: [],
  },
  {
    note: "every day is a day",
    rules: [{ effect: "deny", when: day(">=", 0) }],
    want: ["always fires: r0"],
  },
  {
    note: "a rule without a condition is meant to fire always",
    rules: [{ effect: "cap", to: 5 }],
    want: [],
  },
  {
    note: "the lower of two caps makes the other idle",
    rules: [
      { effect: "cap", to: 5, when: day(">", 3) },
      { effect: "cap", to: 4, when: day(">", 2) },
    ],
    want: ["shadowed: r0 r1"],
  },
  {
    note: "the higher of two floors makes the other idle",
    rules: [
      { effect: "floor", to: 5, when: day(">", 2) },
      { effect: "floor", to: 4, when: day(">", 3) },
    ],
    want: ["shadowed: r1 r0"],
  },
  {
    note: "a floor above a cap",
    rules: [{ effect: "floor", to: 5 }, { effect: "cap", to: 4 }],
    want: ["equivalent: r0 r1", "overlaps: r0 r1", "contradicts: r0 r1"],
  },
  {
    note: "a floor of facts above a cap of other facts",
    rules: [
      { effect: "floor", to: { var: "constraints.minBidMicros" } },
      {
        effect: "cap",
        when: day("<", 3),
        to: { "*": [{ var: "constraints.maxBidMicros" }, 2] },
      },
    ],
    want: ["overlaps: r0 r1", "contradicts: r0 r1"],
  },
  {
    note: "two adjustments multiply",
    rules: [
      { effect: "adjust", byPermille: 900, when: day("<", 3) },
      { effect: "adjust", byPermille: 800, when: day(">", 1) },
    ],
    want: ["compounds: r0 r1"],
  },
  {
    note: "rules of different days do not meet",
    rules: [
      { effect: "floor", to: 5, when: day("<", 3) },
      { effect: "cap", to: 4, when: day(">=", 3) },
    ],
    want: [],
  },
])("analyseSet(): $note", ({ rules, want }) => {
  assert.deepEqual(findings(rules), want);
});

Deno.test("rules of other channels do not meet", () => {
  const set = compilePolicySet([
    policy([{ effect: "cap", to: 5 }], {
      policy: "a",
      appliesTo: { channels: ["email"] },
    }),
    policy([{ effect: "floor", to: 6 }], {
      policy: "b",
      appliesTo: { channels: ["sms"] },
    }),
  ]);
  const { pairs, overlapping, disjoint, findings } = analyseSet(set);
  assert.deepEqual([pairs, overlapping, disjoint], [1, 0, 1]);
  assert.deepEqual(findings, []);
});

Deno.test("facts that show a finding are facts of the decision", () => {
  const set = compilePolicySet([policy([
    { effect: "floor", to: 5, when: day(">", 3) },
    { effect: "cap", to: 4, when: day(">", 2) },
  ])]);
  const found = analyseSet(set).findings.map(({ facts }) => facts);
  const shown: (Facts | null)[] = [{ time: { weekday: 4 } }, {
    time: { weekday: 4 },
  }];
  assert.deepEqual(found, shown);
});
