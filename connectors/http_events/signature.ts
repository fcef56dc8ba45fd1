/**
 * Whether a delivery is the source's: HMAC-SHA256 over the bytes as they came.
 *
 * @module
 */
import { type Delivery, EngineError } from "@moe/plugin";
import { createHmac, timingSafeEqual } from "node:crypto";

/** What a signature is checked by. */
export interface SignatureTerms {
  /** Secret in use. */
  readonly secret: string;
  /** Secret that is being replaced, still good. */
  readonly previousSecret?: string | undefined;
  /** Whether a delivery must say when it was signed. */
  readonly requireTimestamp: boolean;
}

const WINDOW_MS = 5 * 60_000;
const HEX = /^(?:sha256=)?([0-9a-f]{64})$/i;

/**
 * Checks the headers `x-signature` and, if sent, `x-timestamp`.
 *
 * With a timestamp (seconds since 1970) the signature is over `<timestamp>.<body>`
 * and holds for five minutes either way; without, over the body alone.
 *
 * @param delivery What came.
 * @param terms Secrets.
 * @throws {EngineError} `signature_invalid`, never saying what the signature should be.
 */
export function verifySignature(
  { headers, body, receivedAt }: Delivery,
  { secret, previousSecret, requireTimestamp }: SignatureTerms,
): void {
  const given = HEX.exec(headers["x-signature"]?.trim() ?? "")?.[1];
  if (!given) throw invalid("x-signature must be 64 hexadecimal digits");
  const timestamp = headers["x-timestamp"]?.trim();
  if (timestamp === undefined && requireTimestamp) {
    throw invalid("x-timestamp is missing");
  }
  const signature = Uint8Array.from(
    given.match(/../g) ?? [],
    (pair) => parseInt(pair, 16),
  );
  const secrets = previousSecret ? [secret, previousSecret] : [secret];
  const matches = secrets.map((one) =>
    timingSafeEqual(sign(one, timestamp, body), signature)
  );
  if (!matches.includes(true)) throw invalid("x-signature does not match");
  if (timestamp !== undefined) demandRecent(timestamp, receivedAt);
}

/**
 * Signs a body, as sources do.
 *
 * @param secret Shared secret.
 * @param timestamp Seconds since 1970, or undefined for a signature over the body alone.
 * @param body Bytes to be sent.
 * @returns 32 bytes.
 */
export function sign(
  secret: string,
  timestamp: string | undefined,
  body: Uint8Array,
): Uint8Array {
  const hmac = createHmac("sha256", secret);
  if (timestamp !== undefined) hmac.update(`${timestamp}.`);
  return hmac.update(body).digest();
}

function demandRecent(timestamp: string, receivedAt: string): void {
  const signedAt = /^\d{10}$/.test(timestamp) ? Number(timestamp) * 1000 : NaN;
  const apart = Math.abs(Date.parse(receivedAt) - signedAt);
  if (!(apart <= WINDOW_MS)) {
    throw invalid("x-timestamp is not within five minutes");
  }
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "signature_invalid",
    `Cannot accept delivery: ${reason}`,
  );
}
