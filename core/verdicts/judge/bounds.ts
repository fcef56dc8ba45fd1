/**
 * What policies demand of an amount before one is proposed.
 *
 * @module
 */
import type { AppliedRule, Facts } from "../../domain/verdict.ts";
import { applyRule } from "./apply_rule.ts";
import { type JudgeOptions, withAmount } from "./judge.ts";
import { evaluateStage, type Stages } from "./stage.ts";
import { applySwitches } from "./switches.ts";

/** Limits of an amount, in whole micros. */
export interface Bounds {
  /** Least; null for none. Never above the most: a cap wins over a floor. */
  readonly loMicros: number | null;
  /** Most; null for none. */
  readonly hiMicros: number | null;
  /** Rules that set the bounds or deny. */
  readonly applied: readonly AppliedRule[];
  /** Whether every amount is denied. */
  readonly denied: boolean;
}

/** Collects caps, floors and denials that do not depend on the amount. */
export function boundAmount(
  stages: Stages,
  facts: Facts,
  options: Omit<JudgeOptions, "amountMicros">,
): Bounds {
  const seen = withAmount(facts, null, options.currentMicros ?? null);
  const scope = { facts: seen, channel: options.channel };
  const found = { floor: [] as number[], cap: [] as number[] };
  const applied: AppliedRule[] = [];
  let denied = false;
  for (const finding of evaluateStage(stages.ahead, seen, options)) {
    const outcome = applyRule(finding, null, scope);
    if (outcome === null) continue;
    const { effect } = outcome.applied;
    applied.push(outcome.applied);
    denied ||= outcome.denied;
    if (outcome.afterMicros !== null && effect in found) {
      found[effect as keyof typeof found].push(outcome.afterMicros);
    }
  }
  const stopped = applySwitches(stages.switches, facts, options);
  applied.push(...stopped);
  denied ||= stopped.length > 0;
  const hiMicros = found.cap.length === 0 ? null : Math.min(...found.cap);
  const lo = found.floor.length === 0 ? null : Math.max(...found.floor);
  const loMicros = lo === null ? null : Math.min(lo, hiMicros ?? lo);
  return { loMicros, hiMicros, applied, denied };
}
