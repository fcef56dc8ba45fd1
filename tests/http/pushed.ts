/**
 * Deliveries that a sender fills with identifiers of a person.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { signDelivery } from "../../connectors/klaviyo/webhook.ts";
import { sign } from "../../connectors/hubspot/signature.ts";
import { createSendgridWebhook } from "../vendors/sendgrid_webhook.ts";

/** Secrets that senders and sources share. */
export const SECRETS = {
  writeKey: "write-key-of-the-site",
  clientSecret: "client-secret-of-the-crm",
  webhookSecret: "webhook-secret-of-the-mail",
} as const;

/** SendGrid with a key of its own. */
export const SENDGRID = createSendgridWebhook();

/** A body and the headers that vouch for it. */
export interface Push {
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const bytesOf = (value: unknown) =>
  new TextEncoder().encode(
    typeof value === "string" ? value : JSON.stringify(value),
  );

/** Says who may deliver to Segment's source. */
export function pushSegment(
  body: unknown,
  key = SECRETS.writeKey as string,
): Push {
  const basic = Buffer.from(`${key}:`).toString("base64");
  return {
    path: "/webhooks/segment/segment",
    body: bytesOf(body),
    headers: { authorization: `Basic ${basic}` },
  };
}

/** Signs as SendGrid does. */
export function pushSendgrid(
  events: readonly Readonly<Record<string, unknown>>[],
  signedAt: string,
  webhook = SENDGRID,
): Push {
  const { body, headers } = webhook.deliver(events, signedAt);
  return {
    path: "/webhooks/sendgrid/sendgrid",
    body: new Uint8Array(body),
    headers,
  };
}

/** Signs as HubSpot does, for the address that it calls. */
export function pushHubspot(
  events: unknown,
  now: string,
  {
    url = "http://localhost/webhooks/hubspot/hubspot",
    secret = SECRETS.clientSecret as string,
  } = {},
): Push {
  const body = bytesOf(events);
  const timestamp = String(Date.parse(now));
  const signed = { method: "POST", url, body, timestamp };
  return {
    path: "/webhooks/hubspot/hubspot",
    body,
    headers: {
      "x-hubspot-signature-v3": sign("v3", secret, signed),
      "x-hubspot-request-timestamp": timestamp,
    },
  };
}

/** Signs as Klaviyo does. */
export function pushKlaviyo(
  data: readonly unknown[],
  now: string,
  secret = SECRETS.webhookSecret as string,
): Push {
  const timestamp = new Date(now).toUTCString();
  const body = bytesOf({ data, meta: { klaviyo_webhook_id: "w-1" } });
  return {
    path: "/webhooks/klaviyo/klaviyo",
    body,
    headers: {
      "klaviyo-signature": Buffer.from(signDelivery(secret, body, timestamp))
        .toString("hex"),
      "klaviyo-timestamp": timestamp,
    },
  };
}
