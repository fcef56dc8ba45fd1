/**
 * What the journal's changes become: the events of pushes, and nothing of a person.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventSignal } from "@moe/plugin";
import { checkSignals } from "@moe/plugin/test";
import connector from "./connector.ts";
import { gapAfter, readJournalEvents } from "./journal_events.ts";
import { readEvents } from "./webhooks.ts";

const CONFIG = connector.config.parse({ portalId: "62515" });
const UPDATE = {
  type: "crmObject",
  portalId: 62515,
  occurredAt: "2026-11-20T08:00:00.250Z",
  action: "UPDATE",
  objectTypeId: "0-1",
  objectId: 301,
  propertyChanges: { lifecyclestage: "customer" },
};

function read(...events: unknown[]): readonly EventSignal[] {
  const { signals, rejects } = readJournalEvents(events, CONFIG);
  assert.deepEqual(rejects, []);
  assert.deepEqual(checkSignals(connector, signals), []);
  return signals as readonly EventSignal[];
}

Deno.test("hubspot: a change in the journal is the event of its push, but for its id", () => {
  const pushed = {
    eventId: 7,
    subscriptionId: 8,
    portalId: 62515,
    occurredAt: Date.parse(UPDATE.occurredAt),
    subscriptionType: "contact.propertyChange",
    objectId: 301,
    propertyName: "lifecyclestage",
    propertyValue: "customer",
  };
  const [push] = readEvents([pushed], CONFIG).signals as EventSignal[];
  const [told] = read(UPDATE);
  assert.notEqual(told?.eventId, push?.eventId);
  assert.deepEqual({ ...told, eventId: "" }, { ...push, eventId: "" });
});

Deno.test.each([
  { action: "CREATE", want: "Contact Created" },
  { action: "DELETE", want: "Contact Deleted" },
  { action: "GDPR_DELETE", want: "Contact Privacy Deleted" },
  { action: "MERGE", want: "Contact Merged" },
  { action: "RESTORE", want: "Contact Restored" },
])("hubspot: $action in the journal is $want", ({ action, want }) => {
  const events = read({ ...UPDATE, action, mergedObjectIds: [302, 303] });
  assert.deepEqual(events.map(({ type }) => type), [want]);
  assert.equal(events[0]?.properties.merged_object_ids, "302,303");
  assert.equal(events[0]?.entities.subject, "hubspot-contact:301");
});

Deno.test("hubspot: an update in the journal is an event a property, personal values left out", () => {
  const propertyChanges = { email: "ann@example.com", amount: 12, gone: null };
  const events = read({ ...UPDATE, propertyChanges });
  assert.deepEqual(
    events.map(({ properties }) => [
      properties.property_name,
      properties.property_value,
    ]),
    [["email", undefined], ["amount", "12"], ["gone", undefined]],
  );
  assert.equal(new Set(events.map(({ eventId }) => eventId)).size, 3);
  assert.equal(read({ ...UPDATE, propertyChanges: {} }).length, 1);
});

Deno.test("hubspot: a contact that is created without consent has unsubscribed", () => {
  const propertyChanges = {
    email: "ann@example.com",
    ["hs_email_optout"]: "true",
  };
  const events = read({ ...UPDATE, action: "CREATE", propertyChanges });
  assert.deepEqual(
    events.map(({ type, consent }) => [type, consent]),
    [["Contact Created", undefined], ["Unsubscribed", { email: false }]],
  );
});

Deno.test.each([
  { removed: false, action: "ASSOCIATION_ADDED" },
  { removed: true, action: "ASSOCIATION_REMOVED" },
])("hubspot: $action names both sides", ({ removed, action }) => {
  const { objectId: _, objectTypeId: __, ...event } = UPDATE;
  const association = {
    ...event,
    type: "association",
    action,
    fromObjectTypeId: "0-3",
    fromObjectId: 9,
    toObjectTypeId: "2-77",
    toObjectId: 10,
  };
  const [told, other] = read(association, { ...association, toObjectId: 11 });
  assert.equal(told?.type, "Deal Association Changed");
  assert.deepEqual(told?.properties, {
    object_type: "deal",
    object_id: "9",
    association_type: "DEAL_TO_2-77",
    association_removed: removed,
  });
  assert.notEqual(told?.eventId, other?.eventId);
});

Deno.test("hubspot: a change told twice is one event, another is not", () => {
  const [first] = read(UPDATE);
  assert.equal(read({ ...UPDATE, later: true })[0]?.eventId, first?.eventId);
  const others = [
    { objectId: 302 },
    { objectTypeId: "0-2" },
    { occurredAt: "2026-11-20T08:00:00.251Z" },
    { action: "DELETE" },
    { propertyChanges: { dealstage: "customer" } },
  ];
  for (const other of others) {
    assert.notEqual(read({ ...UPDATE, ...other })[0]?.eventId, first?.eventId);
  }
});

Deno.test.each([
  { note: "another account", wrong: { portalId: 1 }, why: "account_unknown" },
  {
    note: "an installation",
    wrong: { type: "app_lifecycle_event", action: "APP_INSTALL" },
    why: "type_unsupported",
  },
  { note: "no time", wrong: { occurredAt: 1 }, why: "record_malformed" },
  { note: "a gap", wrong: gapAfter("0197f5c0"), why: "journal_gap" },
])("hubspot: $note in the journal is kept aside", ({ wrong, why }) => {
  const propertyChanges = { email: "ann@example.com", lifecyclestage: "lead" };
  const { signals, rejects } = readJournalEvents(
    [UPDATE, { ...UPDATE, propertyChanges, ...wrong }],
    CONFIG,
  );
  assert.equal(signals.length, 1);
  assert.deepEqual(rejects.map(({ reason }) => reason), [why]);
  const { original = "", context = "" } = rejects[0] ?? {};
  assert.doesNotMatch(original, /ann@/);
  assert.match(original, /"lifecyclestage":"lead"/);
  const again = connector.reread?.({
    config: CONFIG,
    original,
    context,
    receivedAt: UPDATE.occurredAt,
  });
  assert.deepEqual(again?.rejects.map(({ reason }) => reason), [why]);
});
