/**
 * What a chance is worth: the bid at which the wanted return is met exactly.
 *
 *     bid = score × value × 1000 / target return in thousandths
 *
 * A score that is an expected value in micros already stands for score × value.
 *
 * @module
 */
import type { ModelUse } from "../domain/score.ts";

/**
 * Proposes a bid.
 *
 * @param score Chance of the outcome, or its expected value in micros where the use
 * has no value; below 0 counts as 0.
 * @param use Value of one outcome, and the return wanted.
 * @returns Whole micros, rounded down; null if that is no safe integer.
 */
export function proposeBid(
  score: number,
  { valueMicros, targetReturnPermille }: Extract<ModelUse, { kind: "bid" }>,
): number | null {
  const worth = Math.max(score, 0) * Number(valueMicros ?? 1n) * 1000;
  const micros = Math.floor(worth / targetReturnPermille);
  return Number.isSafeInteger(micros) ? micros : null;
}
