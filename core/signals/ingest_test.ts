/**
 * Ingestion over a store in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { Connector, Page } from "../../plugins/contract.ts";
import { keepInMemory } from "@moe/plugin/test";
import {
  CLOCK,
  event,
  run,
  scopeOf,
  SECRET,
  source,
  threePages,
  total,
} from "../../tests/ingest/memory_signals.ts";
import { receive } from "./receive.ts";

Deno.test("ingest() twice changes nothing the second time", async () => {
  const store = keepInMemory();
  const first = await run(store, source(threePages));
  assert.deepEqual(first, {
    inserted: 3,
    restated: 0,
    unchanged: 0,
    vanished: 0,
    events: 3,
    duplicates: 0,
    deadLetters: 1,
    pages: 3,
    rows: 7,
    rejects: { number_invalid: 1 },
  });
  const second = await run(store, source(threePages));
  assert.deepEqual(
    [second.unchanged, second.duplicates, second.deadLetters],
    [3, 3, 0],
  );
});

Deno.test("ingest() goes on after a failure as if there had been none", async () => {
  const whole = keepInMemory();
  await run(whole, source(threePages));
  for (const failAt of [1, 2, 3]) {
    const store = keepInMemory();
    let calls = 0;
    const write = store.write.bind(store);
    store.write = (batch) =>
      ++calls === failAt
        ? Promise.reject(new EngineError("store_unavailable", "gone"))
        : write(batch);
    await assert.rejects(run(store, source(threePages)), {
      code: "store_unavailable",
    });
    await run(store, source(threePages));
    assert.deepEqual(store.rows, whole.rows);
    assert.deepEqual(store.events, whole.events);
    assert.equal(store.batches.length, 3);
  }
});

Deno.test("ingest() keeps a cursor for each question", async () => {
  const store = keepInMemory();
  const connector = source(threePages);
  await run(store, connector);
  await run(store, connector, {
    range: { from: "2026-01-01", until: "2026-02-01" },
  });
  await run(store, connector, { config: { token: "another", file: "f" } });
  await run(store, connector, { config: { token: "rotated", file: "f" } });
  assert.equal(store.cursors.size, 3);
});

Deno.test("ingest() claims a partition only when all of it went in", async () => {
  const page = (signals: Page["signals"]) =>
    source(async function* () {
      await Promise.resolve();
      yield { signals, complete: true, cursor: null };
    });
  const store = keepInMemory();
  await run(store, page([total("c-1", 5n), total("c-2", 5n)]));
  await run(store, page([total("c-1", 5n), total("c-2", 1n << 70n)]));
  assert.deepEqual(
    store.batches.map(({ claims }) => claims.length),
    [1, 0],
  );
});

Deno.test("receive() stores what is good and answers what was refused", async () => {
  const store = keepInMemory();
  const connector: Connector = {
    ...source(threePages),
    receive: () => ({
      signals: [event("e-1"), { ...event("e-2"), occurredAt: "?" }],
      rejects: [{ reason: "event_invalid", detail: "no name", original: "{}" }],
    }),
  };
  const job = {
    tenant: "t",
    source: "src",
    connector,
    config: { token: SECRET },
    delivery: {
      headers: {},
      body: new Uint8Array(),
      receivedAt: CLOCK.now(),
    },
  };
  const answer = await receive(scopeOf(store), job);
  assert.equal(answer.events, 1);
  assert.deepEqual(
    answer.rejected.map(({ reason }) => reason),
    ["event_invalid", "instant_invalid"],
  );
  const { receive: _, ...deaf } = connector;
  await assert.rejects(
    receive(scopeOf(store), { ...job, connector: deaf }),
    { code: "not_found" },
  );
});
