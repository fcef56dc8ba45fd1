/**
 * From rules that fire to a verdict: what becomes of a proposed amount.
 *
 * Doing nothing, which is the control action or an amount of 0, is neither limited nor
 * counted nor stopped by a switch.
 *
 * @module
 */
import type { AppliedRule, Facts, Verdict } from "../../domain/verdict.ts";
import { applyRule, LARGEST, type RuleScope } from "./apply_rule.ts";
import { evaluateStage, type Finding, type Stages } from "./stage.ts";
import { applySwitches } from "./switches.ts";

/** Whose proposal, where, and how much. */
export interface JudgeOptions {
  readonly tenant: string;
  readonly channel: string | null;
  /** Proposed, in whole micros; null where the decision has no amount. */
  readonly amountMicros: number | null;
  /** In force today, in whole micros; null or absent when unknown. */
  readonly currentMicros?: number | null;
}

/** What the rules have said so far. */
interface Said {
  amount: number | null;
  denied: boolean;
  review: boolean;
  priority: number | null;
  counts: string[] | null;
  readonly applied: AppliedRule[];
}

/** Judges a proposal by the stages of its kind. */
export function judgeAmount(
  stages: Stages,
  facts: Facts,
  options: JudgeOptions,
): Verdict {
  const { channel } = options;
  const proposed = checkAmount("amount", options.amountMicros);
  const current = checkAmount("current amount", options.currentMicros ?? null);
  const said: Said = {
    amount: proposed,
    denied: false,
    review: false,
    priority: null,
    counts: null,
    applied: [],
  };
  if (proposed !== null) {
    const seen = withAmount(facts, proposed, current);
    const findings = evaluateStage(stages.shape, seen, options);
    hear(said, findings, { facts: seen, channel });
  }
  const seen = withAmount(facts, said.amount, current);
  const findings = evaluateStage(stages.permit, seen, options);
  hear(said, findings, { facts: seen, channel });
  if (stages.switches.length > 0 && said.amount !== 0) {
    const stopped = applySwitches(stages.switches, facts, options);
    said.applied.push(...stopped);
    said.denied ||= stopped.length > 0;
  }
  return printVerdict(said, stages.policySet);
}

function printVerdict(
  { amount, denied, review, priority, counts, applied }: Said,
  policySet: string,
): Verdict {
  const allowed = !denied;
  const amountMicros = denied ? null : amount;
  if (!review && priority === null && counts === null) {
    return { allowed, amountMicros, applied, policySet };
  }
  return {
    ...{ allowed, amountMicros, applied },
    ...review && { review },
    ...priority !== null && { priority },
    ...counts !== null && { counts },
    policySet,
  };
}

/** Applies the rules of a stage that speak, one after the other. */
function hear(
  said: Said,
  findings: readonly Finding[],
  scope: RuleScope,
): void {
  for (const finding of findings) {
    const { limit, rule } = finding.staged;
    if (limit !== null) {
      if (isIdle(said, scope.facts)) continue;
      (said.counts ??= []).push(limit.name);
    }
    const outcome = applyRule(finding, said.amount, scope);
    if (outcome === null) continue;
    said.applied.push(outcome.applied);
    said.denied ||= outcome.denied;
    said.amount = outcome.afterMicros;
    if (!outcome.fired) continue;
    if (rule.effect === "review") said.review = true;
    if (rule.effect === "prioritise") {
      said.priority = (said.priority ?? 0) + (rule.by ?? 0);
    }
  }
}

function isIdle({ amount }: Said, { context }: Facts): boolean {
  return amount === 0 || (context as Facts | undefined)?.isControl === true;
}

const NO_AMOUNT: Facts = {
  micros: null,
  currentMicros: null,
  stepPermille: null,
};

/** Facts with the group `amount` that rules may read. */
export function withAmount(
  facts: Facts,
  micros: number | null,
  currentMicros: number | null,
): Facts {
  if (micros === null && currentMicros === null) {
    return { ...facts, amount: NO_AMOUNT };
  }
  const stepPermille = stepOf(micros, currentMicros);
  return { ...facts, amount: { micros, currentMicros, stepPermille } };
}

/** Distance from the amount in force in thousandths of it, rounded up. */
function stepOf(micros: number | null, current: number | null): number | null {
  if (micros === null || current === null || current === 0) return null;
  const distance = Math.abs(micros - current);
  if (distance * 1000 <= LARGEST - current) {
    const raised = distance * 1000 + current - 1;
    return (raised - raised % current) / current;
  }
  const raised = BigInt(distance) * 1000n + BigInt(current) - 1n;
  return Math.min(Number(raised / BigInt(current)), LARGEST);
}

function checkAmount(name: string, micros: number | null): number | null {
  if (micros === null || (Number.isSafeInteger(micros) && micros >= 0)) {
    return micros;
  }
  throw new RangeError(
    `Cannot judge ${name}: expected whole micros from 0 to ${LARGEST}`,
  );
}
