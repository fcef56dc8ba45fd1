/**
 * Connectors that lie, throw, hang or tell secrets are contained and named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { Connector, Page } from "../../plugins/contract.ts";
import { keepInMemory } from "@moe/plugin/test";
import {
  event,
  run,
  SECRET,
  source,
  threePages,
  total,
} from "../../tests/ingest/memory_signals.ts";

Deno.test("ingest() turns what a connector lies about into dead letters", async () => {
  const lies = [
    { ...total("c", 1n), day: "2026-02-30" },
    { ...total("c", 1n), day: "0000-01-01" },
    { ...total("c", 1n), zone: "Mars" },
    { ...total("c", 1n), currency: "euro" },
    { ...total("c", 1n), entities: { account: "a" } },
    { ...total("c", 1n), entities: { campaign: "c\u0000" } },
    { ...total("c", 1n), entities: { campaign: "c", planet: "x" } },
    { ...total("c", 1n), entities: { campaign: "c", tenant: "other" } },
    { ...total("c", 1n), metrics: { clicks: -1n } },
    { ...total("c", 1n), metrics: { clicks: 1 } },
    { ...total("c", 1n), metrics: { luck: 1n } },
    { ...total("c", 1n), periodDays: 0 },
    { ...event("e"), occurredAt: "yesterday" },
    { ...event("e"), occurredAt: "2026-02-31T00:00:00.000Z" },
    { ...event("e"), currency: null },
    { ...event("e"), properties: { a: "\u0000" } },
    { ...event("e"), properties: { a: "\ud800" } },
    { ...event("e"), properties: { a: NaN } },
    { ...event("e"), type: "", properties: { to: "ann@example.com" } },
    { grain: "rumour" },
    null,
  ];
  const store = keepInMemory();
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
  const kept = [...store.letters.values()].map(({ original }) => original)
    .join("\n");
  assert.ok(!kept.includes("ann@") && !kept.includes("\0"));
});

Deno.test("ingest() keeps undeclared grains out", async () => {
  const store = keepInMemory();
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
  const running = run(keepInMemory(), connector, { pageTimeoutMs: 30 });
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
  await assert.rejects(run(keepInMemory(), connector), {
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
  const running = run(keepInMemory(), { ...source(threePages), config });
  await assert.rejects(running, (error: EngineError) => {
    assert.equal(error.code, "configuration_invalid");
    assert.match(error.message, /"account\.id": expected text/);
    return !error.message.includes(SECRET);
  });
});
