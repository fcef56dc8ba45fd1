/**
 * The judge written out as terms says what the judge says.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionKind, Facts } from "../../domain/verdict.ts";
import { withAmount } from "../judge/judge.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { findFact, type Outcome } from "../language/interpret.ts";
import type { Domain } from "./domain.ts";
import { numberOf, outcomesOf } from "./estimate.ts";
import { isPossible } from "./interval.ts";
import { T } from "./outcomes.ts";
import {
  decisions,
  documentOf,
  limiting,
  refusing,
  shaping,
  type Sketch,
  withDoubt,
} from "./small_sets_test.ts";
import { readsOf, type Term } from "./term.ts";
import { readRules, verdictTerms } from "./verdict_terms.ts";

const DECISIONS = [...decisions(true), ...decisions(false)];

const prioritising: fc.Arbitrary<Sketch> = fc.integer({ min: -2, max: 2 })
  .map((by) => ({ effect: "prioritise", by, when: { var: "compliance.ok" } }));

/** Rules that may stand in a policy of a kind. */
function rulesFor(kind: DecisionKind, special: fc.Arbitrary<Sketch>) {
  const rules = fc.array(withDoubt(fc.oneof(refusing, shaping, special)), {
    minLength: 1,
    maxLength: 5,
  });
  return rules.map((some) => documentOf(some, { on: [kind] }));
}

const documents = fc.oneof(
  rulesFor("bid", limiting),
  rulesFor("action", prioritising),
  rulesFor("budget", shaping),
);

const switches = fc.constantFrom(
  [],
  [{ id: "stop", stops: {}, reason: "Stop" }],
  [{ id: "stop", stops: { channel: "sms", tenant: "acme" }, reason: "Stop" }],
  [{ id: "stop", stops: { campaign: "c" }, reason: "Stop" }],
);

function only(value: Outcome): Domain {
  if (value === null) return { missing: true, values: null };
  return typeof value === "number"
    ? {
      missing: false,
      values: { kind: "interval", lo: value, hi: value, whole: true },
    }
    : {
      missing: false,
      values: { kind: "options", options: [value as string | boolean] },
    };
}

function boxOf(terms: readonly Term[], facts: Facts) {
  return new Map(
    terms.flatMap(readsOf).map(({ slot, fact }) => [
      slot,
      only(findFact(fact, facts)),
    ]),
  );
}

Deno.test("verdictTerms() says what the judge says", () => {
  fc.assert(
    fc.property(
      fc.tuple(documents, switches),
      fc.array(fc.constantFrom(...DECISIONS), { minLength: 30, maxLength: 30 }),
      fc.constantFrom("acme", "other"),
      ([document, stopped], tried, tenant) => {
        const set = compilePolicySet([document], { switches: stopped });
        const [kind = "bid"] = document.on;
        const terms = verdictTerms(readRules(set), kind);
        for (const { facts, ...given } of tried) {
          const verdict = set.judge(kind, facts, { ...given, tenant });
          const { amountMicros, currentMicros } = given;
          const seen = withAmount(facts, amountMicros, currentMicros);
          const box = boxOf(Object.values(terms), { ...seen, tenant });
          const known = { box, assumed: new Map<string, number>() };
          const denied = outcomesOf(terms.denied, known) === T;
          assert.equal(denied, !verdict.allowed);
          if (denied) continue;
          const amount = numberOf(terms.amount, known);
          assert.equal(
            isPossible(amount) ? amount.lo : null,
            verdict.amountMicros,
          );
          assert.equal(
            outcomesOf(terms.review, known) === T,
            verdict.review ?? false,
          );
          const { lo } = numberOf(terms.priority, known);
          assert.equal(lo, verdict.priority ?? 0);
        }
      },
    ),
    { numRuns: 500 },
  );
});
