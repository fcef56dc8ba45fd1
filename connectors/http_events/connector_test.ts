/**
 * The push connector beyond what the kit checks of every connector.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Delivery, EventSignal } from "@moe/plugin";
import { checkSignals, testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";
import { sign } from "./signature.ts";

const SECRET = "a-secret-of-the-sender";
const OLD = "the-secret-before-that";
const CONFIG = { secret: SECRET, previousSecret: OLD };
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

testConnector(connector, { config: CONFIG, delivery: deliver(ORDER) });

function deliver(
  content: unknown,
  { secret = SECRET, timestamp }: { secret?: string; timestamp?: string } = {},
): Delivery {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const body = new TextEncoder().encode(text);
  const headers: Record<string, string> = {
    "x-signature": hex(sign(secret, timestamp, body)),
  };
  if (timestamp !== undefined) headers["x-timestamp"] = timestamp;
  return { headers, body, receivedAt: RECEIVED };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function receive(delivery: Delivery, more: Record<string, unknown> = {}) {
  const config = connector.config.parse({ ...CONFIG, ...more });
  const receipt = connector.receive?.({ config, delivery });
  assert.ok(receipt);
  return receipt;
}

function receiveOne(message: unknown): EventSignal {
  const { signals, rejects } = receive(deliver(message));
  assert.deepEqual(rejects, []);
  return signals[0] as EventSignal;
}

Deno.test("http_events: a signature is the published HMAC-SHA256", () => {
  const body = new TextEncoder().encode("Hello, World!");
  assert.equal(
    hex(sign("It's a Secret to Everybody", undefined, body)),
    "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  );
});

Deno.test("http_events: an order keeps value, ids and flat properties", () => {
  assert.deepEqual(receiveOne(ORDER), {
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
])("http_events: $type is $want", ({ type, want }) => {
  const message = {
    type,
    messageId: "m",
    anonymousId: "a",
    traits: { age: 7 },
  };
  const event = receiveOne(message);
  assert.deepEqual([event.type, event.properties], [want, { age: 7 }]);
  assert.equal(event.occurredAt, RECEIVED);
});

Deno.test.each([
  { note: "a clock an hour fast", sent: 3_600_000 },
  { note: "a clock a day slow", sent: -86_400_000 },
  { note: "a right clock", sent: 0 },
])("http_events: $note does not move the event", ({ sent }) => {
  const at = (ms: number) => new Date(Date.parse(RECEIVED) + ms).toISOString();
  const event = receiveOne({
    ...ORDER,
    timestamp: at(sent - 90_000),
    sentAt: at(sent),
  });
  assert.equal(event.occurredAt, at(-90_000));
});

Deno.test("http_events: without an id the content is the id, and a retry the same", () => {
  const { messageId: _, ...bare } = ORDER;
  const first = receiveOne(bare);
  const retry = receiveOne({ ...bare, sentAt: "2026-03-01T11:00:30Z" });
  const other = receiveOne({ ...bare, userId: "u-18" });
  assert.equal(first.eventId, retry.eventId);
  assert.notEqual(first.eventId, other.eventId);
});

Deno.test.each([
  { reason: "type_unsupported", change: { type: "alias" } },
  { reason: "event_name_invalid", change: { event: "" } },
  { reason: "message_invalid", change: { properties: [] } },
  { reason: "message_invalid", change: { type: null } },
  { reason: "id_missing", change: { messageId: null, timestamp: null } },
  { reason: "id_invalid", change: { userId: "x".repeat(201) } },
  { reason: "timestamp_invalid", change: { timestamp: "yesterday" } },
  {
    reason: "timestamp_invalid",
    change: { timestamp: "2026-03-01T11:06:00Z" },
  },
  { reason: "currency_invalid", change: { properties: { revenue: 1 } } },
  {
    reason: "number_invalid",
    change: { properties: { revenue: "much", currency: "EUR" } },
  },
  { reason: "too_large", change: { properties: { a: "x".repeat(33_000) } } },
])(
  "http_events: refuses one message as $reason and takes the others",
  (bad) => {
    const batch = [ORDER, { ...ORDER, ...bad.change }, {
      ...ORDER,
      messageId: "m-3",
    }];
    const { signals, rejects } = receive(deliver({ batch }));
    assert.equal(signals.length, 2);
    assert.equal(rejects[0]?.reason, bad.reason);
    assert.match(rejects[0]?.detail ?? "", /^batch\.1: /);
    assert.deepEqual(JSON.parse(rejects[0]?.original ?? ""), batch[1]);
  },
);

Deno.test.each([
  { where: "traits.email", change: { traits: { email: "ann@example.com" } } },
  { where: "userId", change: { userId: "ann@example.com" } },
  { where: "traits.Phone", change: { traits: { Phone: "0301234567" } } },
  {
    where: "properties.call",
    change: { properties: { call: "+49 30 1234567" } },
  },
  { where: "context.ip", change: { context: { ip: "203.0.113.9" } } },
  {
    where: "properties.a.b",
    change: { properties: { a: { b: "2001:db8::1" } } },
  },
  {
    where: "properties.note",
    change: { properties: { note: "ask bob@example.org" } },
  },
])(
  "http_events: refuses personal data in $where, and does not keep it",
  (bad) => {
    const message = { ...ORDER, ...bad.change };
    const { signals, rejects } = receive(deliver(message));
    assert.deepEqual(signals, []);
    assert.equal(rejects[0]?.reason, "personal_data_refused");
    assert.ok(rejects[0]?.detail.includes(bad.where));
    const kept = JSON.stringify(rejects);
    assert.ok(!/@example|1234567|203\.0|2001:db8/.test(kept), kept);
    assert.ok(kept.includes("[redacted]"));
  },
);

Deno.test("http_events: personal data cannot hide in depth", () => {
  const depth = 50_000;
  const nested = '{"a":'.repeat(depth) + '"ann@example.com"' +
    "}".repeat(depth);
  const text = `{"batch":[{"type":"track","properties":${nested}},`;
  const { signals, rejects } = receive(
    deliver(`${text}${JSON.stringify(ORDER)}]}`),
  );
  assert.equal(signals.length, 1);
  assert.equal(rejects[0]?.reason, "message_invalid");
  assert.ok(!JSON.stringify(rejects).includes("ann@"));
});

Deno.test("http_events: a version, a browser's name or a path is not personal data", () => {
  receiveOne({
    ...ORDER,
    properties: {
      app_version: "1.2.3.4",
      agent: "Chrome/120.0.0.0",
      at: "@home",
    },
  });
});

Deno.test("http_events: both secrets hold while they are changed over", () => {
  assert.equal(receive(deliver(ORDER, { secret: OLD })).signals.length, 1);
  assert.throws(
    () =>
      receive(deliver(ORDER, { secret: OLD }), { previousSecret: undefined }),
    { code: "signature_invalid" },
  );
});

Deno.test("http_events: a signed timestamp holds for five minutes", () => {
  const at = (seconds: number) =>
    deliver(ORDER, {
      timestamp: String(Date.parse(RECEIVED) / 1000 + seconds),
    });
  for (const seconds of [-300, 0, 300]) {
    assert.equal(receive(at(seconds)).signals.length, 1);
  }
  for (const seconds of [-301, 301]) {
    assert.throws(() => receive(at(seconds)), { code: "signature_invalid" });
  }
  const stripped = {
    ...at(0),
    headers: { "x-signature": at(0).headers["x-signature"] ?? "" },
  };
  assert.throws(() => receive(stripped), { code: "signature_invalid" });
  assert.throws(() => receive(deliver(ORDER), { requireTimestamp: true }), {
    code: "signature_invalid",
  });
});

Deno.test.each([
  { note: "not JSON", body: "{", code: "body_invalid" },
  { note: "no array", body: '{"batch":{}}', code: "body_invalid" },
  {
    note: "2501 messages",
    body: JSON.stringify({ batch: Array(2501).fill(0) }),
    code: "body_too_large",
  },
  {
    note: "half a megabyte",
    body: " ".repeat(500_001),
    code: "body_too_large",
  },
])("http_events: a delivery of $note is refused as $code", ({ body, code }) => {
  assert.throws(() => receive(deliver(body)), { code });
});

Deno.test("http_events: a long text costs no long search", () => {
  const text = "a".repeat(240_000) + "@" + "b.".repeat(100_000);
  const began = performance.now();
  receive(deliver({ ...ORDER, properties: { text } }));
  assert.ok(performance.now() - began < 2000);
});

Deno.test("http_events: any JSON is taken or refused, message by message", () => {
  const near = fc.record({
    type: fc.oneof(fc.constantFrom("track", "page"), fc.jsonValue()),
    event: fc.oneof(fc.constant("Seen"), fc.jsonValue()),
    messageId: fc.oneof(fc.uuid(), fc.jsonValue()),
    timestamp: fc.oneof(fc.constant(RECEIVED), fc.jsonValue()),
    userId: fc.jsonValue(),
    properties: fc.jsonValue(),
    context: fc.jsonValue(),
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, fc.jsonValue())), (batch) => {
      const { signals, rejects } = receive(deliver({ batch }));
      assert.equal(signals.length + rejects.length, batch.length);
      const faults = checkSignals(connector, signals)
        .filter(({ reason }) => reason !== "property_invalid");
      assert.deepEqual(faults, []);
    }),
    { numRuns: 300 },
  );
});
