/**
 * What Postgres cannot hold in text and `jsonb`: the zero character and halves of
 * surrogate pairs. They become the replacement character.
 *
 * @see https://www.postgresql.org/docs/current/datatype-json.html, read on 2026-11-26
 * @module
 */

/** How a member is told: the replacer of `JSON.stringify`, but for `toJSON`. */
type Replace = (name: string, member: unknown) => unknown;

/** How `JSON.stringify` may have printed one of them, among texts that look the same. */
const SUSPECT = /\\u(?:0000|d[89a-f])/i;

/** A text without what Postgres cannot hold. */
export function storable(text: string): string {
  return text.includes("\0") || !text.isWellFormed()
    ? text.replaceAll("\0", "\uFFFD").toWellFormed()
    : text;
}

/**
 * Prints JSON that Postgres can hold. What may not be storable is printed a second
 * time, text by text: in the printed JSON an escape is not told from a backslash of
 * the text that happens to be followed by the same letters.
 *
 * @param value Anything that JSON can tell.
 * @param replace What to tell in place of a member.
 * @returns JSON in which every text, names of members included, is storable.
 */
export function printJson(value: unknown, replace?: Replace): string {
  const text = JSON.stringify(value, replace);
  return SUSPECT.test(text)
    ? JSON.stringify(
      value,
      (name, member) =>
        storableMember(replace ? replace(name, member) : member),
    )
    : text;
}

function storableMember(member: unknown): unknown {
  if (typeof member === "string") return storable(member);
  if (typeof member !== "object" || member === null || Array.isArray(member)) {
    return member;
  }
  const members = Object.entries(member);
  return members.every(([name]) => storable(name) === name)
    ? member
    : Object.fromEntries(members.map(([name, of]) => [storable(name), of]));
}
