/**
 * What the rules of a set are to one another: those that never fire, always fire, add
 * nothing to another, contradict, compound or overlap.
 *
 * Rules meet if they speak of one kind of decision. Each finding is proven, or has
 * facts that show it; what is neither is counted as open.
 *
 * @module
 */
import type { DecisionKind, Facts } from "../../domain/verdict.ts";
import { withAmount } from "../judge/judge.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import type { Catalogue } from "../language/catalogue.ts";
import { interpret } from "../language/interpret.ts";
import { less } from "./number_term.ts";
import {
  conditionOf,
  type RuleOfSet,
  rulesOf,
  type RuleTerms,
  termsOf,
} from "./rule_terms.ts";
import { and, not, or, possibly, surely, type Term } from "./term.ts";
import { PROPOSED } from "./translate.ts";
import { amountsIn, findFacts, type Witness } from "./witness.ts";

/** A rule as it is compared with others. */
export interface AnalysedRule {
  readonly name: string;
  readonly kinds: readonly DecisionKind[];
  readonly effect: RuleOfSet["rule"]["effect"];
  readonly when: RuleOfSet["when"];
  /** Condition, tenants and channels. */
  readonly condition: Term;
  readonly terms: RuleTerms;
}

/** What was found. */
export type FindingKind =
  /** Its condition is true of no facts. */
  | "never fires"
  /** Its condition is false of no facts, although it is written out. */
  | "always fires"
  /** The second does all that the first does. */
  | "shadowed"
  /** The conditions mean the same. */
  | "equivalent"
  /** A floor above a cap. */
  | "contradicts"
  /** Two adjustments of one amount. */
  | "compounds"
  /** Both fire, with different effects. */
  | "overlaps";

/** One finding. */
export interface RuleFinding {
  readonly kind: FindingKind;
  /** `policy@version/rule`, once or twice. */
  readonly rules: readonly string[];
  /** Facts that show it; null where it holds of all facts. */
  readonly facts: Facts | null;
}

/** All findings of a set. */
export interface SetAnalysis {
  readonly rules: number;
  /** Pairs that speak of one kind of decision. */
  readonly pairs: number;
  /** Pairs that can fire together. */
  readonly overlapping: number;
  /** Pairs that cannot. */
  readonly disjoint: number;
  /** Questions that were not decided. */
  readonly open: number;
  readonly findings: readonly RuleFinding[];
}

/** Analyses the rules of a set; bounds over several budgets are left out. */
export function analyseSet(
  set: Pick<PolicySet, "documents" | "lists">,
): SetAnalysis {
  const alone = rulesOf(set).filter(({ rule }) => rule.over === undefined);
  return analyseRules(alone.map((one) => ({
    name: one.name,
    kinds: one.policy.on,
    effect: one.rule.effect,
    when: one.when,
    condition: conditionOf(one),
    terms: termsOf(one, { amount: PROPOSED }),
  })));
}

/** Analyses rules over the facts of a catalogue. */
export function analyseRules(
  rules: readonly AnalysedRule[],
  catalogue?: Catalogue,
): SetAnalysis {
  const survey = new Survey(catalogue);
  rules.forEach((rule) => survey.look(rule));
  rules.forEach((one, index) => {
    for (const other of rules.slice(index + 1)) {
      const isMeeting = one.kinds.some((kind) => other.kinds.includes(kind));
      if (isMeeting) survey.compare(one, other);
    }
  });
  const { pairs, overlapping, disjoint, open, findings } = survey;
  return {
    ...{ rules: rules.length, pairs, overlapping, disjoint, open },
    findings,
  };
}

/** Gathers findings, and counts what was asked. */
class Survey {
  pairs = 0;
  overlapping = 0;
  disjoint = 0;
  open = 0;
  readonly findings: RuleFinding[] = [];
  readonly #catalogue: Catalogue | undefined;

  constructor(catalogue: Catalogue | undefined) {
    this.#catalogue = catalogue;
  }

