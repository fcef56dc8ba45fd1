/**
 * One message in Segment's form to one event.
 *
 * @see https://segment.com/docs/connections/spec/common/, read on 2026-11-26
 * @module
 */
import {
  type Consent,
  digest,
  type EntityIds,
  type EventSignal,
  type Instant,
  isEntityId,
  parseInstant,
  RecordFault,
} from "@moe/plugin";
import { type Message, parseMessage } from "./message.ts";
import { flatten, toValue } from "./properties.ts";

/** What surrounds a message. */
export interface Surroundings {
  readonly receivedAt: Instant;
  /** Currency of values that name none. */
  readonly currency: string | undefined;
}

const FUTURE_MS = 5 * 60_000;

const NAMES: Readonly<Record<string, string>> = {
  identify: "Identified",
  page: "Page Viewed",
  screen: "Screen Viewed",
  group: "Group Joined",
  alias: "Aliased",
};

/** Members beside `properties` that tell more of what happened, by type. */
const TOLD_BESIDE: Readonly<Record<string, readonly (keyof Message)[]>> = {
  page: ["name", "category"],
  screen: ["name", "category"],
  group: ["groupId"],
  alias: ["previousId"],
};

/** Members of `properties`, then of `context.campaign`, that name each entity. */
const ENTITY_MEMBERS = {
  account: ["account_id", null],
  channel: ["channel_id", "medium"],
  campaign: ["campaign_id", "id"],
  ad_group: ["ad_group_id", null],
  ad: ["ad_id", null],
  placement: ["placement_id", null],
  segment: ["segment_id", null],
} as const;

/**
 * Reads a message.
 *
 * @param value Parsed JSON, trimmed.
 * @param around When it came, and the currency of values that name none.
 * @returns The event.
 * @throws {RecordFault} Naming the member that is wrong.
 */
export function toEvent(value: unknown, around: Surroundings): EventSignal {
  const message = parseMessage(value);
  const { properties, traits } = message;
  return {
    grain: "event",
    eventId: toEventId(message, around.receivedAt),
    type: toType(message),
    occurredAt: toOccurredAt(message, around),
    entities: toEntities(message),
    ...toValue(properties ?? {}, around.currency),
    properties: flatten({ ...toldBeside(message), ...traits, ...properties }),
    ...toConsent(message),
  };
}

function toType({ type, event }: Message): string {
  if (type !== "track") {
    const name = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
    if (name !== undefined) return name;
    throw new RecordFault(
      "type_unsupported",
      `type must be track, ${Object.keys(NAMES).join(", ")}`,
    );
  }
  if (event && isEntityId(event) && event.length <= 100) return event;
  throw new RecordFault("event_name_invalid", "event must name what happened");
}

/**
 * A message without an id is known by its content, so that a retry is one event;
 * one that does not say when it happened, by its content and the day it came.
 */
function toEventId(message: Message, receivedAt: Instant): string {
  const { messageId, sentAt: _, receivedAt: __, ...content } = message;
  if (messageId) {
    if (isEntityId(messageId) && messageId.length <= 100) return messageId;
    throw new RecordFault(
      "id_invalid",
      "messageId must have 1 to 100 characters",
    );
  }
  const dated = content.timestamp || content.originalTimestamp;
  const known = dated ? content : [content, receivedAt.slice(0, 10)];
  return `content-${digest(known)}`;
}

/**
 * The sender's clock may be wrong; how long ago it happened, by that clock, is not.
 * What Segment forwards says when Segment received it, and its `timestamp` is
 * corrected already.
 */
function toOccurredAt(message: Message, around: Surroundings): Instant {
  const { timestamp, originalTimestamp, sentAt, receivedAt } = message;
  const nowMs = Date.parse(around.receivedAt);
  const arrivedMs = receivedAt ? parseTime(receivedAt, "receivedAt") : nowMs;
  const original = originalTimestamp ?? timestamp;
  let occurredMs = arrivedMs;
  if (receivedAt && timestamp) occurredMs = parseTime(timestamp, "timestamp");
  else if (original) {
    occurredMs = parseTime(original, "timestamp");
    if (sentAt) occurredMs += arrivedMs - parseTime(sentAt, "sentAt");
  }
  if (occurredMs > nowMs + FUTURE_MS) {
    throw new RecordFault("timestamp_invalid", "timestamp lies in the future");
  }
  return parseInstant(Math.min(occurredMs, nowMs));
}

/** Some senders write months and days with one digit. */
function parseTime(text: string, member: string): number {
  const full = text.replace(/^(\d{4})-(\d)(?=-)/, "$1-0$2")
    .replace(/^(\d{4}-\d\d)-(\d)(?=T)/, "$1-0$2");
  try {
    return Date.parse(parseInstant(full));
  } catch {
    throw new RecordFault(
      "timestamp_invalid",
      `${member} must be ISO 8601 with a zone`,
    );
  }
}

function toldBeside(message: Message): Readonly<Record<string, unknown>> {
  const members = (TOLD_BESIDE[message.type] ?? [])
    .filter((member) => (message[member] ?? null) !== null);
  return Object.fromEntries(members.map((member) => [member, message[member]]));
}

function toConsent({ context }: Message): { readonly consent?: Consent } {
  const consent = context?.consent?.categoryPreferences ?? {};
  return Object.keys(consent).length > 0 ? { consent } : {};
}

function toEntities({ userId, anonymousId, properties, context }: Message) {
  const ids: Record<string, string> = {};
  const subject = userId || anonymousId;
  if (subject) ids.subject = demandId(subject, "userId");
  for (const [type, [own, ofCampaign]] of Object.entries(ENTITY_MEMBERS)) {
    const campaign = ofCampaign && context?.campaign?.[ofCampaign];
    const id = properties?.[own] ?? campaign ??
      (type === "campaign" ? context?.campaign?.name : null);
    if (id !== null && id !== undefined && id !== "") {
      ids[type] = demandId(id, `properties.${own}`);
    }
  }
  return ids as EntityIds;
}

function demandId(id: unknown, member: string): string {
  const text = typeof id === "number" ? String(id) : id;
  if (typeof text === "string" && isEntityId(text)) return text;
  throw new RecordFault(
    "id_invalid",
    `${member} must have 1 to 200 characters, no control characters`,
  );
}
