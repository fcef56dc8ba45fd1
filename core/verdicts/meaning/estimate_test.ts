/**
 * What is estimated of facts that are known in part, against facts that fit.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts } from "../../domain/verdict.ts";
import { withAmount } from "../judge/judge.ts";
import {
  conditions,
  parseSmall,
  someFacts,
} from "../language/arbitraries_test.ts";
import { findFact, interpret, type Outcome } from "../language/interpret.ts";
import type { Domain } from "./domain.ts";
import { isAtMost } from "./dominance.ts";
import { numberOf, outcomesOf } from "./estimate.ts";
import { arithmetic, portion, scaled, step, whole } from "./number_term.ts";
import { F, T, U } from "./outcomes.ts";
import { constant, readsOf, type Term, TRUE } from "./term.ts";
import { CURRENT, PROPOSED, toTerm } from "./translate.ts";

const NOTHING: ReadonlyMap<string, number> = new Map();

/** How much is left open beside the value that a fact has. */
interface Slack {
  readonly below: number;
  readonly above: number;
  readonly isOpen: boolean;
}

const slacks = fc.array(
  fc.record({
    below: fc.constantFrom(0, 0, 1, 2.5, 1e308),
    above: fc.constantFrom(0, 0, 1, 2.5, 1e308),
    isOpen: fc.boolean(),
  }),
  { minLength: 12, maxLength: 12 },
);

function around(value: Outcome, { below, above, isOpen }: Slack): Domain {
  if (value === null) return { missing: true, values: null };
  if (typeof value === "number") {
    const [lo, hi] = [value - below, value + above];
    const whole = Number.isInteger(value);
    const isFinite = Number.isFinite(lo) && Number.isFinite(hi);
    return {
      missing: isOpen,
      values: isFinite
        ? { kind: "interval", lo, hi, whole }
        : { kind: "interval", lo: value, hi: value, whole },
    };
  }
  if (typeof value === "string" || typeof value === "boolean") {
    const other = typeof value === "string" ? "else" : !value;
    const options = isOpen ? [value, other] : [value];
    return { missing: isOpen, values: { kind: "options", options } };
  }
  const items = value as readonly (string | number)[];
  return {
    missing: isOpen,
    values: isOpen
      ? { kind: "list", must: items.slice(1), may: items.slice(0, 1) }
      : { kind: "list", must: items, may: [] },
  };
}

function boxAround(term: Term, facts: Facts, slack: readonly Slack[]) {
  return new Map(
    readsOf(term).map(({ slot, fact }, index) => {
      const none = { below: 0, above: 0, isOpen: false };
      return [
        slot,
        around(findFact(fact, facts), slack[index] ?? none),
      ] as const;
    }),
  );
}

function bitOf(outcome: Outcome): number {
  return outcome === null ? U : outcome ? T : F;
}

Deno.test("outcomesOf() leaves nothing out that facts within the box show", () => {
  fc.assert(
    fc.property(conditions, someFacts, slacks, (logic, facts, slack) => {
      const expression = parseSmall(logic, "boolean");
      const term = toTerm(expression);
      const box = boxAround(term, facts, slack);
      const found = outcomesOf(term, { box, assumed: NOTHING });
      assert.ok(found & bitOf(interpret(expression, facts)));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("outcomesOf() is sure where every fact is known", () => {
  fc.assert(
    fc.property(conditions, someFacts, (logic, facts) => {
      const expression = parseSmall(logic, "boolean");
      const term = toTerm(expression);
      const box = boxAround(term, facts, []);
      assert.equal(
        outcomesOf(term, { box, assumed: NOTHING }),
        bitOf(interpret(expression, facts)),
      );
    }),
    { numRuns: 2000 },
  );
});

const amounts: fc.Arbitrary<Term> = fc.letrec<{ amount: Term }>((tie) => {
  const amount = tie("amount");
  const how = fc.constantFrom("down" as const, "up" as const);
  return {
    amount: fc.oneof(
      { maxDepth: 3, depthIdentifier: "amount" },
      fc.constantFrom(PROPOSED, CURRENT, constant(3), constant(1000)),
      fc.tuple(amount, fc.nat(1500)).map(([of, n]) => scaled(of, TRUE, n)),
      fc.tuple(how, fc.nat(9), fc.integer({ min: 1, max: 9 })).map((
        [up, n, d],
      ) => portion(up, CURRENT, [n, d])),
      fc.tuple(how, amount, fc.integer({ min: 1, max: 9 })).map((
        [up, of, n],
      ) => whole(up, arithmetic("/", [of, constant(n)]))),
      fc.tuple(fc.constantFrom("+", "*", "-", "min", "max"), amount, amount)
        .map(([op, a, b]) => arithmetic(op, [a, b])),
      fc.constant(step(PROPOSED, CURRENT)),
    ),
  };
}).amount;

const micros = fc.oneof(fc.nat(40), fc.nat({ max: 1_000_000 }));

/** The term at one proposal, from {@link numberOf} on single values. */
function valueAt(term: Term, micros: number, current: number): number {
  const box = new Map([[PROPOSED, micros], [CURRENT, current]].map(
    ([read, value]) => {
      const only = { lo: Number(value), hi: Number(value), whole: true };
      const values = { kind: "interval", ...only } as const;
      const { slot } = read as Extract<Term, { op: "read" }>;
      return [slot, { missing: false, values }] as const;
    },
  ));
  const { lo, hi } = numberOf(term, { box, assumed: NOTHING });
  assert.ok(lo === hi || lo > hi);
  return lo > hi ? NaN : lo;
}

Deno.test("isAtMost() is right for every amount", () => {
  const wide = { lo: 0, hi: 1e6, whole: true, kind: "interval" } as const;
  const box = new Map([PROPOSED, CURRENT].map((read) => {
    const { slot } = read as Extract<Term, { op: "read" }>;
    return [slot, { missing: false, values: wide }] as const;
  }));
  const known = { box, assumed: NOTHING };
  const insight = {
    assumed: NOTHING,
    number: (term: Term) => numberOf(term, known),
    outcomes: (term: Term) => outcomesOf(term, known),
  };
  let proven = 0;
  fc.assert(
    fc.property(
      fc.tuple(amounts, amounts),
      fc.array(fc.tuple(micros, micros), { minLength: 20, maxLength: 20 }),
      ([a, b], tried) => {
        fc.pre(a.key !== b.key && isAtMost(a, b, insight));
        proven++;
        for (const [amount, current] of tried) {
          const [low, high] = [a, b].map((one) =>
            valueAt(one, amount, current)
          ) as [number, number];
          assert.ok(!(low > high), `${a.key} ${b.key} ${amount} ${current}`);
        }
      },
    ),
    { numRuns: 300, maxSkipsPerRun: 1000 },
  );
  assert.ok(proven >= 300);
});

Deno.test.each([
  { amount: 120, current: 100, want: 200 },
  { amount: 80, current: 100, want: 200 },
  { amount: 1_000_000_201, current: 1_000_000_000, want: 1 },
])("a step from $current to $amount is the judge's", (one) => {
  const { amount, current, want } = one;
  assert.equal(valueAt(step(PROPOSED, CURRENT), amount, current), want);
  const facts = withAmount({}, amount, current).amount as Facts;
  assert.equal(facts.stepPermille, want);
});
