/**
 * A record of the log that is sealed: who it is of, when, and under which key, in clear;
 * what it says, not. Its chain holds for whoever has no key.
 *
 * @module
 */
import type { Instant } from "./day.ts";

/** A sealed record, as the log keeps it. */
export interface SealedRecord {
  /** When it was taken. */
  readonly at: Instant;
  /** Base64 of nonce, ciphertext and tag; empty where there is nothing left to open. */
  readonly data: string;
  /** Id of the record. */
  readonly id: string;
  /** Id of the key that opens it. */
  readonly key: string;
  /** Tells it from records in clear. */
  readonly kind: "sealed";
  /** What kind of record is sealed. */
  readonly of: string;
  /** Whose. */
  readonly tenant: string;
  /** Form of this record. */
  readonly v: 2;
}

const END = ',"v":2}';

/**
 * Prints a sealed record.
 *
 * @param sealed The record.
 * @returns Canonical JSON, as `canonicalJson` prints it.
 */
export function printSealed(
  { at, data, id, key, of, tenant }: Omit<SealedRecord, "kind" | "v">,
): string {
  const [moment, name, whose] = [at, id, tenant].map((text) =>
    JSON.stringify(text)
  );
  return `{"at":${moment},"data":"${data}","id":${name},"key":"${key}",` +
    `"kind":"sealed","of":"${of}","tenant":${whose}${END}`;
}

/**
 * Reads a sealed record; the inverse of {@link printSealed}.
 *
 * @param text A record of the log.
 * @returns The sealed record, or null if it is in clear, or no record.
 */
export function parseSealed(text: string): SealedRecord | null {
  if (!text.endsWith(END)) return null;
  try {
    const parsed = JSON.parse(text);
    return parsed?.kind === "sealed" ? parsed : null;
  } catch {
    return null;
  }
}
