/**
 * What a change of policies means for decisions: stricter, looser, both or neither.
 *
 * Decided over verdicts: what is denied, the amount that results, what needs review,
 * and the priority, for all facts in the ranges of the catalogue; where amounts are
 * multiplied, up to a billion, and nothing is proven if a rule names more. More is
 * looser: a floor that rises is a relaxation, since it spends more. Every
 * counterexample is judged by both sets before it is told.
 *
 * @module
 */
import type { DecisionKind, Facts, Verdict } from "../../domain/verdict.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { type ChangedRule, changedRules } from "./changed_rules.ts";
import { less } from "./number_term.ts";
import { printDifference } from "./print_difference.ts";
import { defined, not, or, surely, type Term } from "./term.ts";
import { PROPOSED } from "./translate.ts";
import { readRules, type VerdictTerms, verdictTerms } from "./verdict_terms.ts";
import { amountsIn, findFacts } from "./witness.ts";

/** Classes of changes; governance asks for approvals by them. */
export type ChangeClass = "tightening" | "relaxing" | "mixed" | "equivalent";

/** How a verdict differs: stricter, looser, or neither, as an order of actions. */
export type Direction = "tighter" | "looser" | "other";

/** A decision on which two sets differ. */
export interface Counterexample {
  readonly direction: Direction;
  readonly kind: DecisionKind;
  /** All facts but the group `amount`. */
  readonly facts: Facts;
  readonly tenant: string;
  readonly channel: string | null;
  /** Proposed, in micros; null for none. */
  readonly amountMicros: number | null;
  /** In force, in micros; null where unknown. */
  readonly currentMicros: number | null;
  /** What the old set says. */
  readonly before: Verdict;
  /** What the new set says. */
  readonly after: Verdict;
  /** The difference, for a person. */
  readonly sentence: string;
}

/** What a change means. */
export interface ChangeMeaning {
  readonly class: ChangeClass;
  /** False where a search came to nothing, so that the class may be wider. */
  readonly proven: boolean;
  readonly counterexamples: readonly Counterexample[];
  /** Rules that differ in their text. */
  readonly changed: readonly ChangedRule[];
}

const KINDS: readonly DecisionKind[] = ["bid", "action", "budget"];

/**
 * Compares two policy sets.
 *
 * @param before The set in force.
 * @param after The set proposed.
 */
export function compareSets(
  before: PolicySet,
  after: PolicySet,
): ChangeMeaning {
  const [was, is] = [readRules(before), readRules(after)];
  const changed = changedRules(was, is);
  const counterexamples: Counterexample[] = [];
  const open = new Set<Direction>();
  for (const kind of KINDS) {
    const terms = [verdictTerms(was, kind), verdictTerms(is, kind)] as const;
    for (const { direction, goals } of differencesOf(...terms)) {
      const found = findDifference({ before, after, kind, direction }, goals);
      if (found === "unknown") open.add(direction);
      else if (found !== null) counterexamples.push(found);
    }
  }
  const shown = new Set<Direction>([
    ...counterexamples.map(({ direction }) => direction),
    ...changed.flatMap(({ direction }) => direction ?? []),
  ]);
  return {
    class: classify(shown),
    proven: classify(shown) === "mixed" ||
      [...open].every((one) => shown.has(one)),
    counterexamples,
    changed,
  };
}

/** The class by which approvals are asked for: the widest where it is not proven. */
export function reviewClass(
  { class: found, proven }: Pick<ChangeMeaning, "class" | "proven">,
): ChangeClass {
  return proven ? found : "mixed";
}

function classify(shown: ReadonlySet<Direction>): ChangeClass {
  const [isTighter, isLooser] = [shown.has("tighter"), shown.has("looser")];
  if (shown.has("other") || (isTighter && isLooser)) return "mixed";
  if (isTighter) return "tightening";
  return isLooser ? "relaxing" : "equivalent";
}

interface Difference {
  readonly direction: Direction;
  /** All of these; what differs first. */
  readonly goals: readonly Term[];
}

/** All ways in which verdicts can differ; those that their form rules out are left out. */
function differencesOf(old: VerdictTerms, next: VerdictTerms): Difference[] {
  const found: Difference[] = [];
  function add(direction: Direction, ...goals: readonly Term[]): void {
    found.push({ direction, goals });
  }
  if (old.denied.key !== next.denied.key) {
    add("tighter", onlyIn(next.denied, old.denied), not(old.denied));
    add("looser", onlyIn(old.denied, next.denied), not(next.denied));
  }
  const allowed = [not(old.denied), not(next.denied)];
  if (old.amount.key !== next.amount.key) {
    const isKnown = surely(defined(PROPOSED));
    const amounts = [isKnown, ...allowed];
    add("tighter", surely(less(next.amount, old.amount)), ...amounts);
    add("looser", surely(less(old.amount, next.amount)), ...amounts);
  }
  if (old.review.key !== next.review.key) {
    add(
      "tighter",
      onlyIn(next.review, old.review),
      not(old.review),
      ...allowed,
    );
    add(
      "looser",
      onlyIn(old.review, next.review),
      not(next.review),
      ...allowed,
    );
  }
  if (old.priority.key !== next.priority.key) {
    const isLess = less(next.priority, old.priority);
    const isMore = less(old.priority, next.priority);
    add("other", or(surely(isLess), surely(isMore)), ...allowed);
  }
  return found;
}

/** Reasons that the other does not have; what both have is never in one alone. */
function onlyIn(one: Term, other: Term): Term {
  const shared = new Set(reasonsOf(other).map(({ key }) => key));
  return or(...reasonsOf(one).filter(({ key }) => !shared.has(key)));
}

function reasonsOf(term: Term): readonly Term[] {
  return term.op === "or" ? term.of : [term];
}

interface Search {
  readonly before: PolicySet;
  readonly after: PolicySet;
  readonly kind: DecisionKind;
  readonly direction: Direction;
}

function findDifference(
  search: Search,
  goals: readonly Term[],
): Counterexample | "unknown" | null {
  const witness = findFacts(goals, {
    catalogue: undefined,
    proves: (facts) => differs(judgeBoth(search, facts), search.direction),
  });
  if (witness.answer !== "found") {
    return witness.answer === "unknown" ? "unknown" : null;
  }
  return judgeBoth(search, witness.facts);
}

function judgeBoth(
  { before, after, kind, direction }: Search,
  found: Facts,
): Counterexample {
  const { amount: _, tenant: whose, ...facts } = found;
  const { micros: amountMicros, currentMicros } = amountsIn(found);
  const context = (facts.context ?? {}) as Facts;
  const decision = {
    direction,
    kind,
    facts: facts as Facts,
    tenant: typeof whose === "string" ? whose : "anyone",
    channel: typeof context.channel === "string" ? context.channel : null,
    amountMicros,
    currentMicros,
  };
  const judged = {
    ...decision,
    before: before.judge(kind, decision.facts, decision),
    after: after.judge(kind, decision.facts, decision),
  };
  return { ...judged, sentence: printDifference(judged) };
}

/** Whether the real verdicts differ as was sought. */
function differs({ before, after }: Counterexample, how: Direction): boolean {
  const [from, to] = how === "looser" ? [after, before] : [before, after];
  const isLess = (from.amountMicros ?? 0) > (to.amountMicros ?? 0);
  if (how !== "other") {
    if (from.allowed !== to.allowed) return from.allowed;
    return isLess || (!from.review && to.review === true);
  }
  return (before.priority ?? 0) !== (after.priority ?? 0);
}
