/**
 * The `Idempotency-Key` header: one key, one effect, one answer.
 *
 * The draft asks for a structured-field string (`"abc"`); a bare token is taken too,
 * as many clients send one. `"abc"` and `abc` are the same key.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 * @module
 */
import { sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";

/** Longest key, in characters. */
export const MAX_KEY_LENGTH = 255;

const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/** How a stage is told of a caller's key. */
export interface Idempotent {
  /** Method and path pattern. */
  readonly route: string;
  /** The caller's key. */
  readonly key: string;
  /** SHA-256 of route and body as they came, but for a person's identifier. */
  readonly requestHash: string;
}

/**
 * Reads the header.
 *
 * @param header What was sent.
 * @returns The key without quotes and escapes, or null if the header is absent.
 * @throws {EngineError} `request_invalid` if it is neither form, or longer than 255.
 */
export function parseIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const quoted = QUOTED.exec(header);
  const key = quoted
    ? (quoted[1] ?? "").replaceAll(/\\(.)/g, "$1")
    : BARE.test(header)
    ? header
    : "";
  if (key.length < 1 || key.length > MAX_KEY_LENGTH) {
    throw new EngineError(
      "request_invalid",
      `Cannot read header "Idempotency-Key": send 1 to ${MAX_KEY_LENGTH} visible ASCII characters, quoted or bare`,
      { facts: { header: "Idempotency-Key" } },
    );
  }
  return key;
}

/**
 * Binds a key to a request.
 *
 * @param key The parsed key, or null.
 * @param route Method and path pattern.
 * @param body The body as it came, but for a person's identifier.
 * @returns What the stages keep with the effect; null without a key.
 */
export function bindIdempotencyKey(
  key: string | null,
  route: string,
  body: string,
): Idempotent | null {
  if (key === null) return null;
  return { route, key, requestHash: sha256(`${route}\n${body}`) };
}
