/**
 * Guardrails of plans: what must not become worse than before, and what was seen of it.
 *
 * @module
 */
import type { EntityKey } from "./entity.ts";

/**
 * What a guardrail watches, each by the day: conversions, revenue (their value), revenue
 * per spend, or spend per conversion.
 */
export const GUARDRAIL_METRICS = [
  "conversions",
  "revenue",
  "roas",
  "cpa",
] as const;

/** One of the things that a guardrail watches. */
export type GuardrailMetric = (typeof GUARDRAIL_METRICS)[number];

/** A bound on what happens after a plan was applied, against the days before. */
export interface PlanGuardrail {
  /** What is watched. */
  readonly metric: GuardrailMetric;
  /** Of whom; null for all entities of the plan together. */
  readonly entity: EntityKey | null;
  /**
   * Worst ratio of after to before that is accepted, above 0: the least, and of `cpa` the
   * most.
   */
  readonly bound: number;
  /** Days before that it is compared with, at least 14. */
  readonly baselineDays: number;
  /** Days after without which nothing is concluded, at least 1. */
  readonly minDays: number;
  /** Days that reports take to be complete: the latest so many are not looked at. */
  readonly settleDays: number;
  /** Chance, in (0, 1), that no plan which keeps to the bound is ever rolled back. */
  readonly confidence: number;
}

/**
 * What a look found.
 *
 * - `regressed`: there is evidence that the bound is broken
 * - `holds`: there is evidence that it is kept
 * - `undecided`: there is evidence of neither yet
 */
export type GuardrailVerdict = "regressed" | "holds" | "undecided";

/** One look at one guardrail. */
export interface GuardrailLook {
  /** Which. */
  readonly guardrail: PlanGuardrail;
  /** What was found. */
  readonly verdict: GuardrailVerdict;
  /** Days after that were compared. */
  readonly days: number;
  /** Estimated ratio of after to before; null without enough days. */
  readonly ratio: number | null;
  /** Where the ratio lies, with the confidence asked for, however often one looks; null without enough days. */
  readonly interval: readonly [number, number] | null;
  /** For a person, with the numbers. */
  readonly detail: string;
}
