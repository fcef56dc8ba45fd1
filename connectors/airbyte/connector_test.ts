/**
 * The Airbyte connector beyond what the kit checks of every connector.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "@moe/plugin";
import { recordHttp, rememberFiles, testConnector } from "@moe/plugin/test";
import connector from "./connector.ts";

const NOW = "2026-11-26T12:00:00.000Z";
const STREAMS = {
  orders: {
    signals: [{
      grain: "event",
      eventId: "{id}",
      type: "Order Completed",
      occurredAt: { column: "created_at", format: "iso" },
      entities: { subject: "{customer}" },
      value: { column: "total", currency: "EUR" },
    }],
  },
};
const ORDER = Object.freeze({
  id: 1,
  created_at: "2024-03-10T06:30:00Z",
  customer: "c-1",
  total: 12.5,
});

function line(message: object): string {
  return JSON.stringify(message) + "\n";
}

function record(id: number, stream = "orders", namespace?: string): string {
  return line({
    type: "RECORD",
    record: { stream, namespace, data: { ...ORDER, id }, emitted_at: 0 },
  });
}

function ofStream(at: number, name = "orders") {
  return {
    stream: { stream_descriptor: { name }, stream_state: { at } },
    type: "STREAM",
  };
}

function streamState(at: number, recordCount?: number, name = "orders") {
  const stats = recordCount === undefined
    ? {}
    : { sourceStats: { recordCount } };
  return line({ type: "STATE", state: { ...ofStream(at, name), ...stats } });
}

function status(status: string, name = "orders"): string {
  return line({
    type: "TRACE",
    trace: {
      type: "STREAM_STATUS",
      emitted_at: 0,
      stream_status: { stream_descriptor: { name }, status },
    },
  });
}

/** As a source writes: a status first and last, a state now and then, logs between. */
function sourceOutput(records: number): string {
  let text = status("STARTED") +
    line({ type: "LOG", log: { level: "INFO", message: "begins" } });
  let since = 0;
  for (let id = 1; id <= records; id++) {
    text += record(id);
    since++;
    if (id % 600 !== 0) continue;
    text += streamState(id, since);
    since = 0;
  }
  return text + streamState(records, since) + status("COMPLETE");
}

testConnector(connector, {
  config: { file: "source.jsonl", streams: STREAMS },
  range: { from: "2024-01-01", until: "2025-01-01" },
  files: { "source.jsonl": sourceOutput(5000) },
});

async function pull(
  content: string,
  { cursor = null, file = "-", streams = STREAMS, steps = [] }: {
    cursor?: string | null;
    file?: string;
    streams?: unknown;
    steps?: string[];
  } = {},
) {
  const pages: Page[] = [];
  const source = connector.pull?.({
    config: connector.config.parse({ file, streams }),
    files: rememberFiles({ [file]: content }),
    http: recordHttp(undefined),
    now: NOW,
    range: null,
    cursor,
    report: (step) => steps.push(step),
  });
  let failure: unknown = null;
  try {
    for await (const page of source ?? []) pages.push(page);
  } catch (error) {
    failure = error;
  }
  const signals = pages.flatMap((page) => page.signals);
  const rejects = pages.flatMap((page) => page.rejects ?? []);
  return { pages, signals, rejects, failure, last: pages.at(-1) };
}

function stateOf(page: Page | undefined): unknown {
  return JSON.parse(page?.cursor ?? page?.resume ?? "{}").state;
}

Deno.test("airbyte: the cursor holds the latest state of every stream, as the next run wants it", async () => {
  const first = await pull(
    record(1) + streamState(1) + streamState(5, 0, "people") + streamState(2),
  );
  assert.deepEqual(stateOf(first.last), [ofStream(2), ofStream(5, "people")]);
  const cursor = first.last?.resume ?? null;
  const next = await pull(record(2) + streamState(3), { cursor });
  assert.deepEqual(
    stateOf(next.last),
    [ofStream(3), ofStream(5, "people")],
    "a stream that the run does not mention keeps its state",
  );
});

Deno.test("airbyte: global and old states are kept in their own form", async () => {
  const global = Object.freeze({ shared_state: { lsn: 7 }, stream_states: [] });
  const told = line({ type: "STATE", state: { type: "GLOBAL", global } });
  const first = await pull(streamState(1) + told);
  assert.deepEqual(stateOf(first.last), [{ global, type: "GLOBAL" }]);
  const data = { since: "2024-01-01" };
  const old = await pull(line({ type: "STATE", state: { data } }));
  assert.deepEqual(stateOf(old.last), data);
});

