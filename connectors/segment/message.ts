/**
 * A message as senders write it: present and former names of its members, its type
 * said or plain from what it holds.
 *
 * @see https://segment.com/docs/connections/spec/common/, read on 2026-11-26
 * @module
 */
import { RecordFault } from "@moe/plugin";
import * as z from "zod";

const Members = z.record(z.string(), z.unknown());
const Id = z.union([z.string(), z.int()]).transform(String).nullish();
const Text = z.string().nullish();

const Message = z.object({
  type: z.string(),
  event: Text,
  name: Text,
  category: Text,
  messageId: Text,
  userId: Id,
  anonymousId: Id,
  previousId: Id,
  groupId: Id,
  timestamp: Text,
  originalTimestamp: Text,
  sentAt: Text,
  receivedAt: Text,
  properties: Members.nullish(),
  traits: Members.nullish(),
  context: z.object({
    campaign: Members.nullish(),
    consent: z.object({
      categoryPreferences: z.record(z.string(), z.boolean()).nullish(),
    }).nullish(),
  }).nullish(),
});

/** A message whose members have the right types. */
export type Message = z.infer<typeof Message>;

/** Present names of members, and those that older senders use. */
const FORMER_NAMES = [
  ["type", "action"],
  ["messageId", "message_id"],
  ["userId", "user_id"],
  ["anonymousId", "anonymous_id"],
  ["previousId", "previous_id"],
  ["groupId", "group_id"],
] as const;

/** Members that tell the type of a message that does not say it, the surest first. */
const TELLING = [
  ["event", "track"],
  ["previousId", "alias"],
  ["groupId", "group"],
  ["traits", "identify"],
  ["name", "page"],
] as const;

/**
 * Parses a message.
 *
 * @param value Parsed JSON.
 * @returns The message.
 * @throws {RecordFault} `message_invalid`, naming the members that are wrong.
 */
export function parseMessage(value: unknown): Message {
  const result = Message.safeParse(withType(withPresentNames(value)));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    `${path.join(".") || "message"}: ${message}`
  );
  throw new RecordFault("message_invalid", faults.join("; "));
}

/** Whether a value is an object with members. */
export function isMembers(
  value: unknown,
): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withPresentNames(value: unknown): unknown {
  if (!isMembers(value)) return value;
  const renamed = { ...value };
  for (const [present, former] of FORMER_NAMES) {
    if (Object.hasOwn(value, former)) renamed[present] ??= value[former];
  }
  return renamed;
}

function withType(value: unknown): unknown {
  if (!isMembers(value) || value.type !== undefined) return value;
  const told = TELLING.find(([member]) => (value[member] ?? null) !== null);
  return { ...value, type: told?.[1] };
}
