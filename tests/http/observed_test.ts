/**
 * What is observed of requests: traces at a collector, metrics with few labels whatever
 * comes in, and lines that nobody can forge.
 *
 * @module
 */
import assert from "node:assert/strict";
import { printLine } from "../../core/telemetry/event_log.ts";
import { startPush } from "../../core/telemetry/push.ts";
import { createTelemetry } from "../../core/telemetry/telemetry.ts";
import { createApp } from "../../core/http/app.ts";
import { factsOf, openCollector, spansOf } from "../servers/collector.ts";
import { openCaller } from "./caller.ts";
import { createStub } from "./stub_engine.ts";

const SCORE = "POST /optimization/score";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

function observing(share = 0) {
  return createTelemetry({
    ...{ share, slowMs: 60_000, isSent: true },
    nowMs: () => performance.now(),
    wallMs: Date.now,
  });
}

/** Sends traces on, and waits for what becomes of them. */
function pushTraces(url: string) {
  const telemetry = observing();
  const outcomes: string[] = [];
  const queue = telemetry.queue ?? assert.fail("nothing is sent");
  const pushing = startPush({
    ...{ url, queue, roundMs: 5, nowMs: Date.now, spanId: telemetry.ids.span },
    resource: { version: "1", node: "node_1" },
    metrics: () => Promise.resolve([]),
    sent: (signal, outcome) => outcomes.push(`${signal} ${outcome}`),
  });
  async function outcome(expected: string): Promise<void> {
    while (!outcomes.includes(expected)) {
      await new Promise((wake) => setTimeout(wake, 1));
    }
  }
  return { telemetry, queue, pushing, outcome };
}

Deno.test("a kept request arrives at the collector with its stages, metrics with its trace", async () => {
  const { collector, url, close } = openCollector();
  const telemetry = observing();
  const stub = createStub();
  const app = createApp(stub.engine, { version: "1", telemetry });
  const pushing = startPush({
    ...{ url, nowMs: Date.now, spanId: telemetry.ids.span },
    resource: { version: "1", node: "node_1" },
    queue: telemetry.queue ?? assert.fail("nothing is sent"),
    metrics: app.metrics.families,
    sent: app.metrics.sent,
  });
  const key = stub.grant();
  const ask = (flags: string) =>
    app.request("/optimization/score", {
      method: "POST",
      body: JSON.stringify({ context: { subject: "u-48151623" } }),
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        traceparent: `00-${TRACE}-${SPAN}-${flags}`,
      },
    });
  assert.equal((await ask("01")).status, 200);
  await app.request("/healthz");
  const page = await app.request("/metrics", {
    headers: { accept: "application/openmetrics-text; version=1.0.0" },
  });
  assert.match(
    page.headers.get("content-type") ?? "",
    /^application\/openmetrics-text/,
  );
  const told = await page.text();
  assert.match(told, new RegExp(`score",.*# \\{trace_id="${TRACE}"\\}`));
  assert.match(told, /route="\/healthz".* 1\n/);
  assert.doesNotMatch(told, /route="\/healthz".* # /);
  await pushing.stop();
  await close();
  const [whole, ...stages] = spansOf(collector.sent);
  assert.equal(whole.name, SCORE);
  assert.deepEqual([whole.traceId, whole.parentSpanId], [TRACE, SPAN]);
  const facts = factsOf(whole);
  assert.equal(facts["http.route"], "/optimization/score");
  assert.equal(facts["http.response.status_code"], "200");
  assert.equal(facts["moe.kept"], "fallen");
  assert.equal(facts["feature_flag.result.reason"], "fallback");
  assert.deepEqual(
    stages.map(({ name }) => name).filter((name) => name !== "work"),
    ["admit", "read_body"],
  );
  assert.ok(stages.every(({ parentSpanId }) => parentSpanId === whole.spanId));
  const metrics = collector.sent.find(({ path }) => path === "/v1/metrics");
  assert.match(JSON.stringify(metrics), /moe_http_request_duration_seconds/);
  assert.doesNotMatch(JSON.stringify(collector.sent), /u-48151623/);
});

