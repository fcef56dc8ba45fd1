/**
 * Sets of outcomes, one bit each: what a condition may still be, after Kleene.
 *
 * @module
 */

/** It may be true. */
export const T = 1;
/** It may be false. */
export const F = 2;
/** It may be unknown. */
export const U = 4;

/** Outcomes of the negation. */
export function negate(found: number): number {
  return (found & U) | (found & T ? F : 0) | (found & F ? T : 0);
}

/** Outcomes of "both". */
export function conjoin(a: number, b: number): number {
  const isUnknown = (a & U && b & (T | U)) || (b & U && a & (T | U));
  return (a & b & T) | ((a | b) & F) | (isUnknown ? U : 0);
}

/** Outcomes of `some` or `all` over a list that holds these and may hold those. */
export function quantify(
  how: "some" | "all",
  must: readonly number[],
  may: readonly number[],
): number {
  if (how === "all") return allOf(must, may);
  if (must.includes(T)) return T;
  const either = [...must, ...may].reduce((a, b) => a | b, 0);
  const isFalse = must.every((one) => (one & F) !== 0);
  return (either & (T | U)) | (isFalse ? F : 0);
}

/** All of an empty list is false. */
function allOf(must: readonly number[], may: readonly number[]): number {
  if (must.includes(F)) return F;
  const each = [...must, ...may];
  const either = each.reduce((a, b) => a | b, 0);
  const isTrue = must.every((one) => (one & T) !== 0) && (either & T) !== 0;
  const isEmpty = must.length === 0;
  return (isTrue ? T : 0) | (either & (F | U)) | (isEmpty ? F : 0);
}