Deno.test.each([
  { note: "a record is missing", text: record(1) + streamState(1, 2) },
  {
    note: "a record too many",
    text: record(1) + record(2) + streamState(1, 1),
  },
  {
    note: "a record of another stream",
    text: record(1, "people") + streamState(1, 1),
  },
  {
    note: "the count of all",
    text: record(1) + record(2, "people") + line({
      type: "STATE",
      state: {
        type: "GLOBAL",
        global: { stream_states: [] },
        sourceStats: { recordCount: 3 },
      },
    }),
  },
])("airbyte: a state is not taken when $note", async ({ text }) => {
  const { pages, failure } = await pull(text);
  assert.equal((failure as { code?: string }).code, "source_inconsistent");
  assert.deepEqual(pages, []);
});

Deno.test("airbyte: counts begin anew with each state, and forgive lines kept as dead letters", async () => {
  const torn = record(3).replace("}", "");
  const { failure, last, rejects } = await pull(
    record(1) + record(2) + streamState(2, 2) + torn + "WARN from a driver\n" +
      record(4) + streamState(4, 2),
  );
  assert.equal(failure, null);
  assert.equal(rejects.length, 2);
  assert.deepEqual(stateOf(last), [ofStream(4)]);
});

Deno.test.each([
  { note: "says that it did not complete", end: status("INCOMPLETE") },
  { note: "is killed", end: record(3).slice(0, 30) },
])(
  "airbyte: a source that $note is a failure that names the stream",
  async ({ end }) => {
    const text = status("STARTED") + record(1) + streamState(1, 1) + record(2) +
      end;
    const { pages, signals, failure } = await pull(text);
    const { code, message } = failure as { code: string; message: string };
    assert.equal(code, "source_unavailable");
    assert.match(message, /stream "orders"/);
    assert.equal(signals.length, 2, "what came is kept");
    assert.deepEqual(pages.map(stateOf), [[ofStream(1)], [ofStream(1)]]);
    assert.ok(
      pages.every(({ cursor }) => cursor !== null),
      "it is not the end",
    );
  },
);

Deno.test.each([
  { type: "config_error", code: "source_refused" },
  { type: "transient_error", code: "source_unavailable" },
  { type: "system_error", code: "source_unavailable" },
])(
  "airbyte: $type is $code, without the source's words",
  async ({ type, code }) => {
    const trace = line({
      type: "TRACE",
      trace: {
        type: "ERROR",
        emitted_at: 0,
        error: { message: "bad token s3cret", failure_type: type },
      },
    });
    const { failure, signals } = await pull(
      trace + record(1) + streamState(1, 1),
    );
    assert.equal(signals.length, 1, "other streams are read to their end");
    const told = failure as { code: string; message: string; facts: object };
    assert.equal(told.code, code);
    assert.match(told.message, new RegExp(type));
    assert.doesNotMatch(told.message + JSON.stringify(told.facts), /s3cret/);
  },
);

Deno.test("airbyte: a stream may be mapped with its namespace or without", async () => {
  const text = record(1, "orders", "shop") + record(2, "orders", "other");
  assert.equal((await pull(text)).signals.length, 2);
  const streams = { "shop.orders": STREAMS.orders };
  assert.equal((await pull(text, { streams })).signals.length, 1);
});

Deno.test("airbyte: a catalog names members that are not there, and keys", async () => {
  const catalog = (members: object) =>
    line({
      type: "CATALOG",
      catalog: {
        streams: [{
          name: "orders",
          json_schema: { properties: members },
          source_defined_primary_key: [["total"]],
        }],
      },
    });
  const { id: _, ...rest } = ORDER;
  const wrong = await pull(catalog(rest));
  assert.equal((wrong.failure as { code: string }).code, "mapping_invalid");
  const other = record(1).replace("12.5", "13.5");
  const { rejects } = await pull(catalog(ORDER) + record(1) + other);
  assert.deepEqual(rejects.map(({ reason }) => reason), ["key_repeated"]);
});

Deno.test("airbyte: messages beside the data are counted or passed over", async () => {
  const steps: string[] = [];
  const { pages, failure } = await pull(
    [
      { type: "SPEC", spec: {} },
      { type: "CONNECTION_STATUS", connectionStatus: { status: "SUCCEEDED" } },
      { type: "CONTROL", control: { type: "CONNECTOR_CONFIG" } },
      { type: "LOG", log: { level: "ERROR", message: "ann@a.example" } },
      { type: "TRACE", trace: { type: "ESTIMATE", estimate: {} } },
      { type: "OF_THE_FUTURE" },
    ].map(line).join("") + record(1),
    { steps },
  );
  assert.equal(failure, null);
  assert.deepEqual(pages.map(({ rejects }) => rejects), [[]]);
  assert.deepEqual(steps, [
    "1 changes of the source's configuration, not kept",
    "1 errors that the source logged",
    "1 records after the last state",
  ]);
});

Deno.test("airbyte: a cursor that is none is refused, not forgotten", async () => {
  for (
    const cursor of ["17", "{}", '{"state":[1],"read":"1:0123456789abcdef"}']
  ) {
    const { failure } = await pull(record(1), { cursor });
    assert.equal((failure as { code: string }).code, "request_invalid");
  }
});
