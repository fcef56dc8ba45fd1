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
const AT = /[@﹫＠]|%(?:25)*40/;
// Bounded, so that a long text costs no long search.
const NAME = String.raw`(?:[^\s@<>"',;:/\\=&?()[\]{}|]|(?<=\w)'(?=\w))`;
/** A name that ends in a mark is one as a whole; otherwise marks end what is before. */
const ODD_NAME = String.raw`[^\s@<>"',;:/\\]{1,64}(?<=[=&?()[\]{}|])`;
const DOT = "(?:[.․﹒．]|%(?:25)*2e)";
const HOST =
  String.raw`(?:[@﹫＠]|%(?:25)*40)(?:[\p{L}\p{M}\p{N}_-]{1,63}${DOT}){1,126}` +
  String.raw`(?:[\p{L}\p{M}]{2,63}|xn--[\w-]{2,59})(?![\p{L}\p{N}@])`;
const EMAIL = new RegExp(String.raw`[^\s@<>"',;:/\\]${HOST}`, "iu");
const EMAILS = new RegExp(`(?:${NAME}{1,64}|${ODD_NAME})${HOST}`, "giu");
/** Encoded marks that cannot be in an address's name: of queries, lists, paths. */
const ENCODED_MARK =
  /%(?:25)*(?:0[9ad]|2[02689cf]|3[a-f]|5[bcd]|7[bcd])(?!(?:25)*40)/gi;

const PLAIN = /^[ -$&-~]*$/;
/** As short as a number can be. */
const DIGITS = /\d[\d ().\/-]{5,24}\d/;
const PLUS_NUMBER =
  /(?<![\w+-]|\d\.)\+ ?\(?[1-9][\d ().\/-]{5,24}\d(?!\w(?<!x(?=\d)))/g;
const PLAIN_NUMBER =
  /(?<=^|[\s;"'<>|[{]|(?<!\d),|(?:tel|phone|mobile|sms|whatsapp)[:=] ?)\(?\d[\d ().\/-]{5,24}\d(?![\w-](?<!x(?=\d)))/gi;
const YEAR = String.raw`(?:19|20)\d\d`;
const MONTH_OR_DAY = "(?:0?[1-9]|[12][0-9]|3[01])";
const DATE = new RegExp(
  String
    .raw`(?<!\d|\d[-./])(?:${YEAR}([-./])${MONTH_OR_DAY}\1${MONTH_OR_DAY}|` +
    String.raw`${MONTH_OR_DAY}([-./])${MONTH_OR_DAY}\2${YEAR})(?!\d|[-./]\d)`,
  "g",
);
const NORTH_AMERICAN =
  /(?<=^|[ /])(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?=$|[ /])/g;
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
  return findPhones(inPlainForm(text)).length > 0 ? "phone" : null;
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
  if (!AT.test(text)) return text;
  return text.replace(EMAILS, (found) => {
    const mark = [...found.matchAll(ENCODED_MARK)].at(-1);
    const start = mark === undefined ? 0 : mark.index + mark[0].length;
    return found.slice(0, start) + replace(found.slice(start));
  });
}

/**
 * Puts something in the place of phone numbers.
 *
 * @param text Any text; one with a number comes back in its plain form: full-width
 * characters made narrow, encoded blanks and pluses decoded.
 * @param replace Makes what stands in a number's place.
 * @returns The text without numbers.
 */
export function replacePhones(
  text: string,
  replace: (phone: string) => string,
): string {
  if (!SUSPECT.test(text)) return text;
  const plain = inPlainForm(text);
  const spans = findPhones(plain);
  if (spans.length === 0) return text;
  let clear = "";
  let from = 0;
  for (const { at, length } of spans) {
    clear += plain.slice(from, at) + replace(plain.slice(at, at + length));
    from = at + length;
  }
  return clear + plain.slice(from);
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

function inPlainForm(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.normalize("NFKC").replaceAll(/%(?:25)*2b/gi, "+")
    .replaceAll(/%(?:25)*20/g, " ").replaceAll(/[\u2010-\u2015\u2212]/g, "-");
}

/** A part of a text. */
interface Span {
  readonly at: number;
  readonly length: number;
}

/** Phone numbers in the order of the text; none overlaps another. */
function findPhones(text: string): Span[] {
  const spans: Span[] = [];
  if (!DIGITS.test(text)) return spans;
  const unsure = text.replace(PLUS_NUMBER, (run, at: number) => {
    const length = dialableLength(run, 7);
    if (length > 0) spans.push({ at, length });
    return "x".repeat(length) + run.slice(length);
  }).replace(DATE, (date) => "x".repeat(date.length));
  for (const { 0: run, index } of unsure.matchAll(PLAIN_NUMBER)) {
    for (const { at, length } of phonesOf(run)) {
      spans.push({ at: index + at, length });
    }
  }
  return spans.sort((one, other) => one.at - other.at);
}

function phonesOf(run: string): Span[] {
  const american = [...run.matchAll(NORTH_AMERICAN)]
    .map(({ 0: { length }, index: at }) => ({ at, length }));
  if (american.length > 0) return american;
  const trunk = TRUNK.test(run) ? dialableLength(run, 9) : 0;
  if (trunk > 0) return [{ at: 0, length: trunk }];
  const grouped = GROUPS.test(run) && dialableLength(run, 9) === run.length;
  return grouped ? [{ at: 0, length: run.length }] : [];
}

/** Length of the longest beginning, up to the end of a group, that can be dialled. */
function dialableLength(run: string, leastDigits: number): number {
  let digits = 0;
  let length = 0;
  for (const { 0: group, index } of run.matchAll(/\d+/g)) {
    digits += group.length;
    if (digits > 15) break;
    if (digits >= leastDigits) length = index + group.length;
  }
  return length;
}
