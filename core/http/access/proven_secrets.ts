/**
 * Secrets that were found right are not hashed again for as long as their record is kept:
 * a caller asks many times a second with the same one.
 *
 * @module
 */
import type { ApiKey } from "../../ports/access.ts";

/** Tells whether a secret is a record's; false for no record. */
export type Compare = (record: ApiKey | null, secret: string) => boolean;

/** What secrets are compared with where none was found right yet. */
const NOBODYS_SECRET = "-".repeat(64);

/**
 * Spares hashing.
 *
 * @param compare Hashes and compares.
 * @returns The same answers; a wrong secret takes as long whatever is known of its key.
 */
export function createProvenSecrets(compare: Compare): Compare {
  const proven = new WeakMap<ApiKey, string>();
  return (record, secret) => {
    const known = record === null ? undefined : proven.get(record);
    const isKnown = isSameText(known ?? NOBODYS_SECRET, secret);
    if (isKnown && known !== undefined) return true;
    const isRight = compare(record, secret);
    if (isRight && record !== null) proven.set(record, secret);
    return isRight;
  };
}

/** In a time that depends on the lengths alone, which are the same for all secrets. */
function isSameText(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < other.length; at++) {
    difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  }
  return difference === 0;
}
