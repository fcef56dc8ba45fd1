/**
 * Printing a message and reading it are inverses, whatever its numbers and names.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Metric, METRICS } from "../domain/signal.ts";
import type { StreamMessage } from "../ports/stream.ts";
import { parseMessage, printMessage } from "./message_json.ts";

const ORIGIN = {
  id: "t/ads/1/row/k",
  tenant: "t",
  source: "ads",
  connector: "csv",
  observedAt: "2026-03-01T00:00:00.000Z",
} as const;

const whole = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const metrics = fc.record(
  Object.fromEntries(
    Object.keys(METRICS).map((metric) => [metric, whole]),
  ) as Record<Metric, typeof whole>,
  { requiredKeys: [], noNullPrototype: true },
);
/** Names of metrics are names of properties like any other. */
const properties = fc.dictionary(
  fc.constantFrom("clicks", "valueMicros", "before", "seats"),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
  { noNullPrototype: true },
);

const messages: fc.Arbitrary<StreamMessage> = fc.oneof(
  fc.record({
    before: fc.option(metrics),
    after: metrics,
    rowKey: fc.string(),
  }, { noNullPrototype: true }).map((totals) => ({
    ...ORIGIN,
    ...totals,
    kind: "performance" as const,
    change: "restated" as const,
    revision: 2,
    maturity: "settling" as const,
    row: {
      grain: "performance" as const,
      report: "campaign_daily",
      level: "campaign" as const,
      entities: { campaign: "c-1" },
      day: "2026-02-01",
      periodDays: 1,
      zone: "UTC",
      currency: "EUR",
      breakdowns: { clicks: "1" },
      attribution: "",
    },
  })),
  fc.record(
    { valueMicros: fc.option(whole), properties, eventId: fc.string() },
    { noNullPrototype: true },
  ).map((event) => ({
    ...ORIGIN,
    kind: "event" as const,
    event: {
      ...event,
      grain: "event" as const,
      type: "Order Completed",
      occurredAt: "2026-02-01T10:00:00.000Z",
      entities: { subject: "s-1" },
      currency: null,
    },
  })),
);

Deno.test("parseMessage() reads what printMessage() printed, on one line", () => {
  fc.assert(fc.property(messages, (message) => {
    const text = printMessage(message);
    assert.ok(!text.includes("\n"));
    assert.deepEqual(parseMessage(text), message);
  }));
});

Deno.test("printMessage() keeps money under its name, as decimal text", () => {
  const valueMicros = 9_007_199_254_740_993n;
  const { event, kind } = JSON.parse(printMessage({
    ...ORIGIN,
    kind: "event",
    event: {
      grain: "event",
      eventId: "e-1",
      type: "Order Completed",
      occurredAt: "2026-02-01T10:00:00.000Z",
      entities: {},
      valueMicros,
      currency: "EUR",
      properties: {},
    },
  }));
  assert.deepEqual([kind, event.valueMicros], ["event", "9007199254740993"]);
});
