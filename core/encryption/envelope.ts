/**
 * Authenticated encryption of one piece of data: AES-256-GCM with a random nonce of 96
 * bits, printed as nonce, ciphertext, tag.
 *
 * What the data belongs to is bound to it as associated data, so that a sealed piece
 * opens in its own place and in no other. With random nonces one key may seal 2^32
 * pieces: that a nonce comes twice is then less likely than 2^-32.
 *
 * @see NIST SP 800-38D, sections 8.2.2 and 8.3
 * @module
 */
import { Buffer } from "node:buffer";
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes of every key. */
export const KEY_BYTES = 32;

/** What a sealed piece belongs to, outermost first: tenant, purpose, row, key. */
export type Place = readonly string[];

/** Seals text or bytes for a place. */
export function seal(
  key: KeyObject,
  place: Place,
  content: string | Uint8Array,
): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(printPlace(place));
  const body = typeof content === "string"
    ? cipher.update(content, "utf8")
    : cipher.update(content);
  const end = cipher.final();
  return Buffer.concat([nonce, body, end, cipher.getAuthTag()]);
}

/** Opens what was sealed; null unless it is whole, of this key and of this place. */
export function open(
  key: KeyObject,
  place: Place,
  sealed: Uint8Array,
): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const cipher = createDecipheriv(
    CIPHER,
    key,
    sealed.subarray(0, NONCE_BYTES),
  );
  cipher.setAAD(printPlace(place));
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const body = cipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([body, cipher.final()]);
  } catch {
    return null;
  }
}

/** No two places print alike. */
function printPlace(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place));
}

/** Makes the bytes of a new key. */
export function newKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Makes the name of a new key: random, 16 hexadecimal digits. */
export function newKeyId(): string {
  return randomBytes(8).toString("hex");
}

/** Derives a key for one use, from which no other use's follows (HKDF-SHA-256). */
export function deriveKey(root: Uint8Array, use: string): KeyObject {
  const derived = hkdfSync("sha256", root, "", `moe:${use}`, KEY_BYTES);
  return createSecretKey(new Uint8Array(derived));
}

/** Keyed hash of a text: 16 bytes, hexadecimal. */
export function keyedHash(key: KeyObject, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex").slice(0, 32);
}