  /** Looks at one rule by itself. */
  look({ name, when, condition }: AnalysedRule): void {
    if (when.op === "literal" && condition.op === "constant") return;
    if (this.#isImpossible(surely(condition))) {
      this.#add("never fires", [name]);
    } else if (this.#isImpossible(not(possibly(condition)))) {
      this.#add("always fires", [name]);
    }
  }

  /** Looks at two rules that can meet. */
  compare(one: AnalysedRule, other: AnalysedRule): void {
    this.pairs++;
    const both = and(surely(one.condition), surely(other.condition));
    const witness = this.#find(both, [one, other]);
    if (witness.answer === "impossible") this.disjoint++;
    if (witness.answer !== "found") return;
    this.overlapping++;
    const { facts } = witness;
    const names = [one.name, other.name];
    if (this.#isSame(one, other)) this.#add("equivalent", names);
    if (one.effect === other.effect) {
      return this.#compareAlike(one, other, facts);
    }
    this.#add("overlaps", names, facts);
    this.#findContradiction(one, other);
  }

  /** Rules of one effect: one may do all that the other does. */
  #compareAlike(one: AnalysedRule, other: AnalysedRule, facts: Facts): void {
    if (one.effect === "adjust") {
      this.#add("compounds", [one.name, other.name], facts);
    } else if (this.#isCovered(one, other)) {
      this.#add("shadowed", [one.name, other.name]);
    } else if (this.#isCovered(other, one)) {
      this.#add("shadowed", [other.name, one.name]);
    }
  }

  #isSame(one: AnalysedRule, other: AnalysedRule): boolean {
    const [a, b] = [one.condition, other.condition];
    if (a.key === b.key) return true;
    return [[a, b], [b, a]].every(([x = a, y = b]) =>
      this.#isImpossible(or(
        and(surely(x), not(surely(y))),
        and(possibly(x), not(possibly(y))),
      ))
    );
  }

  /** Whether the second acts, and binds as much, wherever the first does. */
  #isCovered(one: AnalysedRule, other: AnalysedRule): boolean {
    const [a, b] = [one.terms, other.terms];
    const refuses = and(a.refuses, not(b.refuses));
    switch (one.effect) {
      case "deny":
      case "review":
        return this.#isImpossible(or(refuses, and(a.acts, not(b.acts))));
      case "cap":
      case "floor": {
        const [low, high] = one.effect === "cap" ? [a, b] : [b, a];
        const isLooser = surely(less(low.bound, high.bound));
        const missed = and(a.acts, or(not(b.acts), isLooser));
        return this.#isImpossible(or(refuses, missed));
      }
      default:
        return false;
    }
  }

  #findContradiction(one: AnalysedRule, other: AnalysedRule): void {
    const [floor, cap] = one.effect === "floor" ? [one, other] : [other, one];
    if (floor.effect !== "floor" || cap.effect !== "cap") return;
    const witness = this.#find(
      and(
        ...[surely(floor.condition), surely(cap.condition)],
        ...[floor.terms.acts, cap.terms.acts],
        surely(less(cap.terms.bound, floor.terms.bound)),
      ),
      [floor, cap],
    );
    if (witness.answer === "found") {
      this.#add("contradicts", [floor.name, cap.name], witness.facts);
    }
  }

  #isImpossible(goal: Term): boolean {
    return this.#find(goal, []).answer === "impossible";
  }

  /** Facts of which all these conditions are true. */
  #find(goal: Term, rules: readonly AnalysedRule[]): Witness {
    const witness = findFacts([goal], {
      catalogue: this.#catalogue,
      proves: (facts) => rules.every(({ when }) => isTrue(when, facts)),
    });
    if (witness.answer === "unknown") this.open++;
    return witness;
  }

  #add(
    kind: FindingKind,
    rules: readonly string[],
    facts: Facts | null = null,
  ): void {
    this.findings.push({ kind, rules, facts });
  }
}

function isTrue(when: AnalysedRule["when"], facts: Facts): boolean {
  const { micros, currentMicros } = amountsIn(facts);
  return interpret(when, withAmount(facts, micros, currentMicros)) === true;
}
