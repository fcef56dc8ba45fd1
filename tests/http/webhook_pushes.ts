/**
 * Deliveries as each vendor signs them, good events and a bad one in each.
 *
 * @module
 */
import { createSendgridWebhook } from "../vendors/sendgrid_webhook.ts";
import {
  type Push,
  pushHubspot,
  pushKlaviyo,
  pushSegment,
  pushSendgrid,
  SECRETS,
  SENDGRID,
} from "./pushed.ts";
import { BEFORE } from "./webhook_desk.ts";

const STRANGER = {
  writeKey: "a secret of nobody's",
  clientSecret: "a secret of nobody's",
  webhookSecret: "a secret of nobody's",
};
const KEYS = {
  present: SENDGRID,
  before: BEFORE.sendgrid,
  stranger: createSendgridWebhook(),
};

/** Sources, each by its connector's name. */
export const SOURCES = ["segment", "sendgrid", "hubspot", "klaviyo"] as const;

/** One of them. */
export type Source = (typeof SOURCES)[number];

/** When something was signed, and by whom. */
export interface Signing {
  readonly ageMs?: number;
  readonly by?: "present" | "before" | "stranger";
}

let made = 0;

/** Two events that are good and one that is not, new each time. */
export function pushOf(
  source: Source,
  { ageMs = 0, by = "present" }: Signing = {},
): Push {
  const at = new Date(Date.now() - ageMs).toISOString();
  const id = `e-${made++}`;
  const secrets = by === "present"
    ? SECRETS
    : by === "before"
    ? BEFORE
    : STRANGER;
  switch (source) {
    case "segment":
      return pushSegment({ batch: messages(id) }, secrets.writeKey);
    case "sendgrid":
      return pushSendgrid(sendgridEvents(id, at), at, KEYS[by]);
    case "hubspot": {
      const secret = secrets.clientSecret;
      return pushHubspot(hubspotEvents(id, at), at, { secret });
    }
    case "klaviyo":
      return pushKlaviyo(klaviyoItems(id, at), at, secrets.webhookSecret);
  }
}

function messages(id: string): readonly unknown[] {
  return [
    { type: "track", event: "Seen", messageId: `${id}-1`, userId: "u-1" },
    { type: "track", event: "Seen", messageId: `${id}-2`, userId: "u-1" },
    { type: "track", event: "", messageId: `${id}-3`, userId: "u-1" },
  ];
}

function sendgridEvents(id: string, at: string) {
  return ["open", "click", "unheard of"].map((event) => ({
    event,
    timestamp: Math.floor(Date.parse(at) / 1000),
    email: "ann@example.com",
    ["sg_event_id"]: `${id}-${event}`,
  }));
}

/** Two that are good and one that is not. */
export function hubspotEvents(id: string, at: string): readonly unknown[] {
  return ["deal.creation", "deal.deletion", "deal.unheardOf"].map((type) => ({
    eventId: id,
    subscriptionId: 2,
    portalId: 62515,
    occurredAt: Date.parse(at),
    subscriptionType: type,
    objectId: 7,
  }));
}

function klaviyoItems(id: string, at: string): readonly unknown[] {
  return [at, at, "never"].map((datetime, place) => ({
    topic: "event:klaviyo.opened_email",
    payload: {
      data: {
        type: "event",
        id: `${id}-${place}`,
        attributes: { datetime, ["event_properties"]: {} },
      },
    },
  }));
}
