/**
 * How rows name a person who is to be erased, as SQL.
 *
 * A pseudonym is looked for in every column: nothing else looks like one. Any other id
 * may be a word or a number like others, so it counts where ids stand: in a signal as
 * the subject, in the text of a dead letter as a whole word, in JSON of ours as a whole
 * text.
 *
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import { findKeyedHashes, subjectHash } from "../domain/keyed_hash.ts";

/** Shorter ids count in the text of a dead letter only between quotes. */
const LEAST_WORD = 4;

/** Patterns of Postgres for a list of subjects. */
export interface Names {
  readonly ids: readonly string[];
  /** For `like any`: any pseudonym among them, anywhere; null if none is one. */
  readonly hashes: readonly string[] | null;
  /** For `~`: any of them in a text as it came. */
  readonly words: string;
  /** For `~`: any of them as a text of JSON, alone or as an entity's key. */
  readonly texts: string;
}

/**
 * Makes the patterns.
 *
 * @throws {RangeError} For nobody, whom an empty pattern would find everywhere.
 */
export function namesOf(ids: readonly string[]): Names {
  if (ids.length === 0 || ids.includes("")) {
    throw new RangeError("Cannot look for nobody");
  }
  const hashes = ids.flatMap(findKeyedHashes);
  const texts = ids.map((id) =>
    `"(subject:)?${escape(JSON.stringify(id).slice(1, -1))}"`
  );
  const words = ids.filter(({ length }) => length >= LEAST_WORD)
    .map((id) => `(?<![[:alnum:]_-])${escape(id)}(?![[:alnum:]_-])`);
  return {
    ids,
    hashes: hashes.length === 0
      ? null
      : hashes.map((hash) => `%${hash.replace("_", "\\_")}%`),
    words: [...hashes, ...texts, ...words].join("|"),
    texts: [...hashes, ...texts].join("|"),
  };
}

/** Under what an erased event is remembered. */
export function eventHash(source: string, eventId: string): string {
  return sha256(JSON.stringify([source, eventId])).slice(0, 32);
}

/** Under what an erasure of several is found again. */
export function targetHash(tenant: string, ids: readonly string[]): string {
  return sha256(ids.map((id) => subjectHash(tenant, id)).sort().join());
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
