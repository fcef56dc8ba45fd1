/**
 * Who sent a delivery: proved by a signature over its bytes, or by a write key.
 *
 * A delivery with `x-signature` is judged by it, where a secret for signatures is
 * configured: 64 hexadecimal digits are HMAC-SHA256 by `secret`, 40 are the
 * HMAC-SHA1 of Segment's outbound webhooks by `sharedSecret`. Everything else must
 * bring the write key: as the name of HTTP Basic, or as `writeKey` in the body, as
 * the browser library sends it.
 *
 * @see https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/, read on 2026-11-26
 * @see https://segment.com/docs/connections/destinations/catalog/actions-webhook/, read on 2026-11-26
 * @module
 */
import { type Delivery, EngineError } from "@moe/plugin";
import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What a sender is known by; each has one before it that is still good. */
export interface SenderTerms {
  readonly writeKey?: string | undefined;
  readonly previousWriteKey?: string | undefined;
  /** Of HMAC-SHA256. */
  readonly secret?: string | undefined;
  readonly previousSecret?: string | undefined;
  /** Of Segment's HMAC-SHA1. */
  readonly sharedSecret?: string | undefined;
  readonly previousSharedSecret?: string | undefined;
  /** Whether an HMAC-SHA256 must say when it was made. */
  readonly requireTimestamp: boolean;
}

/** How a sender proved itself. */
export type Proof = "signature" | "shared_secret" | "write_key";

const WINDOW_MS = 5 * 60_000;
const SHA256_HEX = /^(?:sha256=)?([0-9a-f]{64})$/i;
const SHA1_HEX = /^([0-9a-f]{40})$/i;
const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;
const ARRAY = /^\s*\[/;

/**
 * Checks who sent a delivery.
 *
 * @param delivery What came.
 * @param terms What senders are known by.
 * @returns How the sender proved itself.
 * @throws {EngineError} `signature_invalid`, never saying what would have been right.
 */
export function verifySender(delivery: Delivery, terms: SenderTerms): Proof {
  const { secret, sharedSecret, writeKey } = terms;
  const signature = delivery.headers["x-signature"]?.trim();
  const signed = secret !== undefined || sharedSecret !== undefined;
  if (signature !== undefined && signed) {
    return verifySignature(signature, delivery, terms);
  }
  if (writeKey === undefined) throw invalid("x-signature is missing");
  verifyWriteKey(delivery, present([writeKey, terms.previousWriteKey]));
  return "write_key";
}

function verifySignature(
  signature: string,
  delivery: Delivery,
  { secret, previousSecret, ...terms }: SenderTerms,
): Proof {
  const sha256 = SHA256_HEX.exec(signature)?.[1];
  if (sha256 !== undefined && secret !== undefined) {
    verifySha256(sha256, delivery, {
      secrets: present([secret, previousSecret]),
      requireTimestamp: terms.requireTimestamp,
    });
    return "signature";
  }
  const sha1 = SHA1_HEX.exec(signature)?.[1];
  const { sharedSecret, previousSharedSecret } = terms;
  if (sha1 !== undefined && sharedSecret !== undefined) {
    const secrets = present([sharedSecret, previousSharedSecret]);
    verifySha1(sha1, delivery.body, secrets);
    return "shared_secret";
  }
  const digits = present([secret && "64", sharedSecret && "40"]).join(" or ");
  throw invalid(`x-signature must be ${digits} hexadecimal digits`);
}

function verifySha256(
  given: string,
  { headers, body, receivedAt }: Delivery,
  { secrets, requireTimestamp }: {
    readonly secrets: readonly string[];
    readonly requireTimestamp: boolean;
  },
): void {
  const timestamp = headers["x-timestamp"]?.trim();
  if (timestamp === undefined && requireTimestamp) {
    throw invalid("x-timestamp is missing");
  }
  if (!matches(given, secrets.map((one) => sign(one, timestamp, body)))) {
    throw invalid("x-signature does not match");
  }
  if (timestamp !== undefined) demandRecent(timestamp, receivedAt);
}

/** Segment signs the first message of an array alone, so no array can be trusted. */
function verifySha1(
  given: string,
  body: Uint8Array,
  secrets: readonly string[],
): void {
  if (matches(given, secrets.map((one) => signSha1(one, body)))) return;
  const batched = ARRAY.test(new TextDecoder().decode(body.subarray(0, 64)));
  throw invalid(
    batched
      ? "x-signature does not cover the batch, only its first message: let Segment send messages one by one"
      : "x-signature does not match",
  );
}

function verifyWriteKey(
  { headers, body }: Delivery,
  keys: readonly string[],
): void {
  const given = basicName(headers.authorization) ?? bodyWriteKey(body);
  if (given === null) throw invalid("it brings no write key");
  const same = keys.map((key) => timingSafeEqual(hash(key), hash(given)));
  if (!same.includes(true)) throw invalid("the write key is not the source's");
}

function basicName(authorization: string | undefined): string | null {
  const encoded = BASIC.exec(authorization?.trim() ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  return text.split(":", 1)[0] || null;
}

function bodyWriteKey(body: Uint8Array): string | null {
  try {
    const { writeKey } = JSON.parse(new TextDecoder().decode(body));
    return typeof writeKey === "string" ? writeKey : null;
  } catch {
    return null;
  }
}

/**
 * Signs a body, as senders with `secret` do.
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

/**
 * Signs a body, as Segment's outbound webhooks do.
 *
 * @param secret Shared secret.
 * @param body Bytes to be sent.
 * @returns 20 bytes.
 */
export function signSha1(secret: string, body: Uint8Array): Uint8Array {
  return createHmac("sha1", secret).update(body).digest();
}

function matches(given: string, right: readonly Uint8Array[]): boolean {
  const bytes = Uint8Array.from(
    given.match(/../g) ?? [],
    (pair) => parseInt(pair, 16),
  );
  return right.map((one) => timingSafeEqual(one, bytes)).includes(true);
}

function demandRecent(timestamp: string, receivedAt: string): void {
  const signedAt = /^\d{10}$/.test(timestamp) ? Number(timestamp) * 1000 : NaN;
  const apart = Math.abs(Date.parse(receivedAt) - signedAt);
  if (!(apart <= WINDOW_MS)) {
    throw invalid("x-timestamp is not within five minutes");
  }
}

function hash(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function present(texts: readonly (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined);
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "signature_invalid",
    `Cannot accept delivery: ${reason}`,
  );
}
