/**
 * What a rule saw: rules that shape an amount see it as it was proposed, the others see
 * what came of it.
 *
 * @module
 */
import type {
  AppliedRule,
  Facts,
  PolicyRule,
  Verdict,
} from "../../domain/verdict.ts";
import { type JudgeOptions, withAmount } from "./judge.ts";

/** What was judged. */
export interface Judged {
  /** All facts but the group `amount`. */
  readonly facts: Facts;
  readonly options: Pick<JudgeOptions, "amountMicros" | "currentMicros">;
}

/** Whether a rule shapes the amount, and so sees the one proposed. */
export function isShaping({ effect, of }: PolicyRule): boolean {
  return effect === "adjust" || effect === "floor" || effect === "cap" ||
    (effect === "limit" && of === "micros");
}

/** All facts as a rule saw them. */
export function factsSeenBy(
  rule: PolicyRule,
  { facts, options: { amountMicros, currentMicros = null } }: Judged,
  verdict: Verdict,
): Facts {
  const micros = isShaping(rule)
    ? amountMicros
    : resultingMicros(verdict, amountMicros);
  return withAmount(facts, micros, currentMicros);
}

/** The amount that the shaping rules left, whatever was then said of it. */
function resultingMicros(
  { amountMicros, applied }: Verdict,
  proposedMicros: number | null,
): number | null {
  const last = applied.findLast(hasAmount);
  return amountMicros ?? last?.afterMicros ?? last?.beforeMicros ??
    proposedMicros;
}

function hasAmount({ beforeMicros, afterMicros }: AppliedRule): boolean {
  return beforeMicros !== null || afterMicros !== null;
}
