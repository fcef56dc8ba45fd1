/**
 * Deliveries of Klaviyo's system webhooks: signatures, bounds, and what is in them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Delivery, EventSignal } from "@moe/plugin";
import { createKlaviyoVendor } from "../../tests/vendors/klaviyo.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import connector from "./connector.ts";
import { signDelivery, verifySignature } from "./webhook.ts";

const NOW = "2026-04-01T12:00:00.000Z";
const VENDOR = createKlaviyoVendor({ clock: manualClock(NOW) });
const DELIVERY = VENDOR.deliver("2026-03-31");
const CONFIG = connector.config.parse(structuredClone(VENDOR.config));

function receive(delivery: Delivery, config: Partial<typeof CONFIG> = {}) {
  const scope = { config: { ...CONFIG, ...config }, delivery };
  const receipt = connector.receive?.(scope);
  assert.ok(receipt);
  return receipt;
}

function sign(body: unknown, timestamp: string): Delivery {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const secret = CONFIG.webhookSecret ?? "";
  const signature = Array.from(
    signDelivery(secret, bytes, timestamp),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  return {
    headers: {
      "klaviyo-signature": signature,
      "klaviyo-timestamp": timestamp,
      "klaviyo-webhook-id": "w-1",
    },
    body: bytes,
    receivedAt: NOW,
  };
}

const AT_NOW = new Date(NOW).toUTCString();
const META = { ["klaviyo_webhook_id"]: "w-1" };

Deno.test("klaviyo: both secrets hold while they are changed over", () => {
  const { webhookSecret: old } = CONFIG;
  const next = "the-next-secret-of-the-webhook";
  const config = { webhookSecret: next, previousWebhookSecret: old };
  assert.ok(receive(DELIVERY, config).signals.length > 0);
  const over = { webhookSecret: next, previousWebhookSecret: undefined };
  const refusal = { code: "signature_invalid" };
  assert.throws(() => receive(DELIVERY, over), refusal);
  const none = { webhookSecret: undefined, previousWebhookSecret: undefined };
  assert.throws(() => receive(DELIVERY, none), refusal);
});

Deno.test("klaviyo: a delivery holds for five minutes either way", () => {
  const at = (seconds: number) => ({
    ...DELIVERY,
    receivedAt: new Date(Date.parse(NOW) + seconds * 1000).toISOString(),
  });
  for (const seconds of [-300, 300]) receive(at(seconds));
  for (const seconds of [-301, 301]) {
    assert.throws(() => receive(at(seconds)), { code: "signature_invalid" });
  }
});

Deno.test("klaviyo: a delivery of another webhook is refused", () => {
  const body = { data: [], meta: { ["klaviyo_webhook_id"]: "w-2" } };
  assert.throws(() => receive(sign(body, AT_NOW)), {
    code: "signature_invalid",
  });
});

Deno.test.each([
  { note: "no list", body: { data: {}, meta: META }, code: "body_invalid" },
  { note: "no meta", body: { data: [] }, code: "body_invalid" },
  {
    note: "1001 events",
    body: { data: Array(1001).fill({}), meta: META },
    code: "body_too_large",
  },
])("klaviyo: a delivery of $note is refused as $code", ({ body, code }) => {
  assert.throws(() => receive(sign(body, AT_NOW)), { code });
});

Deno.test("klaviyo: an event without payload is refused by itself", () => {
  const bare = { ["external_id"]: "4F", topic: "event:klaviyo.sent_sms" };
  const payload = {
    data: { id: "4G", attributes: { timestamp: 1_774_700_000 } },
  };
  const topic = "event:klaviyo.unsubscribed_from_sms_marketing";
  const data = [bare, null, { ["external_id"]: "4G", topic, payload }];
  const { signals, rejects } = receive(sign({ data, meta: META }, AT_NOW));
  assert.deepEqual(rejects.map(({ reason }) => reason), [
    "record_malformed",
    "record_malformed",
  ]);
  const [event] = signals as EventSignal[];
  assert.equal(event?.type, "Unsubscribed from SMS Marketing");
});

const VECTORS = new URL(
  "../../../shared/vectors/ingest/klaviyo-system-webhook.json",
  import.meta.url,
);

function readVectors() {
  try {
    return JSON.parse(Deno.readTextFileSync(VECTORS)).vectors;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return null;
  }
}

const vectors = readVectors();

Deno.test({
  name: "klaviyo: published signatures hold, and a changed one does not" +
    (vectors ? "" : " (skipped: no vectors)"),
  ignore: vectors === null,
  fn() {
    for (const { secret, timestamp, body, signature, valid } of vectors) {
      const check = () =>
        verifySignature({
          headers: {
            "klaviyo-signature": signature,
            "klaviyo-timestamp": timestamp,
          },
          body: new TextEncoder().encode(body),
          receivedAt: new Date(timestamp).toISOString(),
        }, [secret]);
      if (valid) check();
      else assert.throws(check, { code: "signature_invalid" });
    }
  },
});
