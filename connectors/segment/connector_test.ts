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
import { sign, signSha1 } from "./sender.ts";

const SECRET = "a-secret-of-the-sender";
const KEY = "a-write-key-of-the-site";
const SHARED = "a-secret-of-segment";
const SIGNED = { secret: SECRET };
const CONFIG = {
  ...SIGNED,
  previousSecret: "the-secret-before-that",
  writeKey: KEY,
  previousWriteKey: "the-write-key-before-that",
  sharedSecret: SHARED,
  previousSharedSecret: "the-shared-one-before-that",
};
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

function deliver(content: unknown): Delivery {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const body = new TextEncoder().encode(text);
  const signature = hex(sign(SECRET, undefined, body));
  return { headers: { "x-signature": signature }, body, receivedAt: RECEIVED };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function receive(delivery: Delivery, more: Record<string, unknown> = {}) {
  const config = connector.config.parse({ ...SIGNED, ...more });
  const receipt = connector.receive?.({ config, delivery });
  assert.ok(receipt);
  return receipt;
}

function receiveOne(message: unknown): EventSignal {
  const { signals, rejects } = receive(deliver(message));
  assert.deepEqual(rejects, []);
  return signals[0] as EventSignal;
}

Deno.test.each([
  { reason: "type_unsupported", change: { type: "nosuch" } },
  { reason: "event_name_invalid", change: { event: "" } },
  { reason: "message_invalid", change: { properties: [] } },
  { reason: "message_invalid", change: { type: null } },
  {
    reason: "message_invalid",
    change: { context: { consent: { categoryPreferences: { ads: "yes" } } } },
  },
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
  "segment: refuses one message as $reason and takes the others",
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

Deno.test("segment: names and places of people stay out, addresses are left to the door", () => {
  const event = receiveOne({
    ...ORDER,
    traits: {
      email: "ann@example.com",
      name: "Ann Lee",
      first_name: "Ann",
      address: { street: "Long Road 1" },
      plan: "pro",
    },
    properties: {
      name: "Blue Shirt",
      billing_address: { city: "Bonn" },
      customer: { lastName: "Lee", tier: 2 },
    },
    context: { ip: "203.0.113.9", traits: { email: "ann@example.com" } },
  });
  assert.deepEqual(event.properties, {
    email: "ann@example.com",
    plan: "pro",
    name: "Blue Shirt",
    "customer.tier": 2,
  });
});

Deno.test("segment: a dead letter keeps neither write key, names nor addresses", () => {
  const { rejects } = receive(deliver({
    ...ORDER,
    event: "",
    writeKey: KEY,
    traits: { lastName: "Lee" },
    context: { ip: "203.0.113.9", campaign: { id: "c-1" } },
  }));
  const { writeKey, traits, context } = JSON.parse(rejects[0]?.original ?? "");
  assert.deepEqual([writeKey, traits, context], [
    undefined,
    {},
    { campaign: { id: "c-1" } },
  ]);
});

Deno.test("segment: nothing hides in depth", () => {
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
])("segment: a delivery of $note is refused as $code", ({ body, code }) => {
  assert.throws(() => receive(deliver(body)), { code });
});

Deno.test("segment: a long text costs no long search", () => {
  const text = "a".repeat(240_000) + "@" + "b.".repeat(100_000);
  const began = performance.now();
  receive(deliver({ ...ORDER, properties: { text } }));
  assert.ok(performance.now() - began < 2000);
});

Deno.test("segment: any JSON is taken or refused, message by message", () => {
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

Deno.test("segment: what the person had agreed to travels with the event", () => {
  const consent = { categoryPreferences: { Advertising: false, email: true } };
  const { signals } = receive(deliver({
    context: { consent },
    batch: [ORDER, { ...ORDER, context: { consent: { version: 2 } } }],
  }));
  const [said, own] = signals as EventSignal[];
  assert.deepEqual(said?.consent, { Advertising: false, email: true });
  assert.equal(own?.consent, undefined);
  assert.equal(receiveOne(ORDER).consent, undefined);
});

Deno.test("segment: a dead letter is read again alone, as its batch said", () => {
  const wrong = { ...ORDER, properties: { revenue: 2 }, sentAt: undefined };
  const batch = { batch: [wrong], sentAt: "2026-03-01T11:00:00Z" };
  const { rejects } = receive(deliver(batch));
  assert.equal(rejects[0]?.reason, "currency_invalid");
  const config = connector.config.parse({ ...SIGNED, currency: "USD" });
  const again = (original: string) =>
    connector.reread?.({ config, original, context: "", receivedAt: RECEIVED });
  const receipt = again(rejects[0]?.original ?? "");
  assert.deepEqual(receipt?.rejects, []);
  const [event] = receipt?.signals as EventSignal[];
  assert.equal(event?.valueMicros, 2_000_000n);
  assert.equal(event?.occurredAt, "2026-03-01T11:59:00.000Z");
  assert.throws(() => again('{"cut'), { code: "body_invalid" });
});

Deno.test("segment: a batch that Segment signed is refused, though the signature holds", () => {
  const config = connector.config.parse({ sharedSecret: SHARED });
  const receiveSha1 = (content: unknown) => {
    const { body } = deliver(content);
    const headers = { "x-signature": hex(signSha1(SHARED, body)) };
    const delivery = { headers, body, receivedAt: RECEIVED };
    return connector.receive?.({ config, delivery }).signals.length;
  };
  assert.equal(receiveSha1(ORDER), 1);
  for (const whole of [[ORDER, ORDER], { batch: [ORDER] }]) {
    assert.throws(() => receiveSha1(whole), {
      code: "body_invalid",
      message: /first message of a batch/,
    });
  }
});

Deno.test("segment: a configuration names a way to know senders", () => {
  assert.throws(() => connector.config.parse({ currency: "EUR" }), /writeKey/);
});
