/**
 * What a path of spend would have returned, where that is known: each entity's outcome
 * of each day under any spend, as a simulator or a long experiment tells it.
 *
 * @module
 */
import type { Window } from "./window.ts";

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

/** Outcome of a path of spend over the days planned, by entity: shape [entities]. */
export function sumKnown(
  { respond }: KnownResponse,
  path: readonly Float64Array[],
  { from, until }: { readonly from: number; readonly until: number },
): Float64Array {
  return Float64Array.from(
    path,
    (spend, at) =>
      respond(at, spend).subarray(from, until).reduce((all, y) => all + y, 0),
  );
}
