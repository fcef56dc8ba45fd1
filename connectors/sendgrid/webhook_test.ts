/**
 * The Event Webhook of SendGrid: deliveries that are signed here, and those that the
 * vendor published.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Delivery, EventSignal, Receipt } from "@moe/plugin";
import { checkSignals } from "@moe/plugin/test";
import { createSendgridWebhook } from "../../tests/vendors/sendgrid_webhook.ts";
import connector from "./connector.ts";

const NOW = "2026-11-05T12:00:00.000Z";
const VECTORS = new URL("../../../shared/vectors/ingest/", import.meta.url);

const webhook = createSendgridWebhook();
const older = createSendgridWebhook();
const config = {
  publicKey: webhook.publicKey,
  previousPublicKey: older.publicKey,
};

const OPEN = pushed({
  email: "ann@example.com",
  event: "open",
  sg_event_id: "FOTFFO0ecsBE-zxFXfs6WA",
  sg_message_id: "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
  category: ["spring", "vip"],
  sg_machine_open: true,
  useragent: "Mozilla/5.0",
  ip: "192.0.2.7",
});
const BOUNCE = pushed({
  email: "bob@example.com",
  event: "bounce",
  sg_event_id: "6g4ZI7SA-xmRDv57GoPIPw",
  reason: "550 5.1.1 <bob@example.com> unknown",
  status: "5.1.1",
  type: "blocked",
});

Deno.test("sendgrid: reads an open: who, which campaign, and that it was a machine", () => {
  const [open] = eventsOf(webhook.deliver([OPEN], NOW));
  assert.deepEqual(open, {
    grain: "event",
    eventId: "FOTFFO0ecsBE-zxFXfs6WA",
    type: "Email Opened",
    occurredAt: "2026-11-05T12:00:00.000Z",
    entities: {
      subject: "ann@example.com",
      campaign: "spring",
      channel: "email",
    },
    valueMicros: null,
    currency: null,
    properties: {
      message_id: "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
      categories: "spring, vip",
      machine_open: true,
    },
  });
});

Deno.test("sendgrid: leaves out what a mail server says of a bounce", () => {
  const [bounce] = eventsOf(webhook.deliver([BOUNCE], NOW));
  assert.deepEqual(bounce?.properties, {
    status: "5.1.1",
    bounce_type: "blocked",
  });
});

Deno.test.each([
  { note: "all mail", event: { event: "unsubscribe" }, want: { email: false } },
  {
    note: "a group",
    event: { event: "group_unsubscribe", asm_group_id: 10 },
    want: { email_group_10: false },
  },
  {
    note: "a group again",
    event: { event: "group_resubscribe", asm_group_id: 10 },
    want: { email_group_10: true },
  },
  { note: "nothing", event: { event: "spamreport" }, want: undefined },
])("sendgrid: takes consent along: $note", ({ event, want }) => {
  const [signal] = eventsOf(webhook.deliver([{ ...OPEN, ...event }], NOW));
  assert.deepEqual(signal?.consent, want);
});

Deno.test.each([
  {
    note: "a single send",
    event: { singlesend_id: "27c21bbf-a12c", marketing_campaign_id: 7 },
    want: "27c21bbf-a12c",
  },
  { note: "a campaign", event: { marketing_campaign_id: 7 }, want: "7" },
  { note: "its category", event: { category: "cat facts" }, want: "cat facts" },
  { note: "none", event: { category: undefined }, want: undefined },
])("sendgrid: credits mail to $note", ({ event, want }) => {
  const [signal] = eventsOf(webhook.deliver([{ ...OPEN, ...event }], NOW));
  assert.equal(signal?.entities.campaign, want);
});

Deno.test("sendgrid: keeps or refuses each event by itself", () => {
  const { signals, rejects } = receive(webhook.deliver([
    OPEN,
    { ...OPEN, event: "account_status_change" },
    { ...OPEN, timestamp: "yesterday" },
    { ...OPEN, event: "constructor" },
    BOUNCE,
  ], NOW));
  assert.equal(signals.length, 2);
  assert.deepEqual(rejects.map(({ reason, detail }) => [reason, detail]), [
    ["event_unsupported", "record 1: event is none of a message"],
    ["record_malformed", "record 2: not as expected: timestamp"],
    ["event_unsupported", "record 3: event is none of a message"],
  ]);
});

Deno.test("sendgrid: reads a dead letter again", () => {
  const reread = connector.reread?.({
    config: connector.config.parse(config),
    original: JSON.stringify(OPEN),
    context: "",
    receivedAt: NOW,
  });
  assert.deepEqual(reread, receive(webhook.deliver([OPEN], NOW)));
});

Deno.test.each([
  { note: "at once", receivedAt: NOW, taken: true },
  { note: "a day later", receivedAt: "2026-11-06T12:04:00.000Z", taken: true },
  { note: "after a day", receivedAt: "2026-11-06T12:06:00.000Z", taken: false },
  {
    note: "by a slow clock",
    receivedAt: "2026-11-05T11:56:00.000Z",
    taken: true,
  },
  { note: "too early", receivedAt: "2026-11-05T11:54:00.000Z", taken: false },
])("sendgrid: a delivery that comes $note", ({ receivedAt, taken }) => {
  const delivery = { ...webhook.deliver([OPEN], NOW), receivedAt };
  if (taken) assert.equal(receive(delivery).signals.length, 1);
  else assertRefused(delivery);
});

Deno.test("sendgrid: takes the key before while senders change over", () => {
  assert.equal(eventsOf(older.deliver([OPEN], NOW)).length, 1);
  const { previousPublicKey: _, ...later } = config;
  assertRefused(older.deliver([OPEN], NOW), later);
});

Deno.test.each([
  { note: "without a key", keys: {} },
  { note: "with a key that is none", keys: { publicKey: "c2VjcmV0" } },
])("sendgrid: takes no delivery $note", ({ keys }) => {
  assertRefused(webhook.deliver([OPEN], NOW), keys);
});

Deno.test.each([
  { note: "no JSON", text: "[{", code: "body_invalid" },
  { note: "no list", text: "{}", code: "body_invalid" },
  {
    note: "too many events",
    text: `[${Array(10_001).fill("{}")}]`,
    code: "body_too_large",
  },
  {
    note: "too many bytes",
    text: `[${" ".repeat(1_048_576)}]`,
    code: "body_too_large",
  },
])("sendgrid: refuses a delivery with $note", ({ text, code }) => {
  const body = new TextEncoder().encode(text);
  const headers = webhook.sign(body, NOW);
  assert.throws(() => receive({ headers, body, receivedAt: NOW }), { code });
});

interface Vector {
  readonly name: string;
  readonly publicKey: string;
  readonly timestamp: string;
  readonly payload: string;
  readonly signature: string;
  readonly valid: boolean;
}

const vectors = readVectors<{ readonly vectors: readonly Vector[] }>(
  "sendgrid-event-webhook-ecdsa.json",
);

if (vectors === null) {
  const name = "sendgrid: published vectors (left out: they are not here)";
  Deno.test.ignore(name, () => {});
}

for (const vector of vectors?.vectors ?? []) {
  const verb = vector.valid ? "takes" : "refuses";
  Deno.test(`sendgrid: ${verb} the published vector "${vector.name}"`, () => {
    const { publicKey, timestamp, payload, signature } = vector;
    const seconds = Number(timestamp) || 1_600_112_502;
    const delivery = {
      headers: {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": timestamp,
      },
      body: new TextEncoder().encode(payload),
      receivedAt: new Date(seconds * 1000).toISOString(),
    };
    if (!vector.valid) return assertRefused(delivery, { publicKey });
    const { signals, rejects } = receive(delivery, { publicKey });
    assert.ok(signals.length > 0);
    assert.deepEqual(rejects, []);
  });
}

const batch = readVectors<readonly Record<string, unknown>[]>(
  "fixtures/sendgrid/event-webhook-batch-all-types.json",
);

Deno.test({
  name: `sendgrid: reads the published batch of all types${
    batch ? "" : " (left out: it is not here)"
  }`,
  ignore: batch === null,
  fn: () => {
    const events = eventsOf(webhook.deliver(batch ?? [], NOW));
    assert.deepEqual(events.map(({ type }) => type), [
      "Email Sent",
      "Email Deferred",
      "Email Delivered",
      "Email Opened",
      "Email Link Clicked",
      "Email Bounced",
      "Email Dropped",
      "Email Marked as Spam",
      "Unsubscribed",
      "Unsubscribed",
      "Resubscribed",
    ]);
    assert.deepEqual(checkSignals(connector, events), []);
    const text = JSON.stringify(events.map(({ properties }) => properties));
    assert.doesNotMatch(text, /255\.255|Mozilla|example@/);
  },
});

/** An event of the moment at which it is delivered, in seconds. */
function pushed(members: Readonly<Record<string, unknown>>) {
  return { timestamp: Date.parse(NOW) / 1000, ...members };
}

/** What the vendor published, where it is here; it must be where all is required. */
function readVectors<T>(path: string): T | null {
  try {
    return JSON.parse(Deno.readTextFileSync(new URL(path, VECTORS)));
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound;
    if (!absent || Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return null;
  }
}

function receive(delivery: Delivery, given: unknown = config): Receipt {
  const receipt = connector.receive?.({
    config: connector.config.parse(given),
    delivery,
  });
  assert.ok(receipt);
  return receipt;
}

function eventsOf(delivery: Delivery): EventSignal[] {
  const { signals, rejects } = receive(delivery);
  assert.deepEqual(rejects, []);
  return signals.filter((signal) => signal.grain === "event");
}

function assertRefused(delivery: Delivery, given: unknown = config): void {
  assert.throws(() => receive(delivery, given), { code: "signature_invalid" });
}
