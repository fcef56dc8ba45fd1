/**
 * Rules that are evaluated together on contexts, and what they say of one.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import type { StrayFact } from "../document/case_facts.ts";
import type { RuleExplanation } from "../explain/explain.ts";

/** A rule of any set. */
export interface NamedRule {
  readonly id: string;
  /** What follows when it holds: `deny`, or any other word. */
  readonly effect: string;
}

/** A set, ready to be evaluated. */
export interface EvaluatedSet {
  readonly rules: readonly NamedRule[];
  readonly evaluate: (context: Facts) => SetVerdict;
  /** Facts of a context that no rule can read; none where facts are not declared. */
  readonly findStray: (context: Facts) => readonly StrayFact[];
  /** Every condition of every rule with the values it saw, in the order of the set. */
  readonly explain: (context: Facts) => readonly RuleExplanation[];
}

/** What a set says of one context. */
export interface SetVerdict {
  /** `deny` if anything denies; `allow` if nothing fired; else the strongest effect. */
  readonly verdict: string;
  /** Rules that hold or, unknown, act all the same. */
  readonly fired: readonly string[];
  /** Rules that are unknown. */
  readonly unknown: readonly string[];
  /** What fired and does not deny; absent if nothing did. */
  readonly effects?: Effects;
}

/** By effect, then by rule: an amount, true for what has none, null if unknown. */
export type Effects = Readonly<
  Record<string, Readonly<Record<string, number | true | null>>>
>;
