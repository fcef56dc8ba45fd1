/**
 * The Singer connector beyond what the kit checks of every connector: records.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventSignal, PerformanceSignal } from "@moe/plugin";
import { testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";
import {
  AD,
  NOW,
  ORDER,
  pull,
  record,
  schema,
  state,
  STREAMS,
} from "./fixtures/tap.ts";

/** As a tap writes: a schema first, a state now and then, and at the end. */
function tapOutput(records: number): string {
  let text = schema("orders", ORDER, ["id"]) + schema("ads", AD);
  for (let id = 1; id <= records; id++) {
    const day = new Date(Date.UTC(2024, 0, id % 300, 12)).toISOString();
    const ad = { ...AD, date: day, campaign: { id } };
    text += record("orders", { ...ORDER, id, created_at: day }) +
      record("ads", ad) + (id % 100 === 0 ? record("people", { id }) : "");
    if (id % 700 === 0) text += state({ bookmarks: { orders: { id } } });
  }
  return text + state({ bookmarks: { orders: { id: records } } });
}

testConnector(connector, {
  config: { file: "tap.jsonl", streams: STREAMS },
  range: { from: "2024-02-01", until: "2024-09-01" },
  files: { "tap.jsonl": tapOutput(4000) },
});

Deno.test("singer: members of nested records become a total and an event", async () => {
  const { signals } = await pull(record("ads", AD) + record("orders", ORDER));
  const [total, order] = signals as [PerformanceSignal, EventSignal];
  assert.equal(total.day, "2024-03-09", "the local day, before midnight");
  assert.equal(total.entities.campaign, "23849102931");
  assert.deepEqual(total.metrics, { spend_micros: 1_500_000n, clicks: 3n });
  assert.equal(order.occurredAt, "2024-03-10T06:30:00.000Z");
  assert.equal(order.valueMicros, 12_500_000n);
  assert.deepEqual(order.properties, { first_item: "s-1" });
});

Deno.test("singer: long numbers keep every digit", async () => {
  const text = record("orders", ORDER)
    .replace('"id":17', '"id":12345678901234567890')
    .replace('"total":12.5', '"total":90071992547.409931');
  const { signals } = await pull(text);
  const [order] = signals as [EventSignal];
  assert.equal(order.eventId, "12345678901234567890");
  assert.equal(order.valueMicros, 90_071_992_547_409_931n);
});

Deno.test("singer: within a page the later total holds", async () => {
  const metrics = { cost: 2, clicks: 4 };
  const { signals, rejects } = await pull(
    record("ads", AD) + record("ads", { ...AD, metrics }),
  );
  assert.deepEqual(rejects, []);
  assert.deepEqual(
    signals.map((one) => one.grain === "performance" && one.metrics.clicks),
    [4n],
  );
});

Deno.test("singer: rows that the tap tells apart and the mapping does not are refused", async () => {
  const told = { ...AD, device: "tablet" };
  const { signals, rejects } = await pull(
    schema("ads", told, ["device"]) + record("ads", told) +
      record("ads", { ...told, device: "phone", metrics: { cost: 9 } }),
  );
  assert.equal(signals.length, 1);
  assert.deepEqual(rejects.map(({ reason }) => reason), ["key_repeated"]);
});

Deno.test("singer: rows of a record that changed its day are replaced together", async () => {
  const [mapping] = STREAMS.ads.signals;
  const streams = {
    ads: { signals: [{ ...mapping, record: "deal:{campaign.id}" }] },
  };
  const { signals } = await pull(
    record("ads", AD) + record("ads", { ...AD, date: "2024-05-05T12:00:00Z" }),
    { streams },
  );
  assert.deepEqual(
    signals.map((one) => one.grain === "performance" && one.day),
    ["2024-05-05"],
  );
});

Deno.test.each([
  { text: "not json", reason: "json_malformed" },
  { text: "[]", reason: "message_malformed" },
  { text: '{"type":"RECORD","stream":"ads"}', reason: "message_malformed" },
  { text: '{"type":"RECORDS"}', reason: "message_unknown" },
  { text: '{"type":"STATE"}', reason: "message_malformed" },
  {
    text: '{"type":"ACTIVATE_VERSION","stream":"ads","version":1}',
    reason: "version_not_activated",
  },
  {
    text: record("orders", { ...ORDER, total: "much" }).trim(),
    reason: "number_invalid",
  },
  {
    text: record("orders", { ...ORDER, customer: { id: {} } }).trim(),
    reason: "value_nested",
  },
])("singer: $reason keeps the line and lets the others in", async (bad) => {
  const { signals, rejects } = await pull(
    `${record("orders", ORDER)}${bad.text}\n${state({ at: 1 })}`,
  );
  assert.equal(signals.length, 1);
  assert.deepEqual(
    rejects.map(({ reason, original }) => ({ reason, text: original })),
    [{ reason: bad.reason, text: bad.text }],
  );
  assert.match(rejects[0]?.detail ?? "", /^line 2: /);
});

Deno.test("singer: a member that the schema does not have is named with the nearest", async () => {
  const { total: _, ...told } = ORDER;
  await assert.rejects(
    () => pull(schema("orders", { ...told, totals: 1 })),
    {
      code: "mapping_invalid",
      message:
        'Cannot use mapping: streams.orders.signals.0.value: the stream has no "total"; did you mean "totals"?',
    },
  );
});

Deno.test("singer: what the mapping leaves out is counted", async () => {
  const steps: string[] = [];
  const { items: _, ...bare } = ORDER;
  await pull(
    record("people", {}) + record("people", {}) + record("orders", bare),
    { steps },
  );
  assert.deepEqual(steps, [
    "2 records of people, which the mapping leaves out",
    "no record of ads",
    "no record of orders has items.0.sku",
    "3 records after the last state",
  ]);
});

Deno.test("singer: a refused line is read again by the present mapping", async () => {
  const text = record("orders", { ...ORDER, total: "12,5" });
  const { rejects } = await pull(text);
  const [orders] = STREAMS.orders.signals;
  const { value: _, ...free } = orders ?? {};
  const again = (streams: unknown) =>
    connector.reread?.({
      config: connector.config.parse({ file: "-", streams }),
      original: rejects[0]?.original ?? "",
      context: rejects[0]?.context ?? "",
      receivedAt: NOW,
    });
  assert.equal(again(STREAMS)?.rejects[0]?.reason, "number_invalid");
  const receipt = again({ orders: { signals: [free] } });
  assert.deepEqual(receipt?.rejects, []);
  assert.equal(receipt?.signals.length, 1);
});

Deno.test("singer: a row's number means nothing in a stream", () => {
  const [orders] = STREAMS.orders.signals;
  const streams = { orders: { signals: [{ ...orders, eventId: "o-{#}" }] } };
  assert.throws(() => connector.config.parse({ file: "-", streams }), {
    code: "mapping_invalid",
    message: /streams\.orders\.signals\.0\.eventId/,
  });
});
