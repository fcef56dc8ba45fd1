/**
 * Deliveries of any sender: what becomes of each record.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PerformanceSignal } from "@moe/plugin";
import { checkSignals, testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";
import {
  deliver,
  EVENT,
  MAPPING,
  ORDER,
  parse,
  receive,
  RECEIVED,
  SECRETS,
  take,
} from "./fixtures/sender.ts";
import { SCHEMES } from "./signature.ts";

const { destination: _, ...receiving } = connector;

for (const scheme of SCHEMES) {
  const secrets = Object.keys(SECRETS);
  testConnector({ ...receiving, secrets, name: `webhook_${scheme}` }, {
    config: { scheme, ...SECRETS, mapping: MAPPING },
    delivery: deliver(scheme, [ORDER]),
  });
}

Deno.test.each([
  { reason: "column_missing", bad: { ...ORDER, id: undefined } },
  { reason: "number_invalid", bad: { ...ORDER, total: "much" } },
  { reason: "value_nested", bad: { ...ORDER, type: { name: "x" } } },
  { reason: "day_invalid", bad: { ...ORDER, at: "yesterday" } },
  { reason: "id_invalid", bad: { ...ORDER, id: "x".repeat(201) } },
  { reason: "too_large", bad: { ...ORDER, note: "ä".repeat(32_768) } },
  { reason: "key_repeated", bad: { ...ORDER, total: "1" } },
  { reason: "column_missing", bad: "none" },
  { reason: "column_missing", bad: null },
])("webhook: refuses one record as $reason, keeps the others", (row) => {
  const { signals, rejects } = take([ORDER, row.bad, { ...ORDER, id: "o-2" }]);
  assert.equal(signals.length, 2);
  assert.deepEqual(rejects.map(({ reason }) => reason), [row.reason]);
  assert.match(rejects[0]?.detail ?? "", /^records\.1: /);
  assert.equal(rejects[0]?.original, JSON.stringify(row.bad));
});

Deno.test("webhook: a dead letter is read again, as its delivery said", () => {
  const scheme = "standard_webhooks";
  const mapping = {
    signals: [{
      ...MAPPING.signals[0],
      eventId: "{@delivery.id}",
      occurredAt: { column: "@delivery.received_at", format: "iso" },
    }],
  };
  const { total: _, ...order } = { ...ORDER, id: null };
  const wrong = deliver(scheme, { ...order, total: "1,50" });
  const { rejects } = receive(wrong, { scheme, mapping });
  assert.equal(rejects[0]?.reason, "number_invalid");
  const receipt = connector.reread?.({
    config: parse({ scheme, mapping }),
    original: JSON.stringify({ ...order, total: "1.50" }),
    context: rejects[0]?.context ?? "",
    receivedAt: "2026-11-06T00:00:00.000Z",
  });
  assert.deepEqual(receipt?.rejects, []);
  assert.deepEqual(receipt?.signals, [{
    ...EVENT,
    eventId: "msg_1",
    occurredAt: RECEIVED,
    valueMicros: 1_500_000n,
  }]);
});

Deno.test("webhook: a dead letter that was cut stays one", () => {
  const original = JSON.stringify(ORDER).slice(0, 40);
  const receipt = connector.reread?.({
    ...{ config: parse(), original, context: "", receivedAt: RECEIVED },
  });
  assert.deepEqual(receipt?.signals, []);
  assert.equal(receipt?.rejects[0]?.reason, "record_malformed");
  assert.equal(receipt?.rejects[0]?.original, original);
});

Deno.test("webhook: totals can be pushed too; of one, the later holds", () => {
  const mapping = {
    signals: [{
      grain: "performance",
      report: "deals",
      level: "campaign",
      entities: { account: "a-1", campaign: "{campaign}" },
      day: { column: "day" },
      zone: "UTC",
      currency: "EUR",
      metrics: { ["conversion_value_micros"]: "amount" },
      record: "deal:{id}",
    }],
  };
  const deal = { id: 1, campaign: "c-1", day: "2026-11-05", amount: 5 };
  const later = { ...deal, day: "2026-11-06", amount: 7 };
  const first = { ...deal, amount: 3 };
  const { signals, rejects } = take([first, deal, later], { mapping });
  assert.deepEqual(rejects, []);
  const [row, ...others] = signals as PerformanceSignal[];
  assert.deepEqual(others, []);
  assert.equal(row?.day, "2026-11-06");
  assert.equal(row?.metrics.conversion_value_micros, 7_000_000n);
});

Deno.test.each([
  { note: "a short secret", more: { secret: "short" }, message: /secret/ },
  { note: "a scheme unknown", more: { scheme: "sha1" }, message: /scheme/ },
  { note: "a path of nothing", more: { records: "a..b" }, message: /records/ },
  {
    note: "an id that deliveries do not have",
    more: { mapping: withEventId("{@delivery.id}") },
    message: /mapping\.signals\.0\.eventId: deliveries do not tell/,
  },
  {
    note: "a fact misspelt",
    more: { mapping: withEventId("{@delivery.recieved_at}") },
    message: /@delivery\.received_at/,
  },
  {
    note: "numbers of rows",
    more: { mapping: withEventId("{#}") },
    message: /mapping\.signals\.0\.eventId/,
  },
])("webhook: a configuration with $note is refused", ({ more, message }) => {
  assert.throws(() => parse(more), { message });
});

function withEventId(eventId: string) {
  return { signals: [{ ...MAPPING.signals[0], eventId }] };
}

Deno.test("webhook: any JSON is kept or refused, record by record", () => {
  const near = fc.record({
    type: fc.oneof(fc.constant("Seen"), fc.jsonValue()),
    at: fc.oneof(fc.constant(RECEIVED), fc.jsonValue()),
    customer: fc.oneof(fc.record({ id: fc.string() }), fc.jsonValue()),
    total: fc.oneof(fc.double().map(String), fc.jsonValue()),
  }, { requiredKeys: [] });
  const batches = fc.array(fc.oneof(near, fc.jsonValue()));
  fc.assert(
    fc.property(fc.constantFrom(...SCHEMES), batches, (scheme, batch) => {
      const told = batch.map((one, id) =>
        typeof one === "object" && !Array.isArray(one) ? { ...one, id } : one
      );
      const { signals, rejects } = receive(deliver(scheme, told), { scheme });
      assert.equal(signals.length + rejects.length, told.length);
      // What exceeds 64 bits is refused at the engine's door.
      const faults = checkSignals(connector, signals)
        .filter(({ reason }) => reason !== "number_invalid");
      assert.deepEqual(faults, []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("webhook: any bytes that are signed are taken or refused by name", () => {
  const paths = fc.constantFrom(undefined, "*", "a.*.b", "0", "*.*");
  const texts = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...SCHEMES),
      paths,
      texts,
      (scheme, ...rest) => {
        const [records, text] = rest;
        try {
          receive(deliver(scheme, text), { scheme, records });
        } catch (error) {
          assert.equal((error as { code?: string }).code, "body_invalid");
        }
      },
    ),
    { numRuns: 500 },
  );
});
