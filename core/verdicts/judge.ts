/**
 * From rules that fire to a verdict: what becomes of a proposed amount.
 *
 * @module
 */
import type { AppliedRule, Facts, Verdict } from "../domain/verdict.ts";
import {
  evaluateStage,
  type Finding,
  namesMissing,
  type StagedRule,
  type Stages,
} from "./stage.ts";

/** Whose proposal, where, and how much. */
export interface JudgeOptions {
  readonly tenant: string;
  readonly channel: string | null;
  /** Proposed, in whole micros; null where the decision has no amount. */
  readonly amountMicros: number | null;
  /** In force today, in whole micros; null or absent when unknown. */
  readonly currentMicros?: number | null;
}

const LARGEST = Number.MAX_SAFE_INTEGER;

/** What one rule did. */
export interface Application {
  readonly applied: AppliedRule;
  readonly denied: boolean;
  readonly afterMicros: number | null;
}

/** Judges a proposal by the stages of its kind. */
export function judgeAmount(
  stages: Stages,
  facts: Facts,
  options: JudgeOptions,
): Omit<Verdict, "policySet"> {
  const proposed = checkAmount("amount", options.amountMicros);
  const current = checkAmount("current amount", options.currentMicros ?? null);
  const applied: AppliedRule[] = [];
  let amount = proposed;
  let denied = false;
  function apply(findings: readonly Finding[], seen: Facts): void {
    for (const finding of findings) {
      const scope = { facts: seen, channel: options.channel };
      const outcome = applyRule(finding, amount, scope);
      applied.push(outcome.applied);
      denied ||= outcome.denied;
      amount = outcome.afterMicros;
    }
  }
  if (proposed !== null) {
    const seen = withAmount(facts, proposed, current);
    apply(evaluateStage(stages.shape, seen, options), seen);
  }
  const seen = withAmount(facts, amount, current);
  apply(evaluateStage(stages.deny, seen, options), seen);
  return { allowed: !denied, amountMicros: denied ? null : amount, applied };
}

/** Facts with the group `amount` that rules may read. */
export function withAmount(
  facts: Facts,
  micros: number | null,
  currentMicros: number | null,
): Facts {
  const stepPermille = stepOf(micros, currentMicros);
  return { ...facts, amount: { micros, currentMicros, stepPermille } };
}

/** Distance from the amount in force in thousandths of it, rounded up. */
function stepOf(micros: number | null, current: number | null): number | null {
  if (micros === null || current === null || current === 0) return null;
  const distance = BigInt(Math.abs(micros - current)) * 1000n;
  const step = (distance + BigInt(current) - 1n) / BigInt(current);
  return Math.min(Number(step), LARGEST);
}

/** What became of a rule that fired or is in doubt. */
export function applyRule(
  { staged, missing }: Finding,
  beforeMicros: number | null,
  scope: { readonly facts: Facts; readonly channel: string | null },
): Application {
  const { rule, onMissing } = staged;
  const bounded = rule.effect === "cap" || rule.effect === "floor";
  const bound = bounded ? boundOf(staged, scope.facts) : null;
  const unknown = missing || (bounded && bound === null);
  const impossible = bounded && bound === null;
  const skipped = unknown && onMissing === "skip";
  const denied = !skipped && (rule.effect === "deny" ||
    (unknown && (onMissing === "deny" || impossible)));
  const afterMicros = skipped || denied
    ? beforeMicros
    : shapeAmount(staged, beforeMicros, bound);
  const names = unknown ? namesMissing(staged, scope.facts, scope.channel) : [];
  const applied = {
    rule: staged.name,
    effect: rule.effect,
    missing: unknown,
    beforeMicros,
    afterMicros: denied ? null : afterMicros,
    reason: unknown
      ? `${rule.reason} (${skipped ? "skipped: " : ""}${explainMissing(names)})`
      : rule.reason,
  };
  return { applied, denied, afterMicros };
}

function explainMissing(names: readonly string[]): string {
  return names.length === 0
    ? "a number is not finite, as after division by zero"
    : `missing ${names.join(", ")}`;
}

/** The bound in whole micros, on its stricter side; null when unknown. */
function boundOf({ rule, bound }: StagedRule, facts: Facts): number | null {
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
  return rule.effect === "cap"
    ? Math.min(before, bound)
    : Math.max(before, bound);
}

function scale(micros: number, permille: number): number {
  const product = micros * permille;
  if (product <= LARGEST) return Math.floor(product / 1000);
  const exact = BigInt(micros) * BigInt(permille) / 1000n;
  return Math.min(Number(exact), LARGEST);
}

function checkAmount(name: string, micros: number | null): number | null {
  if (micros === null || (Number.isSafeInteger(micros) && micros >= 0)) {
    return micros;
  }
  throw new RangeError(
    `Cannot judge ${name}: expected whole micros from 0 to ${LARGEST}`,
  );
}
