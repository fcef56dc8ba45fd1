/**
 * Ingestion of events, durable, against raw `COPY` of the same rows into a table of
 * the same columns, key and indexes, on the same database in the same run.
 *
 * Rows `ingest-postgres` and `ingest-pglite`; memory is the highest resident set of a
 * process that ingests so many events.
 *
 * @module
 */
import { createSignals } from "../../core/signals/signals.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { createStores } from "../../core/store/open.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { migrate } from "../../core/store/migrate.ts";
import type { Sql } from "../../core/store/sql.ts";
import { EVENT_COPY, printEvent } from "../../core/store/signal_columns.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { NO_FILES, NO_HTTP } from "../ingest/memory_signals.ts";
import { runApart } from "./apart.ts";
import { eventPages, streamOf } from "./event_pages.ts";
import { type Bench, interleave, type Row } from "./bench.ts";

const EVENTS = 200_000;
const ROUNDS = 5;
const CHUNK = 5000;

const bench: Bench = { name: "ingest", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  return [
    ...await onPostgres(),
    ...await measure("ingest-pglite", await openPglite({ folder: null })),
    ...await memoryRows(),
  ];
}

async function onPostgres(): Promise<readonly Row[]> {
  if (findPostgres() === null) return [];
  const server = await startPostgres();
  try {
    return await measure("ingest-postgres", openPostgres(server.url));
  } finally {
    await server.stop();
  }
}

/** Ingests and copies in turn, each round into emptied tables. */
async function measure(name: string, sql: Sql): Promise<readonly Row[]> {
  await migrate(sql);
  await sql.query("create table raw (like event including all)");
  try {
    const [ingest = NaN, copy = NaN] = await interleave(
      [() => ingestAll(sql), () => copyAll(sql)],
      ROUNDS,
    );
    return [{
      name,
      value: Math.round(EVENTS / ingest),
      unit: "events/s",
      against: "raw COPY of the same rows",
      ratio: copy / ingest,
    }];
  } finally {
    await sql.close();
  }
}

async function ingestAll(sql: Sql): Promise<number> {
  await sql.query("truncate event, raw, outbox, source");
  const stores = createStores(sql, () => Promise.reject(new Error("no KV")));
  const pseudonyms = openPseudonyms(new Uint8Array(32), "bench");
  const signals = createSignals({
    store: stores.signals,
    backfills: stores.backfills,
    clock: systemClock,
    ids: createIds(systemClock),
    pseudonyms: () => pseudonyms,
  }, { files: () => NO_FILES, http: () => NO_HTTP });
  const started = performance.now();
  const { events } = await signals.ingest(
    {
      tenant: "bench",
      source: "site",
      connector: streamOf(EVENTS),
      config: {},
    },
    null,
    () => {},
  );
  const seconds = (performance.now() - started) / 1000;
  if (events !== EVENTS) throw new Error(`only ${events} events were kept`);
  return seconds;
}

/** Rows are made beforehand: what is timed is the database alone. */
async function copyAll(sql: Sql): Promise<number> {
  const observedAt = systemClock.now();
  const batch = { tenant: "bench", source: "site", observedAt, batch: 1 };
  const texts: string[] = [];
  for (const page of eventPages(EVENTS, CHUNK)) {
    texts.push(page.map((event) => printEvent(event, batch)).join(""));
  }
  await sql.query("truncate event, raw, outbox, source");
  const started = performance.now();
  for (const rows of texts) {
    await sql.transaction((tx) =>
      tx.copy(`raw (${EVENT_COPY.join(", ")})`, rows)
    );
  }
  return (performance.now() - started) / 1000;
}

async function memoryRows(): Promise<readonly Row[]> {
  if (findPostgres() === null) return [];
  const rows: Row[] = [];
  for (const events of [100_000, 5_000_000]) {
    rows.push({
      name: `ingest-memory-${events / 1000}k`,
      value: Math.round(await peakMiB(events)),
      unit: "MiB peak",
      against: "",
      ratio: null,
    });
  }
  return rows;
}

/** Highest resident set of a process of its own that ingests so many events. */
async function peakMiB(events: number): Promise<number> {
  const server = await startPostgres();
  try {
    const args = [server.url, String(events)];
    return (await runApart("ingest_process.ts", args)).peakMiB;
  } finally {
    await server.stop();
  }
}
