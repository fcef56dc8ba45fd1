/** Traces and metrics as OTLP's JSON. @module */
import assert from "node:assert/strict";
import { Histogram, Registry } from "prom-client";
import { familiesOf, type ToldMetric } from "./family.ts";
import { printMetrics, printTraces } from "./otlp.ts";

const RESOURCE = { version: "1", node: "node_1" };

Deno.test("a trace is a span with a span for each of its stages within it", () => {
  let next = 0;
  const printed = JSON.parse(printTraces(RESOURCE, [{
    ...{ traceId: "t", spanId: "s", parentId: "p", name: "POST /x" },
    ...{ kind: "server", startedMs: 1_700_000_000_000.25, durationMs: 3.5 },
    ...{
      isWrong: true,
      facts: { "http.route": "/x", n: 2, f: 0.5, none: null },
    },
    stages: [{ name: "admit", begunMs: 0.5, tookMs: 1 }],
  }], () => `c${++next}`));
  const [whole, stage] = printed.resourceSpans[0].scopeSpans[0].spans;
  assert.deepEqual(whole, {
    ...{
      traceId: "t",
      spanId: "s",
      name: "POST /x",
      kind: 2,
      parentSpanId: "p",
    },
    startTimeUnixNano: "1700000000000250000",
    endTimeUnixNano: "1700000000003750000",
    attributes: [
      { key: "http.route", value: { stringValue: "/x" } },
      { key: "n", value: { intValue: "2" } },
      { key: "f", value: { doubleValue: 0.5 } },
    ],
    status: { code: 2 },
  });
  assert.deepEqual(stage, {
    ...{
      traceId: "t",
      spanId: "c1",
      parentSpanId: "s",
      name: "admit",
      kind: 1,
    },
    startTimeUnixNano: "1700000000000750000",
    endTimeUnixNano: "1700000000001750000",
  });
});

Deno.test("buckets stand by themselves and sum to the count", async () => {
  const registry = new Registry();
  const times = new Histogram({
    ...{ name: "d", help: "d", registers: [registry] },
    ...{ labelNames: ["r"], buckets: [1, 2, 4] },
  });
  for (const value of [0.5, 1.5, 1.6, 3, 9]) times.labels("a").observe(value);
  times.labels("b").observe(2);
  const told = await registry.getMetricsAsJSON() as readonly ToldMetric[];
  const time = { startedMs: 1, nowMs: 2 };
  const [metric] = JSON.parse(printMetrics(RESOURCE, familiesOf(told), time))
    .resourceMetrics[0].scopeMetrics[0].metrics;
  const [a, b] = metric.histogram.dataPoints;
  assert.deepEqual(a.bucketCounts, ["1", "2", "1", "1"]);
  assert.deepEqual(a.explicitBounds, [1, 2, 4]);
  assert.deepEqual([a.count, a.sum], ["5", 15.6]);
  assert.deepEqual(b.bucketCounts, ["0", "1", "0", "0"]);
});
