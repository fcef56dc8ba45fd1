/**
 * The two real data sets, ingested through the real connector into the embedded
 * stores: twice the same, bad rows kept, a killed run continued.
 *
 * @module
 */
import assert from "node:assert/strict";
import connector from "../../connectors/csv/connector.ts";
import type { Stores } from "../../core/ports/stores.ts";
import type { Connector } from "../../plugins/contract.ts";
import { ingest } from "../../core/signals/ingest.ts";
import { lendFiles } from "../../core/signals/lend/files.ts";
import { NO_HTTP, scopeOf } from "./memory_signals.ts";
import { openStores } from "../../core/store/open.ts";
import hillstrom from "../fixtures/hillstrom/mapping.json" with {
  type: "json",
};
import robyn from "../fixtures/robyn/mapping.json" with { type: "json" };

const SHARED = decodeURIComponent(
  new URL("../../../shared/data", import.meta.url).pathname,
);
const HILLSTROM = `${SHARED}/hillstrom/hillstrom.csv`;
const ROBYN = `${SHARED}/robyn/dt_simulated_weekly.csv`;
const clock = { now: () => new Date().toISOString() };
const required = Deno.env.get("REQUIRE_ALL") === "1";
const absent = [HILLSTROM, ROBYN].filter((path) => !exists(path));
const ignore = absent.length > 0 && !required;
const because = ignore ? " (skipped: ../shared/data is absent)" : "";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

interface Pull {
  readonly tenant: string;
  readonly source: string;
  readonly file: string;
  readonly mapping: unknown;
}

async function pull(
  { tenant, source, file, mapping }: Pull,
  into = stores.signals,
) {
  const began = performance.now();
  const report = await ingest({ ...scopeOf(into), clock }, {
    tenant,
    source,
    connector: connector as Connector,
    config: { file, mapping },
    range: null,
    files: lendFiles([file]),
    http: NO_HTTP,
    report: () => {},
  });
  const seconds = (performance.now() - began) / 1000;
  return { report, seconds };
}

async function countsOf(tenant: string) {
  const counts = await stores.signals.count(tenant);
  return counts.map(({ lastObservedAt: _, connector: __, ...count }) => count)
    .sort((a, b) => a.source < b.source ? -1 : 1);
}

let stores: Stores;
let folder: string;

Deno.test.beforeAll(async () => {
  if (ignore) return;
  folder = await Deno.makeTempDir({ prefix: "moe-ingest-" });
  stores = await openStores({ databaseUrl: null, dataFolder: folder, clock });
});

Deno.test.afterAll(async () => {
  if (ignore) return;
  await stores.close();
  await Deno.remove(folder, { recursive: true });
});

const PULLS: readonly Pull[] = [
  { tenant: "real", source: "hillstrom", file: HILLSTROM, mapping: hillstrom },
  { tenant: "real", source: "robyn", file: ROBYN, mapping: robyn },
];

Deno.test({
  name: `the real data sets go in, and a second time change nothing${because}`,
  ignore,
  fn: async () => {
    for (const pulled of PULLS) {
      const { report, seconds } = await pull(pulled);
      tell(`${pulled.source}: ${report.rows} in ${seconds.toFixed(1)} s`);
      assert.deepEqual(report.rejects, {});
    }
    const once = await countsOf("real");
    assert.deepEqual(once, [
      {
        source: "hillstrom",
        performance: 0,
        revisions: 0,
        events: 64_000 + 64_000 + 9_394 + 578,
        deadLetters: {},
      },
      {
        source: "robyn",
        performance: 208 * 6,
        revisions: 208 * 6,
        events: 0,
        deadLetters: {},
      },
    ]);
    for (const pulled of PULLS) {
      const { report, seconds } = await pull(pulled);
      tell(`${pulled.source} again: ${seconds.toFixed(1)} s`);
      const { inserted, restated, vanished, events, deadLetters } = report;
      assert.deepEqual(
        { inserted, restated, vanished, events, deadLetters },
        { inserted: 0, restated: 0, vanished: 0, events: 0, deadLetters: 0 },
      );
      assert.equal(report.unchanged + report.duplicates, report.rows);
    }
    assert.deepEqual(await countsOf("real"), once);
  },
});

const BAD_ROWS = [
  { row: "2099-13-01" + ",1".repeat(11), reason: "day_invalid" },
  { row: "2015-11-24,lots" + ",1".repeat(10), reason: "number_invalid" },
  { row: "2015-11-25,1,2", reason: "row_malformed" },
  { row: '2015-11-26,"1' + ",1".repeat(10), reason: "row_malformed" },
] as const;

Deno.test({
  name:
    `bad rows become dead letters with their text, the others go in${because}`,
  ignore,
  fn: async () => {
    const lines = (await Deno.readTextFile(ROBYN)).trimEnd().split("\n");
    BAD_ROWS.forEach(({ row }, at) => lines.splice(20 * (at + 1), 0, row));
    const file = `${folder}/planted.csv`;
    await Deno.writeTextFile(file, lines.join("\n"));
    const planted = {
      tenant: "planted",
      source: "robyn",
      file,
      mapping: robyn,
    };

    const { report } = await pull(planted);
    assert.equal(report.inserted, 208 * 6);
    assert.deepEqual(report.rejects, {
      day_invalid: 1,
      number_invalid: 1,
      row_malformed: 2,
    });
    const again = await pull(planted);
    assert.equal(again.report.deadLetters, 0);
    const letters = await stores.signals.listDeadLetters("planted", {
      source: "robyn",
      limit: 10,
    });
    assert.deepEqual(
      letters.map(({ reason, original }) => ({ reason, row: original }))
        .sort((a, b) => a.row < b.row ? -1 : 1),
      [...BAD_ROWS].sort((a, b) => a.row < b.row ? -1 : 1),
    );
  },
});

Deno.test({
  name: `a run that broke off goes on where it was${because}`,
  ignore,
  fn: async () => {
    const lines = (await Deno.readTextFile(HILLSTROM)).split("\n");
    const file = `${folder}/part.csv`;
    await Deno.writeTextFile(file, lines.slice(0, 7001).join("\n"));
    const part = { tenant: "broken", source: "part", file, mapping: hillstrom };
    let batches = 0;
    const breaking: Stores["signals"] = {
      ...stores.signals,
      write: (batch) =>
        ++batches > 2
          ? Promise.reject(new Error("killed"))
          : stores.signals.write(batch),
    };
    await assert.rejects(pull(part, breaking), /killed/);
    const { report } = await pull(part);
    assert.equal(report.duplicates, 0, "pages were read a second time");
    await pull({ ...part, source: "whole" });
    const [broken, whole] = await countsOf("broken");
    assert.deepEqual({ ...broken, source: "" }, { ...whole, source: "" });
    assert.ok((whole?.events ?? 0) > 14_000);
  },
});

function tell(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`  ${line}\n`));
}
