/**
 * Loops over vectors that samplers run millions of times: they allocate nothing.
 *
 * @module
 */

/** Adds a multiple of a vector to another, in place. */
export function addScaled(
  to: Float64Array,
  what: Float64Array,
  by: number,
): void {
  for (let i = 0; i < to.length; i++) {
    to[i] = (to[i] as number) + by * (what[i] as number);
  }
}

/** Sum of the products of two vectors. */
export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) {
    sum += (left[i] as number) * (right[i] as number);
  }
  return sum;
}

/** log(e^left + e^right) without leaving the numbers there are. */
export function logAdd(left: number, right: number): number {
  const most = Math.max(left, right);
  if (most === -Infinity) return most;
  return most + Math.log1p(Math.exp(Math.min(left, right) - most));
}
