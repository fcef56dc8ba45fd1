/**
 * Adstock of a path of spend, by what a model learnt of the carry-over.
 *
 * @module
 */
import type { FittedCurve } from "../../domain/score.ts";
import { adstock } from "../flighting/carry_over.ts";

/**
 * Carries spend over: by the shares that come 0, 1, 2, … days later, or geometrically.
 * Steady spend carries over to itself, and the first day's is taken to have been so.
 *
 * @param spend Micros a day, shape [days].
 * @returns Shape [days].
 */
export function carryOver(
  spend: Float64Array,
  { decay, carryOver: shares }: Pick<FittedCurve, "decay" | "carryOver">,
): Float64Array {
  const [first = 0] = spend;
  if (shares === undefined) {
    let level = first;
    return spend.map((micros) => level = decay * level + (1 - decay) * micros);
  }
  const before = Array<number>(shares.length - 1).fill(first);
  const path = [...before, ...spend];
  return adstock(shares, path, path.length).subarray(before.length);
}
