/**
 * Personal data that must not get in: ids are pseudonymous.
 *
 * Only what is unmistakable in any text is looked for here, an e-mail address;
 * connectors know their sources and refuse more.
 *
 * @module
 */

// Bounded, so that a long text costs no long search.
const EMAIL = /[^\s@<>"',;:/\\]{1,64}@[^\s@<>"',;:/\\]{1,253}\.[a-z]{2,}/i;
const EMAILS = new RegExp(EMAIL, "gi");

/**
 * Whether a text holds an e-mail address.
 *
 * @param text Any text.
 * @returns True if one is in it.
 * @example
 * ```ts
 * import { holdsEmail } from "./personal.ts";
 * holdsEmail("ask ann@example.com"); // true
 * ```
 */
export function holdsEmail(text: string): boolean {
  return text.includes("@") && EMAIL.test(text);
}

/**
 * Takes e-mail addresses out of a text.
 *
 * @param text Any text.
 * @returns The text with `[redacted]` in their place.
 */
export function redactEmails(text: string): string {
  return text.includes("@") ? text.replace(EMAILS, "[redacted]") : text;
}
