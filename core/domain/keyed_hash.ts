/**
 * Pseudonyms of people as the door makes them: `email_`, `phone_` or `ip_` and a keyed
 * hash. Nobody else has the same and nothing else looks like one, so one can be looked
 * for in any text.
 *
 * @module
 */

import { sha256 } from "./canonical.ts";

const KEYED_HASH = /(?:email|phone|ip)_[0-9a-f]{32}(?![0-9a-f])/g;

/**
 * Finds pseudonyms in a text.
 *
 * @param text Any text.
 * @returns Each, once, in the order of the text.
 * @example
 * ```ts
 * import { findKeyedHashes } from "./keyed_hash.ts";
 * findKeyedHashes("row:ip_0123456789abcdef0123456789abcdef"); // one
 * findKeyedHashes("u-48151623"); // none
 * ```
 */
export function findKeyedHashes(text: string): string[] {
  return [...new Set(text.match(KEYED_HASH) ?? [])];
}

/**
 * Under what an erased subject is remembered.
 *
 * @param tenant Whose.
 * @param id Id by which the engine knew the subject.
 * @returns SHA-256, hexadecimal.
 */
export function subjectHash(tenant: string, id: string): string {
  return sha256(`erased:${tenant}:${id}`);
}