Deno.test("what a collector does not take waits for it, errors before all", async () => {
  const { collector, url, close } = openCollector();
  const { telemetry, queue, pushing, outcome } = pushTraces(url);
  collector.status = 503;
  const work = { seconds: 1, facts: {} };
  telemetry.work({ ...work, name: "job fine", isWrong: false });
  telemetry.work({ ...work, name: "job broken", isWrong: true });
  await outcome("traces failed");
  collector.status = 200;
  await outcome("traces ok");
  await pushing.stop();
  await close();
  const names = spansOf(collector.sent).map(({ name }) => name);
  assert.deepEqual(names, ["job broken", "job fine"]);
  assert.equal(queue.dropped(), 0);
});

Deno.test("what a collector refuses for good is lost, and counted as such", async () => {
  const { collector, url, close } = openCollector();
  const { telemetry, queue, pushing, outcome } = pushTraces(url);
  collector.status = 400;
  for (const name of ["one", "two"]) {
    telemetry.work({ name, seconds: 1, isWrong: true, facts: {} });
  }
  await outcome("traces failed");
  await pushing.stop();
  await close();
  assert.deepEqual([telemetry.counts().dropped, queue.waiting()], [2, 0]);
});

Deno.test("a request of the engine's own fault is kept whatever the caller says", async () => {
  const telemetry = observing();
  const { ask, logged, key } = openCaller(10_000, {
    decisions: {
      ...createStub().engine.decisions,
      decide: () => Promise.reject(new Error("moe_a_bbbbbbbbbbbb\nforged")),
    },
  }, { telemetry });
  await ask(SCORE, {
    key,
    body: { context: {} },
    headers: { traceparent: `00-${TRACE}-${SPAN}-00` },
  });
  const [line] = logged;
  assert.deepEqual([line?.status, line?.kept, line?.traceId], [
    500,
    "error",
    TRACE,
  ]);
  const printed = printLine(line ?? assert.fail("nothing was logged"));
  assert.doesNotMatch(printed, /\n|bbbbbbbbbbbb/);
  assert.equal(JSON.parse(printed).error.includes("forged"), true);
  const [trace] = telemetry.queue?.take(1) ?? [];
  assert.equal(trace?.isWrong, true);
  assert.equal(trace?.facts["error.type"], "internal_error");
});

Deno.test("nothing is observed of requests that go well when that is off", async () => {
  const { ask, logged, key } = openCaller(10_000, {}, { telemetry: null });
  await ask(SCORE, { key, body: { context: {} } });
  assert.deepEqual(logged, []);
  const { text } = await ask("GET /metrics", { key: null });
  assert.doesNotMatch(text, /moe_http_request_duration_seconds_count\{/);
});

Deno.test("labels stay few whatever comes in", async () => {
  const USE = {
    ...{ latestDay: "2026-10-31", rows: 1, batches: 1, connector: "csv" },
  };
  const hostile = Array.from({ length: 3000 }, (_, place) => ({
    ...{ ...USE, tenant: `tenant-${place}`, source: `s"\n${place}` },
    lastObservedAt: "2026-11-01T00:00:00.000Z",
  }));
  const stub = createStub();
  const { ask, key } = openCaller(10_000, {
    signals: {
      ...stub.engine.signals,
      freshness: () => Promise.resolve(hostile),
    },
  });
  for (let turn = 0; turn < 200; turn++) {
    await ask(`GET /unknown-${turn}?a=${turn}`, { key });
    await ask(`METHOD${turn} /decisions/dec_${turn}`, { key });
    await ask(SCORE, {
      key,
      headers: { "x-request-id": `r-${turn}` },
      body: { context: { model: `m${turn}` } },
    });
  }
  const { text } = await ask("GET /metrics", { key: null });
  const series = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const own = labels.replace(/le="[^"]*",?/, "");
    series.set(name, (series.get(name) ?? new Set()).add(own));
  }
  for (const [name, own] of series) assert.ok(own.size <= 1000, name);
  const requests = series.get("moe_http_request_duration_seconds_count");
  assert.ok((requests?.size ?? 0) < 10, [...requests ?? []].join("\n"));
  assert.match(
    text,
    /moe_metric_series_left_out\{metric="moe_source_rows"\} 2000/,
  );
  assert.doesNotMatch(text, /unknown-|METHOD|dec_1|m199/);
});
