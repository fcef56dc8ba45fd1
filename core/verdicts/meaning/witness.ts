/**
 * Facts that show what conditions can be, each proven by the interpreter.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import { withAmount } from "../judge/judge.ts";
import type { Catalogue } from "../language/catalogue.ts";
import type { Expression } from "../language/expression.ts";
import { interpret, type Outcome } from "../language/interpret.ts";
import { type Box, factsFrom } from "./domain.ts";
import { valuesOf } from "./sample.ts";
import { search } from "./search.ts";
import { type Space, spaceOf } from "./space.ts";
import { and, not, possibly, surely, type Term } from "./term.ts";
import { toTerm } from "./translate.ts";

/** A condition and what it shall be; null for unknown. */
export interface Wanted {
  readonly condition: Expression;
  readonly outcome: boolean | null;
}

/** What a search came to; `unknown` if nothing was found and nothing proven. */
export type Witness =
  | { readonly answer: "found"; readonly facts: Facts }
  | { readonly answer: "impossible" }
  | { readonly answer: "unknown" };

/**
 * Finds facts with which every condition is what it shall be.
 *
 * @param wanted Conditions over the same facts.
 * @param catalogue Gives the ranges; that of decisions unless given.
 * @returns As few facts as will do, in groups; `amount.stepPermille` is left out, as
 * it follows from the amounts.
 */
export function findWitness(
  wanted: readonly Wanted[],
  catalogue?: Catalogue,
): Witness {
  const goals = wanted.map(({ condition, outcome }) => {
    const term = toTerm(condition);
    if (outcome === true) return surely(term);
    if (outcome === false) return not(possibly(term));
    return and(possibly(term), not(surely(term)));
  });
  return findFacts(goals, {
    catalogue,
    proves: (facts) => holds(wanted, facts),
  });
}

/** Finds facts that make terms true and that the real thing confirms. */
export function findFacts(
  goals: readonly Term[],
  { catalogue, proves }: {
    readonly catalogue: Catalogue | undefined;
    proves(facts: Facts): boolean;
  },
): Witness {
  const space = spaceOf(goals, catalogue);
  const answer = search(goals, space);
  if (answer === "impossible" || answer === "unknown") return { answer };
  const facts = toFacts(answer, space);
  return proves(facts) ? { answer: "found", facts } : { answer: "unknown" };
}

/** Single values as facts in their groups. */
function toFacts(box: Box, space: Space): Facts {
  return factsFrom(valuesOf(box, space));
}

function holds(wanted: readonly Wanted[], facts: Facts): boolean {
  const { micros, currentMicros } = amountsIn(facts);
  const seen = withAmount(facts, micros, currentMicros);
  return wanted.every(({ condition, outcome }) =>
    interpret(condition, seen) as Outcome === outcome
  );
}

/** Amounts that facts give, in micros; null where they do not. */
export function amountsIn(
  { amount }: Facts,
): { readonly micros: number | null; readonly currentMicros: number | null } {
  const group = (amount ?? {}) as Record<string, number | undefined>;
  return {
    micros: group.micros ?? null,
    currentMicros: group.currentMicros ?? null,
  };
}
