/**
 * What one event of Klaviyo's means.
 *
 * @module
 */
import assert from "node:assert/strict";
import connector from "./connector.ts";
import { toEvent } from "./event.ts";

const NOW = "2026-04-01T12:00:00.000Z";
const CONFIG = connector.config.parse({ apiKey: "pk_0123456789" });

const ORDER = {
  id: "4FDLJDh8Sgu",
  metric: "Placed Order",
  attributes: {
    datetime: "2026-03-29 01:30:00+00:00",
    ["event_properties"]: {
      $value: 19.99,
      $currency_code: "USD",
      Items: ["Shirt", "Shoe"],
      $attribution: { $flow: "F1", $message: "M1", $attributed_event_id: "E" },
    },
  },
  relationships: { profile: { data: { type: "profile", id: "01GD" } } },
};

function withProperties(properties: Record<string, unknown>) {
  const attributes = { ...ORDER.attributes, ["event_properties"]: properties };
  return { ...ORDER, attributes };
}

Deno.test("klaviyo: an order is of a person, and credited to its flow and message", () => {
  assert.deepEqual(toEvent(ORDER, "EUR"), {
    grain: "event",
    eventId: "4FDLJDh8Sgu",
    type: "Order Completed",
    occurredAt: "2026-03-29T01:30:00.000Z",
    entities: { campaign: "F1", ad: "M1", subject: "01GD" },
    valueMicros: 19_990_000n,
    currency: "USD",
    properties: {
      $value: 19.99,
      $currency_code: "USD",
      "Items.0": "Shirt",
      "Items.1": "Shoe",
    },
  });
});

Deno.test("klaviyo: an e-mail of a campaign is known by its message", () => {
  const properties = { $message: "M1", $attribution: { $flow: "" } };
  const opened = { ...withProperties(properties), metric: "Opened Email" };
  const { type, entities } = toEvent(opened, undefined);
  assert.equal(type, "Email Opened");
  assert.deepEqual(entities, {
    campaign: "M1",
    channel: "email",
    subject: "01GD",
  });
});

Deno.test.each([
  { value: "1.25e1", currency: "EUR", want: [12_500_000n, "EUR"] },
  { value: 1e-7, currency: "EUR", want: [0n, "EUR"] },
  { value: 59.970000000000006, currency: "EUR", want: [59_970_000n, "EUR"] },
  { value: -5, currency: "EUR", want: [-5_000_000n, "EUR"] },
  { value: "9007199254740993", currency: "JPY" },
  { value: 0, currency: undefined, want: [null, null] },
  { value: null, currency: "EUR", want: [null, null] },
  { value: "", currency: "EUR", want: [null, null] },
])("klaviyo: $value in $currency", ({ value, currency, want }) => {
  const event = toEvent(withProperties({ $value: value }), currency);
  const exact = [9_007_199_254_740_993_000_000n, "JPY"];
  assert.deepEqual([event.valueMicros, event.currency], want ?? exact);
});

Deno.test.each([
  {
    note: "no currency",
    properties: { $value: 5 },
    reason: "currency_missing",
  },
  {
    note: "no number",
    properties: { $value: "much" },
    reason: "number_invalid",
  },
])(
  "klaviyo: an event with $note becomes a dead letter that is read again",
  (bad) => {
    const record = withProperties(bad.properties);
    const original = JSON.stringify(record);
    const again = (currency?: string) =>
      connector.reread?.({
        config: { ...CONFIG, currency },
        original,
        context: "",
        receivedAt: NOW,
      });
    assert.deepEqual(
      again()?.rejects.map(({ reason, original }) => [reason, original]),
      [[bad.reason, original]],
    );
    const signals = again("EUR")?.signals.length;
    assert.equal(signals, bad.reason === "currency_missing" ? 1 : 0);
  },
);

Deno.test("klaviyo: a dead letter that was cut is told as such", () => {
  const scope = { config: CONFIG, context: "", receivedAt: NOW };
  const receipt = connector.reread?.({ ...scope, original: '{"id":"4F' });
  assert.equal(receipt?.rejects[0]?.reason, "record_malformed");
});
