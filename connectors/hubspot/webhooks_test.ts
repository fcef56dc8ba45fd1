/**
 * What is kept of a push: that it happened, and nothing of a person.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Delivery, EventSignal } from "@moe/plugin";
import { checkSignals } from "@moe/plugin/test";
import { createHubspotVendor } from "../../tests/vendors/hubspot.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import connector from "./connector.ts";
import { sign } from "./signature.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const BIG_ID = "9007199254740993";
const vendor = createHubspotVendor({ clock: manualClock(NOW) });
const CREATED = {
  eventId: 1,
  subscriptionId: 12345,
  portalId: 62515,
  occurredAt: 1564113600000,
  subscriptionType: "contact.creation",
  attemptNumber: 0,
  objectId: 123,
  changeSource: "CRM",
  changeFlag: "NEW",
  appId: 54321,
};

function receive(delivery: Delivery) {
  const config = connector.config.parse(vendor.config);
  const receipt = connector.receive?.({ config, delivery });
  assert.ok(receipt);
  return receipt;
}

function receiveOne(event: Record<string, unknown>): EventSignal {
  const { signals, rejects } = receive(vendor.push([event]));
  assert.deepEqual(rejects, []);
  assert.deepEqual(checkSignals(connector, signals), []);
  return signals[0] as EventSignal;
}

Deno.test("hubspot: a created contact is an event without its person", () => {
  const { eventId, ...event } = receiveOne(CREATED);
  assert.match(eventId, /^[0-9a-f]{64}$/);
  assert.deepEqual(event, {
    grain: "event",
    type: "Contact Created",
    occurredAt: "2019-07-26T04:00:00.000Z",
    entities: { account: "62515", subject: "hubspot-contact:123" },
    valueMicros: null,
    currency: null,
    properties: {
      object_type: "contact",
      object_id: "123",
      change_source: "CRM",
    },
  });
});

Deno.test.each([
  { type: "deal.propertyChange", want: "Deal Updated" },
  { type: "contact.deletion", want: "Contact Deleted" },
  { type: "contact.privacyDeletion", want: "Contact Privacy Deleted" },
  { type: "line_item.restore", want: "Line Item Restored" },
  { type: "company.associationChange", want: "Company Association Changed" },
  { type: "object.creation", objectTypeId: "0-1", want: "Contact Created" },
  { type: "object.merge", objectTypeId: "2-77", want: "Object Merged" },
])("hubspot: $type is $want", ({ type, want, objectTypeId }) => {
  const event = { ...CREATED, subscriptionType: type, objectTypeId };
  assert.equal(receiveOne(event).type, want);
});

Deno.test("hubspot: a retry is the same event, another subscription's is not", () => {
  const first = receiveOne(CREATED).eventId;
  assert.equal(receiveOne({ ...CREATED, attemptNumber: 3 }).eventId, first);
  for (
    const other of [{ subscriptionId: 9 }, { objectId: 9 }, { eventId: 9 }]
  ) {
    assert.notEqual(receiveOne({ ...CREATED, ...other }).eventId, first);
  }
});

Deno.test("hubspot: ids above 2^53 keep their last digits", () => {
  const text = JSON.stringify([CREATED]).replace(
    '"objectId":123',
    `"objectId":${BIG_ID}`,
  );
  const delivery = vendor.push(JSON.parse(text));
  const secret = String(vendor.config.clientSecret);
  const body = new TextEncoder().encode(text);
  const timestamp = delivery.headers["x-hubspot-request-timestamp"] ?? "";
  const signature = sign("v3", secret, {
    method: "POST",
    url: delivery.url ?? "",
    body,
    timestamp,
  });
  const { signals } = receive({
    ...delivery,
    body,
    headers: { ...delivery.headers, "x-hubspot-signature-v3": signature },
  });
  assert.equal(signals[0]?.entities.subject, `hubspot-contact:${BIG_ID}`);
});

Deno.test.each([
  { name: "lifecyclestage", value: "customer", kept: true },
  { name: "dealstage", value: "closedwon", kept: true },
  { name: "email", value: "ann@example.com", kept: false },
  { name: "firstname", value: "Ann", kept: false },
  { name: "notes_of_our_own", value: "Ann called", kept: false },
])("hubspot: the value of $name is kept: $kept", ({ name, value, kept }) => {
  const event = {
    ...CREATED,
    subscriptionType: "contact.propertyChange",
    propertyName: name,
    propertyValue: value,
  };
  const { properties } = receiveOne(event);
  assert.equal(properties.property_name, name);
  assert.equal(properties.property_value, kept ? value : undefined);
  const bad = { ...event, subscriptionType: "contact.unheardOf" };
  const { rejects } = receive(vendor.push([bad]));
  assert.equal(rejects[0]?.reason, "type_unsupported");
  assert.equal(rejects[0]?.original.includes(value), kept);
});

Deno.test("hubspot: who opts out of mail has unsubscribed", () => {
  const event = {
    ...CREATED,
    subscriptionType: "contact.propertyChange",
    propertyName: "hs_email_optout",
    propertyValue: "true",
  };
  const out = receiveOne(event);
  assert.deepEqual([out.type, out.consent], ["Unsubscribed", { email: false }]);
  const back = receiveOne({ ...event, propertyValue: "false" });
  assert.deepEqual([back.type, back.consent], [
    "Contact Updated",
    { email: true },
  ]);
});

Deno.test("hubspot: one bad event does not cost the others, and is read again", () => {
  const other = { ...CREATED, portalId: 1 };
  const { signals, rejects } = receive(
    vendor.push([CREATED, other, { eventId: 5 }, null]),
  );
  assert.equal(signals.length, 1);
  assert.deepEqual(rejects.map(({ reason }) => reason), [
    "account_unknown",
    "record_malformed",
    "record_malformed",
  ]);
  const config = connector.config.parse({ ...vendor.config, portalId: "1" });
  const again = connector.reread?.({
    config,
    original: rejects[0]?.original ?? "",
    context: rejects[0]?.context ?? "",
    receivedAt: NOW,
  });
  assert.equal(again?.signals.length, 1);
});

Deno.test.each([
  {
    note: "101 events",
    events: Array(101).fill(CREATED),
    code: "body_too_large",
  },
  { note: "no list", events: CREATED, code: "body_invalid" },
])("hubspot: a push of $note is refused as $code", ({ events, code }) => {
  const delivery = vendor.push(events as unknown[]);
  assert.throws(() => receive(delivery), { code });
});
