/**
 * The Singer connector's cursors: the tap's states, and how far its lines were read.
 *
 * @module
 */
import assert from "node:assert/strict";
import { line, ORDER, pull, record, state, stateOf } from "./fixtures/tap.ts";

Deno.test("singer: a state ends a page and is its cursor, word for word", async () => {
  const told = state(0).replace("0", '{"b":12345678901234567890,"a":1.50}');
  const { pages, last } = await pull(
    record("orders", ORDER) + told + record("orders", { ...ORDER, id: 18 }),
  );
  assert.deepEqual(pages.map(({ signals }) => signals.length), [1, 1]);
  assert.match(
    pages[0]?.cursor ?? "",
    /^\{"state":\{"a":1\.50,"b":12345678901234567890\},"read":"2:[0-9a-f]{16}"\}$/,
  );
  assert.deepEqual(stateOf(last), stateOf(pages[0]));
});

Deno.test("singer: a tap that was cut off leaves the state where it was, and is reported", async () => {
  const cut = record("orders", { ...ORDER, id: 18 }).slice(0, -20);
  const text = record("orders", ORDER) + state({ at: 1 }) +
    record("orders", { ...ORDER, id: 19 });
  const steps: string[] = [];
  const { last, rejects } = await pull(text + cut, { steps });
  assert.deepEqual(stateOf(last), { at: 1 });
  assert.deepEqual(
    rejects.map(({ reason, original }) => ({ reason, original })),
    [{ reason: "line_truncated", original: cut }],
  );
  assert.ok(steps.includes("1 records after the last state"));
  const cursor = last?.resume ?? null;
  const whole = record("orders", { ...ORDER, id: 18 });
  const rest = await pull(text + whole, { cursor });
  assert.deepEqual(
    rest.signals.map((signal) => signal.grain === "event" && signal.eventId),
    ["18"],
    "the line is read once it is whole",
  );
});

Deno.test("singer: another file is read from its beginning, and keeps the state it was told", async () => {
  const first = await pull(record("orders", ORDER) + state({ at: 1 }));
  const cursor = first.last?.resume ?? null;
  const again = await pull(record("orders", ORDER) + state({ at: 1 }), {
    cursor,
  });
  assert.equal(again.signals.length, 0);
  const next = await pull(record("orders", { ...ORDER, id: 18 }), { cursor });
  assert.equal(next.signals.length, 1);
  assert.deepEqual(stateOf(next.last), { at: 1 });
});

Deno.test("singer: standard input is always a new run", async () => {
  const text = record("orders", ORDER) + state({ at: 1 });
  const first = await pull(text, { file: "-" });
  const cursor = first.last?.resume ?? null;
  assert.equal((await pull(text, { file: "-", cursor })).signals.length, 1);
});

Deno.test("singer: data that the tap put elsewhere stops the run before its state", async () => {
  const batch = { type: "BATCH", stream: "ads", encoding: {}, manifest: [] };
  await assert.rejects(() => pull(line(batch) + state({ at: 1 })), {
    code: "source_refused",
    message: /stream "ads".*batch_config/,
  });
  await pull(line({ ...batch, stream: "people" }));
});
