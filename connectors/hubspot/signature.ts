/**
 * Whether a push is HubSpot's.
 *
 * - v3: base64 HMAC-SHA256 over method, address, body and timestamp, good for five
 *   minutes;
 * - v2: hexadecimal SHA-256 over secret, method, address and body;
 * - v1: hexadecimal SHA-256 over secret and body.
 *
 * The documentation wants twelve escapes of the address decoded before v3 is
 * computed; HubSpot's own libraries decode none. Both spellings are tried: either
 * can only be signed by who has the secret. v1 and v2 know no time, so an old push
 * can be sent again; events keep their ids, so it changes nothing.
 *
 * @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests, read on 2026-08-22
 * @module
 */
import { type Delivery, EngineError } from "@moe/plugin";
import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Config } from "./config.ts";

/** What a signature is computed over. */
export interface Signed {
  readonly method: string;
  readonly url: string;
  readonly body: Uint8Array;
  /** Milliseconds since 1970, as they are in the header; v3 alone. */
  readonly timestamp: string;
}

const WINDOW_MS = 300_000;
const ESCAPES = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/**
 * Signs, as HubSpot does.
 *
 * @param version Which of its ways.
 * @param secret The app's client secret.
 * @param signed What is signed.
 * @returns The header's text.
 */
export function sign(
  version: Config["signatureVersion"],
  secret: string,
  { method, url, body, timestamp }: Signed,
): string {
  if (version === "v3") {
    return createHmac("sha256", secret).update(method + url).update(body)
      .update(timestamp).digest("base64");
  }
  const hash = createHash("sha256").update(secret);
  if (version === "v2") hash.update(method + url);
  return hash.update(body).digest("hex");
}

/**
 * Decodes the twelve escapes that HubSpot's documentation lists, and no others.
 *
 * @param url Address as it was called.
 * @returns Address as it is signed.
 */
export function decodeListed(url: string): string {
  return url.replaceAll(ESCAPES, (escape) => decodeURIComponent(escape));
}

/**
 * Checks a push.
 *
 * @param delivery What came.
 * @param config Secrets, and how pushes are signed.
 * @throws {EngineError} `signature_invalid`, never saying what the signature should be.
 */
export function verifySignature(
  { headers, body, method = "POST", url = "", receivedAt }: Delivery,
  { signatureVersion: version, clientSecret, previousClientSecret }: Config,
): void {
  if (clientSecret === undefined) throw invalid("clientSecret is not set");
  const isLatest = version === "v3";
  const name = isLatest ? "x-hubspot-signature-v3" : "x-hubspot-signature";
  const given = headers[name]?.trim();
  if (!given) throw invalid(`${name} is missing`);
  const said = headers["x-hubspot-signature-version"]?.trim();
  if (!isLatest && said !== version) {
    throw invalid(`it is not signed by ${version}`);
  }
  const timestamp = headers["x-hubspot-request-timestamp"]?.trim() ?? "";
  if (isLatest) demandRecent(timestamp, receivedAt);
  if (version !== "v1" && url === "") throw invalid("its address is not known");
  const wanted = [clientSecret, previousClientSecret ?? clientSecret].flatMap(
    (secret) =>
      [url, decodeListed(url)].map((spelt) =>
        sign(version, secret, { method, url: spelt, body, timestamp })
      ),
  );
  if (!wanted.map((one) => isSame(one, given)).includes(true)) {
    throw invalid(`${name} does not match`);
  }
}

function isSame(wanted: string, given: string): boolean {
  const [left, right] = [Buffer.from(wanted), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function demandRecent(timestamp: string, receivedAt: string): void {
  const signedAt = /^\d{13}$/.test(timestamp) ? Number(timestamp) : NaN;
  if (!(Math.abs(Date.parse(receivedAt) - signedAt) <= WINDOW_MS)) {
    throw invalid("x-hubspot-request-timestamp is not within five minutes");
  }
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "signature_invalid",
    `Cannot accept delivery: ${reason}`,
  );
}
