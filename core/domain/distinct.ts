/**
 * Counting distinct values from few of their hashes. Of sets that were hashed apart, the
 * smallest hashes of both together are those of the union: parts can be counted
 * beforehand and put together later.
 *
 * @see Bar-Yossef et al. (2002), Counting Distinct Elements in a Data Stream; Beyer et
 * al. (2007), On Synopses for Distinct-Value Estimation Under Multiset Operations
 * @module
 */
import { createHash } from "node:crypto";
import { DISTINCT_EXACT } from "./feature.ts";

/** Hexadecimal digits of a hash; 52 bits, which a float holds exactly. */
const HASH_DIGITS = 13;
const HASHES = 2 ** (4 * HASH_DIGITS);

/** Hashes that tell all that {@link distinctEstimate} needs: one more than it counts. */
export const DISTINCT_KEPT: number = DISTINCT_EXACT + 1;

/**
 * Hashes a value.
 *
 * @param text The value as text.
 * @returns The first 52 bits of its MD5, a whole number in [0, 2^52).
 */
export function distinctHash(text: string): number {
  const digits = createHash("md5").update(text).digest("hex");
  return Number.parseInt(digits.slice(0, HASH_DIGITS), 16);
}

/**
 * Tells how many distinct values there are.
 *
 * @param hashes Distinct hashes in ascending order: all of them, or at least the
 * {@link DISTINCT_KEPT} smallest.
 * @returns Their number if there are at most {@link DISTINCT_EXACT}, and beyond an
 * estimate whose standard error is 4.4 percent.
 */
export function distinctEstimate(hashes: ArrayLike<number>): number {
  if (hashes.length <= DISTINCT_EXACT) return hashes.length;
  const last = hashes[DISTINCT_EXACT - 1] ?? NaN;
  return (DISTINCT_EXACT - 1) / (last / HASHES);
}
