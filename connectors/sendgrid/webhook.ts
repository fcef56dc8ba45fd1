/**
 * What a delivery of the Event Webhook holds: events of single messages, each kept or
 * refused by itself.
 *
 * Moments are in seconds. A category is a text or a list of texts. Opens by a mail
 * program and not a person are flagged `machine_open`. What mail servers say in words,
 * user agents, IP addresses and the sender's own arguments are left out.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, read on 2026-11-26
 * @module
 */
import {
  type Consent,
  type Delivery,
  digest,
  EngineError,
  type EventSignal,
  mapRecords,
  parseInstant,
  type Receipt,
  RecordFault,
  type Scalar,
} from "@moe/plugin";
import * as z from "zod";

/** The vendor posts at 768 kilobytes or every 30 seconds, whichever is first. */
export const MAX_BODY_BYTES = 1_048_576;
const MAX_EVENTS = 10_000;

/** Segment's names, and such as follow them, of the vendor's events. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["processed", "Email Sent"],
  ["deferred", "Email Deferred"],
  ["delivered", "Email Delivered"],
  ["dropped", "Email Dropped"],
  ["bounce", "Email Bounced"],
  ["open", "Email Opened"],
  ["click", "Email Link Clicked"],
  ["spamreport", "Email Marked as Spam"],
  ["unsubscribe", "Unsubscribed"],
  ["group_unsubscribe", "Unsubscribed"],
  ["group_resubscribe", "Resubscribed"],
]);

const Id = z.union([z.string(), z.int()]).transform(String);

const Event = z.object({
  event: z.string(),
  email: z.string().min(1),
  timestamp: z.int().positive(),
  sg_event_id: z.string().min(1).max(100).optional(),
  sg_message_id: z.string().optional(),
  category: z.union([z.string(), z.array(z.string())]).default([]),
  singlesend_id: Id.optional(),
  singlesend_name: z.string().optional(),
  marketing_campaign_id: Id.optional(),
  marketing_campaign_name: z.string().optional(),
  asm_group_id: Id.optional(),
  url: z.string().optional(),
  reason: z.string().optional(),
  status: z.string().optional(),
  type: z.string().optional(),
  bounce_classification: z.string().optional(),
  attempt: Id.optional(),
  sg_machine_open: z.boolean().optional(),
});

type Event = z.infer<typeof Event>;

/**
 * Reads a delivery that is known to be the vendor's.
 *
 * @throws {EngineError} `body_invalid`, `body_too_large`.
 */
export function readEvents({ body }: Delivery): Receipt {
  const events = parseJson(body);
  if (!Array.isArray(events)) throw malformed("it is not a list of events");
  if (events.length > MAX_EVENTS) throw tooLarge(`${MAX_EVENTS} events`);
  return mapRecords(events, toSignals);
}

/** Says what one event means. */
export function toSignals(record: unknown): EventSignal[] {
  const event = Event.parse(record);
  const type = TYPES.get(event.event);
  if (type === undefined) {
    throw new RecordFault("event_unsupported", "event is none of a message");
  }
  const categories = [event.category].flat();
  const campaign = event.singlesend_id ?? event.marketing_campaign_id ??
    categories[0];
  const consent = consentOf(event);
  return [{
    grain: "event",
    eventId: event.sg_event_id ?? `content-${digest(record)}`,
    type,
    occurredAt: parseInstant(event.timestamp * 1000),
    entities: {
      subject: event.email,
      ...(campaign && { campaign }),
      channel: "email",
    },
    valueMicros: null,
    currency: null,
    properties: propertiesOf(event, categories),
    ...(consent !== null && { consent }),
  }];
}

function propertiesOf(
  event: Event,
  categories: readonly string[],
): Record<string, Scalar> {
  return leaveOutAbsent({
    message_id: event.sg_message_id,
    campaign_name: event.singlesend_name ?? event.marketing_campaign_name,
    categories: categories.length > 0 ? categories.join(", ") : undefined,
    unsubscribe_group: event.asm_group_id,
    link_url: event.url,
    status: event.status,
    // What a server says of a bounce may hold addresses; these reasons are a list.
    drop_reason: event.event === "dropped" ? event.reason : undefined,
    bounce_type: event.event === "bounce" ? event.type ?? "bounce" : undefined,
    bounce_classification: event.bounce_classification,
    attempt: event.attempt,
    machine_open: event.event === "open"
      ? event.sg_machine_open ?? false
      : undefined,
  });
}

function leaveOutAbsent(
  members: Readonly<Record<string, Scalar | undefined>>,
): Record<string, Scalar> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]]
    ),
  );
}

/** What the person said by the event: of all mail, or of one group of it. */
function consentOf({ event, asm_group_id: group }: Event): Consent | null {
  if (event === "unsubscribe") return { email: false };
  if (!event.startsWith("group_") || group === undefined) return null;
  return { [`email_group_${group}`]: event === "group_resubscribe" };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw malformed("it is not JSON in UTF-8");
  }
}

/** Makes the refusal of a delivery that exceeds a bound. */
export function tooLarge(bound: string): EngineError {
  return new EngineError(
    "body_too_large",
    `Cannot accept delivery: it has more than ${bound}`,
  );
}

function malformed(reason: string): EngineError {
  return new EngineError("body_invalid", `Cannot read delivery: ${reason}`);
}
