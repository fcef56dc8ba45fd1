/**
 * What is pushed about a person: good messages, broken ones, and bodies of the wrong
 * form, identifiers in every member.
 *
 * @module
 */
import { JANE, MEMBERS } from "./planted.ts";
import {
  type Push,
  pushHubspot,
  pushKlaviyo,
  pushSegment,
  pushSendgrid,
} from "../http/pushed.ts";

/** Consent that a message of Segment's gives. */
export const CONSENT = { advertising: true, analytics: false } as const;

/** A message that would be an order if its source had a currency. */
export const ORDER_WITHOUT_CURRENCY = {
  type: "track",
  event: "Order Completed",
  messageId: "order-1",
  userId: JANE.email,
  properties: { ...MEMBERS, revenue: 12.5 },
} as const;

function segmentMessages(): readonly unknown[] {
  const { email, phone, ip } = JANE;
  const nested = { deep: [{ deeper: MEMBERS }], ...MEMBERS };
  const context = {
    ip,
    campaign: { name: email, source: phone },
    consent: { categoryPreferences: { ...CONSENT, [email]: true } },
    traits: MEMBERS,
  };
  const broken = { type: "track", event: "Seen", context, userId: email };
  return [
    {
      type: "track",
      event: "Email Opened",
      messageId: `opened-by-${email}`,
      userId: JANE.encoded,
      properties: nested,
      context,
    },
    { type: "track", event: `Mailed ${email} and ${phone}`, userId: phone },
    { type: "identify", userId: JANE.encoded, traits: nested },
    { type: "alias", userId: email, previousId: ip },
    { type: "group", userId: JANE.ip6, groupId: email, traits: MEMBERS },
    { type: "page", name: email, category: phone, anonymousId: ip },
    { ...broken, timestamp: email },
    { ...broken, messageId: [email], properties: MEMBERS },
    { ...broken, type: email, traits: nested },
    { ...broken, event: email.repeat(9) },
    { ...broken, properties: { revenue: phone, currency: email } },
    ORDER_WITHOUT_CURRENCY,
    email,
    [email, { phone }],
    null,
  ];
}

function sendgridEvents(now: string) {
  const { email, phone, ip } = JANE;
  const sent = {
    ...MEMBERS,
    email: email.toUpperCase(),
    timestamp: Math.floor(Date.parse(now) / 1000) - 60,
    ["sg_message_id"]: `m-1.${email}`,
    useragent: `Mozilla/5.0 ${ip}`,
  };
  const url = `https://shop.example/?e=${JANE.encoded}&p=${phone}&from=${ip}`;
  return [
    { ...sent, event: "open", category: email, sg_event_id: "sg-1" },
    { ...sent, event: "click", category: [email, phone], url },
    { ...sent, event: "dropped", reason: `Bounced Address ${email}` },
    { ...sent, event: "bounce", reason: `550 <${email}> from ${ip}` },
    { ...sent, event: email },
    { ...sent, event: "open", timestamp: email },
    { ...sent, event: "open", email: "" },
  ];
}

function hubspotEvents(now: string): readonly unknown[] {
  const { email, phone, ip } = JANE;
  const changed = {
    eventId: 1,
    subscriptionId: 2,
    portalId: 62515,
    occurredAt: Date.parse(now) - 1000,
    subscriptionType: "contact.propertyChange",
    objectId: 301,
    propertyName: "email",
    propertyValue: email,
    changeSource: `CRM_UI ${ip}`,
    sourceId: `userId:${email}`,
    associationType: phone,
  };
  return [
    changed,
    { ...changed, eventId: email, objectId: email, propertyName: email },
    { ...changed, eventId: 3, occurredAt: email, ...MEMBERS },
    { ...changed, eventId: 4, subscriptionType: "contact.unheardOf" },
    { ...changed, eventId: 5, portalId: email },
    email,
  ];
}

function klaviyoItems(now: string): readonly unknown[] {
  const { email, ip } = JANE;
  const item = (id: string, properties: object, datetime = now) => ({
    topic: "event:klaviyo.opened_email",
    payload: {
      data: {
        type: "event",
        id,
        attributes: { datetime, event_properties: properties },
        relationships: { profile: { data: { type: "profile", id: email } } },
      },
    },
  });
  return [
    item("k-1", { ...MEMBERS, $message: email, list: [email, ip] }),
    item(`k-${email}`, { $value: email, ...MEMBERS }),
    item("k-3", { ...MEMBERS, Items: [email] }, email),
    { topic: email, external_id: email },
    email,
  ];
}

/**
 * Everything that is pushed.
 *
 * @param now The present.
 * @returns Deliveries that are taken, and such as are refused as a whole.
 */
export function plantedPushes(
  now: string,
): { readonly taken: readonly Push[]; readonly refused: readonly Push[] } {
  const { email, phone } = JANE;
  return {
    taken: [
      pushSegment({ batch: segmentMessages(), sentAt: now, ...MEMBERS }),
      pushSendgrid(sendgridEvents(now), now),
      pushHubspot(hubspotEvents(now), now),
      pushKlaviyo(klaviyoItems(now), now),
    ],
    refused: [
      pushSegment({ batch: { email, phone } }),
      pushSegment(`{"batch":[{"email":"${email}"`),
      pushSegment(email),
      pushSegment({ batch: [] }, email),
      pushHubspot({ email }, now),
      { ...pushKlaviyo([], now), body: new TextEncoder().encode(email) },
      {
        ...pushSegment({}),
        path: `/webhooks/segment/${encodeURIComponent(email)}`,
      },
      { ...pushSegment({}), path: `/webhooks/${email}/${phone}` },
    ],
  };
}
