/**
 * Who sent a delivery, by the four ways of signing that vendors share. A signature
 * is compared as the text that the header must have, so that no second spelling of
 * it passes.
 *
 * - `standard_webhooks`: base64 HMAC-SHA256 over id, timestamp and body; several
 *   signatures while the sender changes keys; good for five minutes, and made anew
 *   for every attempt.
 * - `x_hub_signature_256`: hexadecimal HMAC-SHA256 over the body (Meta, GitHub).
 * - `mandrill`: base64 HMAC-SHA1 over the address and the sorted members of the form.
 * - `mautic`: base64 HMAC-SHA256 over the body.
 *
 * The latter three know no time: what is sent again is known by its events' ids.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read on 2026-11-26
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started, read on 2026-08-22
 * @see https://mandrill.zendesk.com/hc/en-us/articles/360039232513-How-to-Authenticate-Webhook-Requests, read on 2026-11-26
 * @see https://mandrill.zendesk.com/hc/en-us/articles/360038740014-Why-can-t-my-webhook-or-inbound-route-URL-be-verified, read on 2026-11-26
 * @see https://github.com/mautic/mautic/blob/5.x/app/bundles/WebhookBundle/Http/Client.php, read on 2026-08-22
 * @module
 */
import { type Delivery, EngineError } from "@moe/plugin";
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { parseForm } from "./content.ts";

/** Ways of signing. */
export const SCHEMES = [
  "standard_webhooks",
  "x_hub_signature_256",
  "mandrill",
  "mautic",
] as const;

/** A way of signing. */
export type Scheme = (typeof SCHEMES)[number];

/** What a sender is known by. */
export interface SenderTerms {
  readonly scheme: Scheme;
  readonly secret: string;
  /** The secret before, still good. */
  readonly previousSecret?: string | undefined;
  /** Address as the sender has it; as it was called if absent. */
  readonly url?: string | undefined;
}

type Signed = Pick<Delivery, "headers" | "body" | "url">;

const WINDOW_MS = 5 * 60_000;
const BASE64_SECRET = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;
/** Mandrill asks with this key, and no events, whether an address takes deliveries. */
const MANDRILL_TRIAL = "test-webhook";

const HEADERS: Readonly<Record<Scheme, string>> = {
  ["standard_webhooks"]: "webhook-signature",
  ["x_hub_signature_256"]: "x-hub-signature-256",
  mandrill: "x-mandrill-signature",
  mautic: "webhook-signature",
};

const SIGN: Readonly<
  Record<Scheme, (secret: string, signed: Signed) => string>
> = {
  ["standard_webhooks"](secret, { headers, body }) {
    const { "webhook-id": id, "webhook-timestamp": timestamp } = headers;
    const hmac = createHmac("sha256", decodeSecret(secret));
    return `v1,${
      hmac.update(`${id}.${timestamp}.`).update(body).digest("base64")
    }`;
  },
  ["x_hub_signature_256"]: (secret, { body }) =>
    `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  mandrill(secret, { body, url = "" }) {
    const form = parseForm(body);
    form.sort();
    const members = [...form].flat().join("");
    return createHmac("sha1", secret).update(url + members).digest("base64");
  },
  mautic: (secret, { body }) =>
    createHmac("sha256", secret).update(body).digest("base64"),
};

/**
 * Signs, as a sender does.
 *
 * @param scheme Its way.
 * @param secret Shared secret.
 * @param signed Body; headers and address where they are signed.
 * @returns The header's text.
 */
export function sign(scheme: Scheme, secret: string, signed: Signed): string {
  return SIGN[scheme](secret, signed);
}

/**
 * Checks who sent a delivery.
 *
 * @param delivery What came.
 * @param terms What its sender is known by.
 * @throws {EngineError} `signature_invalid`, never saying what would have been right.
 */
export function verifySignature(delivery: Delivery, terms: SenderTerms): void {
  const { scheme, url = delivery.url } = terms;
  const { headers, body, receivedAt } = delivery;
  const name = HEADERS[scheme];
  const given = headers[name]?.trim().split(/ +/) ?? [];
  if (given.length === 0) throw invalid(`${name} is missing`);
  if (scheme === "standard_webhooks") demandRecent(headers, receivedAt);
  if (scheme === "mandrill" && url === undefined) {
    throw invalid("its address is not known; set url");
  }
  const signed = { headers, body, ...(url !== undefined && { url }) };
  const matches = secretsFor(delivery, terms)
    .map((secret) => sign(scheme, secret, signed))
    .flatMap((wanted) => given.map((one) => isSame(wanted, one)));
  if (!matches.includes(true)) throw invalid(`${name} does not match`);
}

function secretsFor(
  { body }: Delivery,
  { scheme, secret, previousSecret = secret }: SenderTerms,
): string[] {
  const tried = scheme === "mandrill" &&
    parseForm(body).get("mandrill_events") === "[]";
  return [secret, previousSecret, ...(tried ? [MANDRILL_TRIAL] : [])];
}

function demandRecent(
  headers: Delivery["headers"],
  receivedAt: Delivery["receivedAt"],
): void {
  if (!headers["webhook-id"]) throw invalid("webhook-id is missing");
  const timestamp = headers["webhook-timestamp"] ?? "";
  const signedAt = /^\d{10}$/.test(timestamp) ? Number(timestamp) * 1000 : NaN;
  if (!(Math.abs(Date.parse(receivedAt) - signedAt) <= WINDOW_MS)) {
    throw invalid("webhook-timestamp is not within five minutes");
  }
}

function decodeSecret(secret: string): Uint8Array {
  const base64 = BASE64_SECRET.exec(secret)?.[1];
  if (base64 === undefined) throw invalid("the configured secret is no base64");
  return Buffer.from(base64, "base64");
}

function isSame(wanted: string, given: string): boolean {
  const [left, right] = [Buffer.from(wanted), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "signature_invalid",
    `Cannot accept delivery: ${reason}`,
  );
}
