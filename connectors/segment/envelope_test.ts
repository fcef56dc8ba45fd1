/**
 * What one message in Segment's form means.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventSignal } from "@moe/plugin";
import { toEvent } from "./envelope.ts";

const RECEIVED = "2026-03-01T12:00:00.000Z";
const ORDER = {
  type: "track",
  event: "Order Completed",
  messageId: "m-1",
  userId: "u-17",
  timestamp: "2026-03-01T10:59:00Z",
  sentAt: "2026-03-01T11:00:00Z",
  properties: {
    revenue: 19.99,
    currency: "EUR",
    placement_id: "p-3",
    products: [{ sku: "x" }],
  },
  context: { campaign: { name: "Spring", medium: "email" } },
};

function read(message: unknown): EventSignal {
  return toEvent(message, { receivedAt: RECEIVED, currency: undefined });
}

Deno.test("segment: an order keeps value, ids and flat properties", () => {
  assert.deepEqual(read(ORDER), {
    grain: "event",
    eventId: "m-1",
    type: "Order Completed",
    occurredAt: "2026-03-01T11:59:00.000Z",
    entities: {
      subject: "u-17",
      campaign: "Spring",
      channel: "email",
      placement: "p-3",
    },
    valueMicros: 19_990_000n,
    currency: "EUR",
    properties: {
      revenue: 19.99,
      currency: "EUR",
      placement_id: "p-3",
      "products.0.sku": "x",
    },
  });
});

Deno.test.each([
  { type: "identify", want: "Identified" },
  { type: "page", want: "Page Viewed" },
  { type: "screen", want: "Screen Viewed" },
  { type: "group", want: "Group Joined" },
  { type: "alias", want: "Aliased" },
])("segment: $type is $want", ({ type, want }) => {
  const message = {
    type,
    messageId: "m",
    anonymousId: "a",
    traits: { age: 7 },
  };
  const event = read(message);
  assert.deepEqual([event.type, event.properties], [want, { age: 7 }]);
  assert.equal(event.occurredAt, RECEIVED);
});

Deno.test.each([
  { note: "a clock an hour fast", sent: 3_600_000 },
  { note: "a clock a day slow", sent: -86_400_000 },
  { note: "a right clock", sent: 0 },
])("segment: $note does not move the event", ({ sent }) => {
  const at = (ms: number) => new Date(Date.parse(RECEIVED) + ms).toISOString();
  const event = read({
    ...ORDER,
    timestamp: at(sent - 90_000),
    sentAt: at(sent),
  });
  assert.equal(event.occurredAt, at(-90_000));
});

Deno.test("segment: without an id the content is the id, and a retry the same", () => {
  const { messageId: _, ...bare } = ORDER;
  const first = read(bare);
  const retry = read({ ...bare, sentAt: "2026-03-01T11:00:30Z" });
  const other = read({ ...bare, userId: "u-18" });
  assert.equal(first.eventId, retry.eventId);
  assert.notEqual(first.eventId, other.eventId);
});

Deno.test("segment: what Segment forwards late happened when Segment says", () => {
  const event = read({
    ...ORDER,
    originalTimestamp: "2026-03-01T09:00:00Z",
    sentAt: "2026-03-01T09:00:01Z",
    receivedAt: "2026-03-01T10:00:01Z",
    timestamp: "2026-03-01T10:00:00Z",
  });
  assert.equal(event.occurredAt, "2026-03-01T10:00:00.000Z");
});

Deno.test("segment: without id and time, the same content of a day is one event", () => {
  const bare = { event: "Email Opened", userId: "u-1" };
  const idAt = (receivedAt: string, message: unknown) =>
    toEvent(message, { receivedAt, currency: undefined }).eventId;
  const id = idAt(RECEIVED, bare);
  assert.equal(idAt("2026-03-01T23:59:59.000Z", bare), id);
  assert.notEqual(idAt("2026-03-02T00:00:00.000Z", bare), id);
  assert.notEqual(idAt(RECEIVED, { ...bare, userId: "u-2" }), id);
});
