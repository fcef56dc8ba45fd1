/**
 * What a path of spend would have returned, where that is known: each entity's outcome
 * of each day under any spend, as a simulator or a long experiment tells it.
 *
 * @module
 */
import { sum, type Window } from "./window.ts";

/** Known responses. */
export interface KnownResponse {
  /**
   * Outcome of an entity in each day of the log.
   *
   * @param at Which entity.
   * @param spend Micros a day, shape [days].
   * @returns Shape [days].
   */
  respond(at: number, spend: Float64Array): Float64Array;
  /** The best division of a window's total by the truth; null if it is not known. */
  best?(window: Window): Float64Array;
}

/** Outcome of all entities in each window under a path of spend; shape [windows]. */
export function sumKnown(
  { respond }: KnownResponse,
  path: readonly Float64Array[],
  windows: readonly Pick<Window, "from" | "until">[],
): Float64Array {
  const daily = path.map((spend, at) => respond(at, spend));
  return Float64Array.from(
    windows,
    ({ from, until }) =>
      daily.reduce((all, one) => all + sum(one.subarray(from, until)), 0),
  );
}
