/**
 * Sealed pieces of text that say which key opens them: `moe-sealed:1:<key>:<base64>`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { NOBODY, type SealingKey } from "./data_keys.ts";
import { open, type Place, seal } from "./envelope.ts";

const SEALED = /^moe-sealed:1:([0-9a-f]{16}|erased):([A-Za-z0-9+/]*=*)$/;

/** A sealed piece of text. */
export interface SealedText {
  /** Id of the key that opens it. */
  readonly key: string;
  readonly data: string;
}

/** Seals a text for a place. */
export function sealText(
  key: Pick<SealingKey, "id" | "key">,
  place: Place,
  text: string,
): string {
  return `moe-sealed:1:${key.id}:${sealData(key, place, text)}`;
}

/** What {@link sealText} puts behind the key: base64, empty where nobody is to open it. */
export function sealData(
  { id, key }: Pick<SealingKey, "id" | "key">,
  place: Place,
  text: string,
): string {
  return id === NOBODY
    ? ""
    : seal(key, [...place, id], text).toString("base64");
}

/** Reads a sealed text; null if the text is in clear. */
export function parseSealedText(text: string): SealedText | null {
  const [, key, data] = SEALED.exec(text) ?? [];
  return key === undefined || data === undefined ? null : { key, data };
}

/** Opens; null unless the text is whole, of this key and of this place. */
export function openText(
  key: KeyObject,
  place: Place,
  sealed: SealedText,
): string | null {
  const bytes = Buffer.from(sealed.data, "base64");
  return open(key, [...place, sealed.key], bytes)?.toString("utf8") ?? null;
}
