/**
 * Personal data that must not get in: ids are pseudonymous.
 *
 * An e-mail address is unmistakable in any text. A phone number is not: plain
 * digits are ids, and a number counts as one only if it is written as one, with a
 * `+`, a leading zero or bracket, or digits in groups. Dates, decimals and the
 * 123-456-7890 of an advertising account are let through.
 *
 * @module
 */

/** What a text holds that must not be sent. */
export type PersonalData = "email" | "phone";

const SUSPECT = /[@+＋%]|\d[ .()/-]|^\(|\) ?\d|[^ -~]/;
const AT = /[@﹫＠]|%40/;
// Bounded, so that a long text costs no long search.
const NAME = String.raw`[^\s@<>"',;:/\\]`;
const HOST =
  String.raw`(?:[@﹫＠]|%40)(?:[\p{L}\p{M}\p{N}_-]{1,63}[.․﹒．]){1,126}` +
  String.raw`(?:[\p{L}\p{M}]{2,63}|xn--[\w-]{2,59})(?![\p{L}\p{N}@])`;
const EMAIL = new RegExp(NAME + HOST, "iu");
const EMAILS = new RegExp(`${NAME}{1,64}${HOST}`, "giu");
const PLUS_NUMBER = /(?<![\w+.-])\+ ?\(?\d[\d ().\/-]{5,24}\d(?!\w)/;
const PLAIN_NUMBER =
  /(?<=^|\s|(?:tel|phone|mobile|sms|whatsapp)[:=] ?)\(?\d[\d ().\/-]{5,24}\d(?![\w-])/gi;
const DATE = /^\d{4}[-./]\d{1,2}[-./]\d{1,2}|^\d{1,2}[-./]\d{1,2}[-./]\d{4}/;
const NORTH_AMERICAN = /^(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}$/;
const TRUNK = /^\(?0\d{1,5}[ ()\/-]{1,3}\d/;
const GROUPS =
  /^\d{2,4}(?:[ ]\d{2,4}){2,6}$|^\d{2,3}(?:-\d{2,3}){2,5}(?:-\d{4})?$/;

/**
 * Looks for personal data in a text.
 *
 * @param text Any text; percent-encoding and full-width forms are seen through.
 * @returns What it holds, or null.
 * @example
 * ```ts
 * import { findPersonalData } from "./personal_data.ts";
 * findPersonalData("jane@example.com"); // "email"
 * findPersonalData("+49 171 1234567"); // "phone"
 * findPersonalData("23849102931"); // null
 * ```
 */
export function findPersonalData(text: string): PersonalData | null {
  if (!SUSPECT.test(text)) return null;
  if (holdsEmail(text)) return "email";
  const plain = text.normalize("NFKC")
    .replaceAll(/%2b/gi, "+").replaceAll("%20", " ");
  return holdsPhoneNumber(plain.replaceAll(/[\u2010-\u2015\u2212]/g, "-"))
    ? "phone"
    : null;
}

/**
 * Whether a text holds an e-mail address.
 *
 * @param text Any text; percent-encoding and full-width forms are seen through.
 * @returns True if one is in it.
 * @example
 * ```ts
 * import { holdsEmail } from "./personal_data.ts";
 * holdsEmail("ask ann@example.com"); // true
 * ```
 */
export function holdsEmail(text: string): boolean {
  return AT.test(text) && EMAIL.test(text);
}

/**
 * Puts something in the place of e-mail addresses.
 *
 * @param text Any text.
 * @param replace Makes what stands in an address's place.
 * @returns The text without addresses.
 */
export function replaceEmails(
  text: string,
  replace: (email: string) => string,
): string {
  return AT.test(text) ? text.replace(EMAILS, (email) => replace(email)) : text;
}

/**
 * Whether a text is an advertising account's id in the form 123-456-7890, which
 * would otherwise read as a phone number.
 *
 * @param text An account's id.
 * @returns True for three, three and four digits with dashes.
 */
export function isAccountNumber(text: string): boolean {
  return /^\d{3}-\d{3}-\d{4}$/.test(text);
}

function holdsPhoneNumber(text: string): boolean {
  const plus = PLUS_NUMBER.exec(text);
  if (plus && isDialable(plus[0])) return true;
  for (const [candidate] of text.matchAll(PLAIN_NUMBER)) {
    if (isWrittenAsPhone(candidate.trim())) return true;
  }
  return false;
}

function isWrittenAsPhone(text: string): boolean {
  if (DATE.test(text)) return false;
  if (NORTH_AMERICAN.test(text)) return true;
  const digits = countDigits(text);
  if (TRUNK.test(text)) return digits >= 9 && digits <= 15;
  return GROUPS.test(text) && digits >= 9 && digits <= 15;
}

function isDialable(text: string): boolean {
  const digits = countDigits(text);
  return digits >= 7 && digits <= 15;
}

function countDigits(text: string): number {
  return text.replaceAll(/\D/g, "").length;
}
