/**
 * Adstock of a path of spend, by what a model learnt of the carry-over.
 *
 * @module
 */
import type { FittedCurve } from "../../domain/score.ts";

/**
 * Carries spend over: by the shares that come 0, 1, 2, … days later, or geometrically.
 * Steady spend carries over to itself.
 *
 * @param spend Micros a day, shape [days].
 * @returns Shape [days].
 */
export function carryOver(
  spend: Float64Array,
  { decay, carryOver: shares }: Pick<FittedCurve, "decay" | "carryOver">,
): Float64Array {
  const felt = new Float64Array(spend.length);
  if (shares === undefined) {
    let level = spend[0] ?? 0;
    spend.forEach((micros, day) => {
      level = decay * level + (1 - decay) * micros;
      felt[day] = level;
    });
    return felt;
  }
  for (let day = 0; day < spend.length; day++) {
    let level = 0;
    for (let lag = 0; lag < shares.length; lag++) {
      level += (shares[lag] as number) *
        (spend[Math.max(0, day - lag)] as number);
    }
    felt[day] = level;
  }
  return felt;
}
