/**
 * The sending side of a simulated SendGrid Event Webhook: batches as the vendor prints
 * and signs them.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, read on 2026-11-26
 * @module
 */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, sign } from "node:crypto";
import type { Instant } from "../../core/domain/day.ts";
import type { Delivery } from "../../plugins/contract.ts";

/** A sender with a key of its own. */
export interface SendgridWebhook {
  /** As the vendor shows it: base64 of SPKI DER. */
  readonly publicKey: string;
  /** Signs a body as it stands. */
  sign(body: Uint8Array, signedAt: Instant): Readonly<Record<string, string>>;
  /** Prints events as a batch, signs it and sends it at once. */
  deliver(
    events: readonly Readonly<Record<string, unknown>>[],
    signedAt: Instant,
  ): Delivery;
}

/** Makes a sender. */
export function createSendgridWebhook(): SendgridWebhook {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const webhook: SendgridWebhook = {
    publicKey: publicKey.export({ type: "spki", format: "der" })
      .toString("base64"),
    sign(body, signedAt) {
      const timestamp = String(Math.floor(Date.parse(signedAt) / 1000));
      const signed = Buffer.concat([Buffer.from(timestamp), body]);
      return {
        "content-type": "application/json; charset=utf-8",
        "x-twilio-email-event-webhook-signature": sign(
          "sha256",
          signed,
          privateKey,
        ).toString("base64"),
        "x-twilio-email-event-webhook-timestamp": timestamp,
      };
    },
    deliver(events, signedAt) {
      const text = events.map((event) => JSON.stringify(event)).join(",\r\n");
      const body = new TextEncoder().encode(`[${text}]\r\n`);
      return {
        headers: webhook.sign(body, signedAt),
        body,
        receivedAt: signedAt,
        method: "POST",
      };
    },
  };
  return webhook;
}
