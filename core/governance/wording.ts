/**
 * What people say of changes, for good: titles and reasons are one line each, so that no
 * text of theirs looks like another line of a log, a table or a page.
 *
 * @module
 */

/** Characters of a title. */
const TITLE_LENGTH = 200;
/** Characters of a reason. */
const REASON_LENGTH = 500;
/** What ends a line, moves a cursor, or turns the direction of writing. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** Why a text is no title, or null. */
export function refuseTitle(title: string): string | null {
  if (title.trim() === "") return "a title must be given";
  return isLine(title, TITLE_LENGTH)
    ? null
    : `a title is one line of at most ${TITLE_LENGTH} characters`;
}

/** Why a text is no reason, or null; where none has to be given, it may be empty. */
export function refuseReason(reason: string): string | null {
  return isLine(reason, REASON_LENGTH)
    ? null
    : `a reason is one line of at most ${REASON_LENGTH} characters`;
}

function isLine(text: string, length: number): boolean {
  return text.length <= length && !UNSEEN.test(text);
}
