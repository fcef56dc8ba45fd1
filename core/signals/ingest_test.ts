/**
 * Ingestion over a store in memory that keeps the port's promises.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { EventSignal, PerformanceSignal } from "../domain/signal.ts";
import type {
  SignalBatch,
  SignalStore,
  WriteReport,
} from "../ports/signals.ts";
import type { Connector, Page, PullScope } from "../../plugins/contract.ts";
import { ingest, type IngestJob } from "./ingest.ts";
import { receive } from "./receive.ts";

const CLOCK = { now: () => "2026-01-02T00:00:00.000Z" };
const SECRET = "s3cret-token";

class MemoryStore implements SignalStore {
  readonly rows = new Map<string, string>();
  readonly events = new Map<string, EventSignal>();
  readonly letters = new Map<string, string>();
  readonly cursors = new Map<string, string | null>();
  readonly batches: SignalBatch[] = [];

  write(batch: SignalBatch): Promise<WriteReport> {
    this.batches.push(batch);
    const report = {
      inserted: 0,
      restated: 0,
      unchanged: 0,
      vanished: 0,
      events: 0,
      duplicates: 0,
      deadLetters: 0,
    };
    for (const { rowKey, contentHash } of batch.performance) {
      const known = this.rows.get(rowKey);
      if (known === undefined) report.inserted++;
      else if (known === contentHash) report.unchanged++;
      else report.restated++;
      this.rows.set(rowKey, contentHash);
    }
    for (const event of batch.events) {
      if (this.events.has(event.eventId)) report.duplicates++;
      else report.events++;
      this.events.set(event.eventId, this.events.get(event.eventId) ?? event);
    }
    for (const { original, reason } of batch.rejects) {
      if (!this.letters.has(original)) report.deadLetters++;
      this.letters.set(original, reason);
    }
    const { cursor } = batch;
    if (cursor) this.cursors.set(cursor.scope, cursor.value);
    return Promise.resolve(report);
  }
  readCursor(_tenant: string, _source: string, scope: string) {
    return Promise.resolve(this.cursors.get(scope) ?? null);
  }
  count() {
    return Promise.resolve([]);
  }
  listDeadLetters() {
    return Promise.resolve([]);
  }
}

function total(campaign: string, spend: bigint): PerformanceSignal {
  return {
    grain: "performance",
    report: "campaign_daily",
    level: "campaign",
    entities: { account: "a", campaign },
    day: "2026-01-01",
    periodDays: 1,
    zone: "UTC",
    currency: "EUR",
    breakdowns: {},
    attribution: "",
    metrics: { spend_micros: spend },
  };
}

function event(eventId: string): EventSignal {
  return {
    grain: "event",
    eventId,
    type: "Order Completed",
    occurredAt: "2026-01-01T00:00:00.000Z",
    entities: { subject: "s" },
    valueMicros: 1n,
    currency: "EUR",
    properties: {},
  };
}

function source(
  pull: (scope: PullScope<unknown>) => AsyncIterable<Page>,
): Connector {
  return {
    name: "sample",
    apiVersion: 1,
    about: "A sample",
    config: { parse: (value) => value },
    secrets: ["token"],
    hosts: [],
    emits: ["performance", "event"],
    restatesDays: 0,
    pull,
  };
}

function run(
  store: SignalStore,
  connector: Connector,
  more: Partial<IngestJob> = {},
) {
  return ingest({ store, clock: CLOCK }, {
    tenant: "t",
    source: "src",
    connector,
    config: { token: SECRET },
    range: null,
    files: {
      read: () => (async function* () {})(),
      write: () => Promise.resolve(),
      text: () => Promise.resolve(null),
    },
    http: { json: () => Promise.resolve(null) },
    report: () => {},
    ...more,
  });
}

async function* threePages({ cursor }: PullScope<unknown>) {
  for (let at = Number(cursor ?? 0); at < 3; at++) {
    await Promise.resolve();
    yield {
      signals: [total(`c-${at}`, 5n), event(`e-${at}`)],
      rejects: at === 1
        ? [{ reason: "number_invalid", detail: "row 9", original: "x\0y" }]
        : [],
      cursor: at === 2 ? null : String(at + 1),
    };
  }
}

Deno.test("ingest() twice changes nothing the second time", async () => {
  const store = new MemoryStore();
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
  const whole = new MemoryStore();
  await run(whole, source(threePages));
  for (const failAt of [1, 2, 3]) {
    const store = new MemoryStore();
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
  const store = new MemoryStore();
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
  const store = new MemoryStore();
  await run(store, page([total("c-1", 5n), total("c-2", 5n)]));
  await run(store, page([total("c-1", 5n), total("c-2", 1n << 70n)]));
  assert.deepEqual(
    store.batches.map(({ completePartitions }) => completePartitions.length),
    [1, 0],
  );
});

Deno.test("ingest() turns what a connector lies about into dead letters", async () => {
  const lies = [
    { ...total("c", 1n), day: "2026-02-30" },
    { ...total("c", 1n), day: "0000-01-01" },
    { ...total("c", 1n), zone: "Mars" },
    { ...total("c", 1n), currency: "euro" },
    { ...total("c", 1n), entities: { account: "a" } },
    { ...total("c", 1n), entities: { campaign: "c\u0000" } },
    { ...total("c", 1n), entities: { campaign: "c", planet: "x" } },
    { ...total("c", 1n), metrics: { clicks: -1n } },
    { ...total("c", 1n), metrics: { clicks: 1 } },
    { ...total("c", 1n), metrics: { luck: 1n } },
    { ...total("c", 1n), periodDays: 0 },
    { ...event("e"), occurredAt: "yesterday" },
    { ...event("e"), occurredAt: "2026-02-31T00:00:00.000Z" },
    { ...event("e"), currency: null },
    { ...event("e"), entities: { subject: "ann@example.com" } },
    { ...event("e"), properties: { a: "\u0000" } },
    { ...event("e"), properties: { a: "\ud800" } },
    { ...event("e"), properties: { a: NaN } },
    { ...event("e"), properties: { note: "write to ann@example.com" } },
    { ...event(""), type: "" },
    { grain: "rumour" },
    null,
  ];
  const store = new MemoryStore();
  const report = await run(
    store,
    source(async function* () {
      await Promise.resolve();
      yield { signals: lies as unknown as Page["signals"], cursor: null };
    }),
  );
  assert.equal(report.rows, lies.length);
  assert.equal(
    Object.values(report.rejects).reduce((a, b) => a + b),
    lies.length,
  );
  const kept = [...store.letters.keys()].join("\n");
  assert.ok(!kept.includes("ann@") && !kept.includes("\0"));
  assert.equal(report.rejects["personal_data_refused"], 2);
});

Deno.test("ingest() keeps undeclared grains out", async () => {
  const store = new MemoryStore();
  const connector = { ...source(threePages), emits: ["event"] as const };
  const report = await run(store, connector);
  assert.equal(report.rejects["grain_undeclared"], 3);
  assert.equal(store.rows.size, 0);
});

Deno.test.each([
  {
    note: "throws",
    pull: () => {
      throw new TypeError(`no ${SECRET}`);
    },
  },
  {
    note: "throws midway",
    pull: async function* () {
      yield await Promise.resolve({ signals: [], cursor: "1" });
      throw new RangeError(`no ${SECRET}`);
    },
  },
  {
    note: "hangs",
    pull: async function* () {
      await new Promise(() => {});
      yield { signals: [], cursor: null };
    },
  },
  {
    note: "goes in circles",
    pull: async function* () {
      while (true) yield await Promise.resolve({ signals: [], cursor: "1" });
    },
  },
  {
    note: "gives no pages",
    pull: (() => undefined) as unknown as Connector["pull"],
  },
  {
    note: "gives a page without signals",
    pull: async function* () {
      yield await Promise.resolve({ cursor: null } as unknown as Page);
    },
  },
  {
    note: "tells a secret",
    pull: () => {
      throw new EngineError("source_unavailable", `no ${SECRET}`);
    },
  },
])("ingest() contains and names a connector that $note", async ({ pull }) => {
  const connector = source(pull as NonNullable<Connector["pull"]>);
  const running = run(new MemoryStore(), connector, { pageTimeoutMs: 30 });
  await assert.rejects(running, (error: EngineError) => {
    assert.equal(error.code, "connector_failed");
    assert.match(error.message, /^Cannot run connector "sample": /);
    return !error.message.includes(SECRET);
  });
});

Deno.test("ingest() passes on the failure that a connector names", async () => {
  const connector = source(() => {
    throw new EngineError("file_unreadable", "Cannot read file");
  });
  await assert.rejects(run(new MemoryStore(), connector), {
    code: "file_unreadable",
  });
});

Deno.test("ingest() names the member of a bad configuration, not its value", async () => {
  const config = {
    parse: (value: unknown) => {
      throw Object.assign(new Error(), {
        issues: [{
          path: ["account", "id"],
          message: `expected text, not ${JSON.stringify(value)}`,
        }],
      });
    },
  };
  const running = run(new MemoryStore(), { ...source(threePages), config });
  await assert.rejects(running, (error: EngineError) => {
    assert.equal(error.code, "configuration_invalid");
    assert.match(error.message, /"account\.id": expected text/);
    return !error.message.includes(SECRET);
  });
});

Deno.test("receive() stores what is good and answers what was refused", async () => {
  const store = new MemoryStore();
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
  const answer = await receive({ store, clock: CLOCK }, job);
  assert.equal(answer.events, 1);
  assert.deepEqual(
    answer.rejected.map(({ reason }) => reason),
    ["event_invalid", "instant_invalid"],
  );
  const { receive: _, ...deaf } = connector;
  await assert.rejects(
    receive({ store, clock: CLOCK }, { ...job, connector: deaf }),
    { code: "not_found" },
  );
});
