/**
 * Names by which callers are known: what can be one, in one spelling.
 *
 * @module
 */

const TENANT = /^[A-Za-z0-9][\w-]{0,62}$/;
const GROUP = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;
const PURPOSE = /^[a-z][a-z0-9_]{0,62}$/;

/** Longest name of a person or a system, characters. */
export const MAX_NAME_LENGTH = 100;

/**
 * Whether a text can name a tenant; it becomes part of keys and of paths.
 *
 * @param text The text.
 * @returns True for 1 to 63 letters, digits, `_` and `-`, the first no `_` or `-`.
 */
export function isTenant(text: string): boolean {
  return TENANT.test(text);
}

/**
 * Whether a text can name a group that speaks in reviews.
 *
 * @param text The text, composed and without space around it.
 * @returns True for 1 to 100 letters, digits, spaces, `.`, `_` and `-`.
 */
export function isGroup(text: string): boolean {
  return GROUP.test(text);
}

/**
 * Whether a text can name what features are read for.
 *
 * @param text The text.
 * @returns True for a snake_case name of at most 63 characters.
 */
export function isPurpose(text: string): boolean {
  return PURPOSE.test(text);
}

/**
 * The name of a person or a system, as four-eyes rules compare it.
 *
 * @param text What was given.
 * @returns It with no space around and composed characters; null if it is empty, long or
 * has control characters.
 */
export function plainName(text: string): string | null {
  const name = text.normalize("NFC").trim();
  const fits = name !== "" && name.length <= MAX_NAME_LENGTH &&
    !/\p{C}/u.test(name);
  return fits ? name : null;
}
