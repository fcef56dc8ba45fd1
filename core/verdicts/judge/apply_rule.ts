/**
 * What becomes of an amount, and of the permission, when one rule fires or is in doubt.
 *
 * @module
 */
import type { AppliedRule, Facts } from "../../domain/verdict.ts";
import { countOf } from "./limits.ts";
import { type Finding, namesMissing, type StagedRule } from "./stage.ts";

/** Largest amount, in micros. */
export const LARGEST = Number.MAX_SAFE_INTEGER;

/** What one rule did. */
export interface Application {
  readonly applied: AppliedRule;
  readonly denied: boolean;
  /** Whether it did what its effect says, and not only denied or was skipped. */
  readonly fired: boolean;
  readonly afterMicros: number | null;
}

/** What a rule sees. */
export interface RuleScope {
  readonly facts: Facts;
  readonly channel: string | null;
}

/**
 * Applies a rule.
 *
 * @returns Null for a limit that is not reached yet.
 */
export function applyRule(
  { staged, missing }: Finding,
  beforeMicros: number | null,
  scope: RuleScope,
): Application | null {
  const { rule: { effect, reason }, onMissing, limit } = staged;
  const bounded = isBounded(staged);
  const bound = bounded ? boundOf(staged, scope.facts) : null;
  const impossible = bounded && bound === null;
  const count = limit?.of === "decisions" ? countOf(limit, scope.facts) : null;
  if (limit !== null && !missing && isOpen(staged, count)) return null;
  const uncounted = limit?.of === "decisions" && count === null;
  const unknown = missing || impossible || uncounted;
  const skipped = unknown && onMissing === "skip";
  const denies = effect === "deny" || limit?.of === "decisions";
  const denied = !skipped &&
    (denies || (unknown && (onMissing === "deny" || impossible)));
  const fired = !skipped && !denied;
  const afterMicros = fired
    ? shapeAmount(staged, beforeMicros, bound)
    : beforeMicros;
  const applied = {
    rule: staged.name,
    effect,
    missing: unknown,
    beforeMicros,
    afterMicros: denied ? null : afterMicros,
    reason: unknown
      ? explainFinding(staged, scope, skipped ? "skipped: " : "")
      : reason,
  };
  return { applied, denied, fired, afterMicros };
}

/** Whether a limit of decisions lets one more through. */
function isOpen({ limit }: StagedRule, count: number | null): boolean {
  return limit?.of === "decisions" && count !== null && count < limit.most;
}

function isBounded({ rule: { effect }, limit }: StagedRule): boolean {
  return effect === "cap" || effect === "floor" || limit?.of === "micros";
}

/** Reason of a rule in doubt, with what made it so. */
export function explainFinding(
  staged: StagedRule,
  { facts, channel }: RuleScope,
  before = "",
): string {
  const names = namesMissing(staged, facts, channel);
  const why = names.length === 0
    ? "a number is not finite, as after division by zero"
    : `missing ${names.join(", ")}`;
  return `${staged.rule.reason} (${before}${why})`;
}

/** The bound in whole micros, on its stricter side; null when unknown. */
export function boundOf(
  { rule, bound, limit }: StagedRule,
  facts: Facts,
): number | null {
  if (limit !== null) {
    const count = countOf(limit, facts);
    return count === null ? null : Math.max(limit.most - count, 0);
  }
  const micros = typeof rule.to === "number" ? rule.to : bound(facts);
  if (Number.isNaN(micros)) return null;
  const whole = rule.effect === "cap" ? Math.floor(micros) : Math.ceil(micros);
  return Math.min(Math.max(whole, 0), LARGEST);
}

function shapeAmount(
  { rule }: StagedRule,
  before: number | null,
  bound: number | null,
): number | null {
  if (rule.effect === "adjust") {
    return before === null ? null : scale(before, rule.byPermille ?? 1000);
  }
  if (bound === null || before === null) return bound ?? before;
  return rule.effect === "floor"
    ? Math.max(before, bound)
    : Math.min(before, bound);
}

function scale(micros: number, permille: number): number {
  const product = micros * permille;
  if (product <= LARGEST) return Math.floor(product / 1000);
  const exact = BigInt(micros) * BigInt(permille) / 1000n;
  return Math.min(Number(exact), LARGEST);
}
