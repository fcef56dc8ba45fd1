/**
 * One message in Segment's form to one event.
 *
 * @see https://segment.com/docs/connections/spec/common/, read on 2026-08-22
 * @module
 */
import {
  digest,
  type EntityIds,
  type EventSignal,
  type Instant,
  isCurrency,
  isEntityId,
  microsFromDecimal,
  parseInstant,
  type Scalar,
} from "@moe/plugin";
import * as z from "zod";

/** Why a message is refused; its message never holds a value. */
export class Refusal extends Error {
  readonly reason: string;

  constructor(reason: string, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** What surrounds a message. */
export interface Surroundings {
  readonly receivedAt: Instant;
  /** When the batch was sent, by the sender's clock. */
  readonly sentAt: string | undefined;
  /** Currency of values that name none. */
  readonly currency: string | undefined;
}

const FUTURE_MS = 5 * 60_000;
const Members = z.record(z.string(), z.unknown());
const Id = z.union([z.string(), z.int()]).transform(String).nullish();

const Message = z.object({
  type: z.string(),
  event: z.string().nullish(),
  messageId: z.string().nullish(),
  userId: Id,
  anonymousId: Id,
  timestamp: z.string().nullish(),
  originalTimestamp: z.string().nullish(),
  sentAt: z.string().nullish(),
  properties: Members.nullish(),
  traits: Members.nullish(),
  context: z.object({ campaign: Members.nullish() }).nullish(),
});

type Message = z.infer<typeof Message>;

const NAMES: Readonly<Record<string, string>> = {
  identify: "Identified",
  page: "Page Viewed",
  screen: "Screen Viewed",
  group: "Group Joined",
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
 * @param value Parsed JSON, without personal data.
 * @param around When it came and was sent.
 * @returns The event.
 * @throws {Refusal} Naming the member that is wrong.
 */
export function toEvent(value: unknown, around: Surroundings): EventSignal {
  const message = parseMessage(value);
  const { properties, traits } = message;
  return {
    grain: "event",
    eventId: toEventId(message),
    type: toType(message),
    occurredAt: toOccurredAt(message, around),
    entities: toEntities(message),
    ...toValue(properties ?? {}, around.currency),
    properties: flatten({ ...traits, ...properties }),
  };
}

function parseMessage(value: unknown): Message {
  const result = Message.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    `${path.join(".") || "message"}: ${message}`
  );
  throw new Refusal("message_invalid", faults.join("; "));
}

function toType({ type, event }: Message): string {
  if (type !== "track") {
    const name = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
    if (name !== undefined) return name;
    throw new Refusal(
      "type_unsupported",
      `type must be track, ${Object.keys(NAMES).join(", ")}`,
    );
  }
  if (event && isEntityId(event) && event.length <= 100) return event;
  throw new Refusal("event_name_invalid", "event must name what happened");
}

/** A message without an id is known by its content, so that a retry is one event. */
function toEventId(message: Message): string {
  const { messageId, timestamp, originalTimestamp } = message;
  if (messageId) {
    if (isEntityId(messageId) && messageId.length <= 100) return messageId;
    throw new Refusal("id_invalid", "messageId must have 1 to 100 characters");
  }
  if (!timestamp && !originalTimestamp) {
    throw new Refusal("id_missing", "messageId or timestamp must be given");
  }
  return `content-${digest(withoutSentAt(message))}`;
}

function withoutSentAt(message: Message): Omit<Message, "sentAt"> {
  const { sentAt: _, ...rest } = message;
  return rest;
}

/** The sender's clock may be wrong; how long ago it happened, by that clock, is not. */
function toOccurredAt(message: Message, around: Surroundings): Instant {
  const receivedMs = Date.parse(around.receivedAt);
  const original = message.originalTimestamp ?? message.timestamp;
  const sent = message.sentAt ?? around.sentAt;
  if (!original) return around.receivedAt;
  const originalMs = Date.parse(parseTime(original, "timestamp"));
  const occurredMs = sent
    ? receivedMs - (Date.parse(parseTime(sent, "sentAt")) - originalMs)
    : originalMs;
  if (occurredMs > receivedMs + FUTURE_MS) {
    throw new Refusal("timestamp_invalid", "timestamp lies in the future");
  }
  return parseInstant(Math.min(occurredMs, receivedMs));
}

function parseTime(text: string, member: string): Instant {
  try {
    return parseInstant(text);
  } catch {
    throw new Refusal(
      "timestamp_invalid",
      `${member} must be ISO 8601 with a zone`,
    );
  }
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
  throw new Refusal(
    "id_invalid",
    `${member} must have 1 to 200 characters, no control characters`,
  );
}

type Value = Pick<EventSignal, "valueMicros" | "currency">;

function toValue(
  properties: Readonly<Record<string, unknown>>,
  fallback: string | undefined,
): Value {
  const { revenue, total, value } = properties;
  const amount = revenue ?? total ?? value ?? null;
  if (amount === null) return { valueMicros: null, currency: null };
  const currency = properties.currency ?? fallback;
  if (typeof currency !== "string" || !isCurrency(currency)) {
    throw new Refusal(
      "currency_invalid",
      "properties.currency must be an ISO 4217 code, as there is a value",
    );
  }
  try {
    return { valueMicros: microsFromDecimal(String(amount)), currency };
  } catch {
    throw new Refusal("number_invalid", "properties.revenue must be a number");
  }
}

function flatten(
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Scalar>> {
  const flat: Record<string, Scalar> = {};
  function visit(value: unknown, path: string): void {
    if (typeof value !== "object" || value === null) {
      flat[path] = value as Scalar;
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      visit(member, path === "" ? key : `${path}.${key}`);
    }
  }
  visit(members, "");
  return flat;
}
