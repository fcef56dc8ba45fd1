/**
 * Whether a delivery is SendGrid's: ECDSA on P-256 with SHA-256, over the timestamp's
 * header and the body's bytes as they came (events are separated by CRLF, and one ends
 * the body), as base64 of ASN.1 DER.
 *
 * The keys are public, yet whoever changes them decides whose deliveries are taken, so
 * they are kept among the secrets.
 *
 * SendGrid repeats a delivery for up to 24 hours after the event and does not say
 * whether it signs it anew. A delivery may therefore be a day old, or what an outage
 * held up would be lost; one that is played again in that time brings only events
 * whose ids are known.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features, read on 2026-11-26
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/troubleshooting, read on 2026-11-26
 * @module
 */
import { type Delivery, EngineError } from "@moe/plugin";
import { Buffer } from "node:buffer";
import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** What a signature is checked by. */
export interface SignatureTerms {
  /** Key in use, base64 of SPKI DER, as SendGrid shows it. */
  readonly publicKey?: string | undefined;
  /** Key that is being replaced, still good. */
  readonly previousPublicKey?: string | undefined;
  /** Hours for which a signature holds. */
  readonly replayWindowHours: number;
}

const SIGNATURE = "x-twilio-email-event-webhook-signature";
const TIMESTAMP = "x-twilio-email-event-webhook-timestamp";
const HOUR_MS = 3_600_000;
/** By how much the two clocks may differ. */
const SKEW_MS = 5 * 60_000;

/**
 * Checks signature and age.
 *
 * @param delivery What came.
 * @param terms Keys, and the age that is taken.
 * @throws {EngineError} `signature_invalid`.
 */
export function verifySignature(
  { headers, body, receivedAt }: Delivery,
  { publicKey, previousPublicKey, replayWindowHours }: SignatureTerms,
): void {
  const signature = headers[SIGNATURE];
  const timestamp = headers[TIMESTAMP];
  if (!signature) throw invalid(`${SIGNATURE} is missing`);
  if (!timestamp) throw invalid(`${TIMESTAMP} is missing`);
  const keys = [publicKey, previousPublicKey]
    .filter((key) => key !== undefined);
  if (keys.length === 0) throw invalid("no publicKey is configured");
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  const given = Buffer.from(signature, "base64");
  if (!keys.some((key) => isSigned(signed, given, key))) {
    throw invalid(`${SIGNATURE} does not match`);
  }
  const signedAt = /^\d{10}$/.test(timestamp) ? Number(timestamp) * 1000 : NaN;
  const age = Date.parse(receivedAt) - signedAt;
  if (!(age >= -SKEW_MS && age <= replayWindowHours * HOUR_MS + SKEW_MS)) {
    throw invalid(`${TIMESTAMP} is not of the last ${replayWindowHours} hours`);
  }
}

function isSigned(signed: Buffer, signature: Buffer, key: string): boolean {
  const publicKey = openKey(key);
  try {
    return verify("sha256", signed, publicKey, signature);
  } catch {
    return false;
  }
}

function openKey(key: string): KeyObject {
  try {
    const opened = createPublicKey({
      key: Buffer.from(key, "base64"),
      format: "der",
      type: "spki",
    });
    if (opened.asymmetricKeyType === "ec") return opened;
  } catch {
    throw invalid("publicKey cannot be read");
  }
  throw invalid("publicKey is not one of an elliptic curve");
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "signature_invalid",
    `Cannot accept delivery: ${reason}`,
  );
}
