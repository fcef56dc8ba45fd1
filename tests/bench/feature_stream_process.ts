/**
 * Sends events and follows them online, in turn with raw writes of what that wrote:
 * `feature_stream_process.ts FOLDER [DATABASE_URL]`; embedded without a URL.
 *
 * @module
 */
import assert from "node:assert/strict";
import { keepFeatures } from "../../core/commands/keep_features.ts";
import { openTrustedFeatures } from "../../core/features/trusted_features.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { ingest } from "../../core/signals/ingest.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { createIds } from "../../core/store/ids.ts";
import { createLazyKv } from "../../core/store/lazy_kv.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createStores } from "../../core/store/open.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import type { Connector } from "../../plugins/contract.ts";
import { NO_FILES, NO_HTTP } from "../ingest/memory_signals.ts";
import { tellApart } from "./apart.ts";
import { interleave } from "./bench.ts";
import type { StreamAnswer } from "./feature_stream.ts";
import { quantile } from "./http_load.ts";
import { BEGIN_MS, type Sent, viewedPages } from "./viewed_pages.ts";
import { openRawVectors } from "./raw_vectors.ts";
import { type VisibleEvents, watchEvents } from "./visible_events.ts";

const EVENTS = 10_000;
const ROUNDS = 3;
const PACED: Sent = { events: 10_000, paceMs: 1000 };

const [folder = "", url] = Deno.args;
/** A clock that goes on from the moment of the events. */
const clock: Clock = {
  now: () => new Date(BEGIN_MS + performance.now()).toISOString(),
};

await tellApart(async (): Promise<StreamAnswer> => {
  const sql = url === undefined
    ? await openPglite({ folder: `${folder}/postgres` })
    : openPostgres(url);
  await migrate(sql);
  const kv = createLazyKv(`${folder}/features.kv`, folder);
  const stores = {
    ...createStores(sql, kv.open),
    actFor: <T>(_tenant: string, work: () => Promise<T>) => work(),
    health: () => Promise.resolve({}),
    close: () => sql.close(),
  };
  const raw = await openRawVectors(sql, folder);
  let { pages } = watchEvents(stores.online);
  const [ours = NaN, least = NaN] = await interleave([
    async () => {
      const { seconds, watched } = await follow(sql, stores, {
        events: EVENTS,
      });
      pages = watched.pages;
      return seconds;
    },
    async () => {
      await empty(sql);
      const started = performance.now();
      await send(stores.signals, viewedPages({ events: EVENTS }, () => {}));
      for (const page of pages) await raw.write(page);
      return (performance.now() - started) / 1000;
    },
  ], ROUNDS);
  const { watched } = await follow(sql, stores, PACED);
  const sorted = Float64Array.from(watched.latencies).sort();
  raw.close();
  await kv.close();
  await sql.close();
  return {
    eventsPerSecond: EVENTS / ours,
    ratio: least / ours,
    visible: [quantile(sorted, 0.5), quantile(sorted, 0.99)],
  };
});

/** Sends events to a new tenant while they are followed, until all are visible. */
async function follow(
  sql: Sql,
  stores: Parameters<typeof openTrustedFeatures>[0],
  sent: Sent,
): Promise<{ readonly seconds: number; readonly watched: VisibleEvents }> {
  await empty(sql);
  const watched = watchEvents(stores.online);
  const { online } = watched;
  const { features } = openTrustedFeatures({ ...stores, online }, clock);
  const keeping = keepFeatures({
    ...{ features, clock, ids: createIds(clock) },
    ...{ signals: stores.signals, stream: stores.stream },
    log: ({ error }) => assert.equal(error, null),
  });
  await keeping.following;
  const started = performance.now();
  await send(stores.signals, viewedPages(sent, watched.send));
  await watched.all();
  const seconds = (performance.now() - started) / 1000;
  keeping.stop();
  await keeping.ended;
  return { seconds, watched };
}

async function empty(sql: Sql): Promise<void> {
  await sql.query(
    "truncate event, outbox, source, feature_vector, feature_run, raw_vector",
  );
}

async function send(store: SignalStore, connector: Connector): Promise<void> {
  const pseudonyms = openPseudonyms(new Uint8Array(32), "bench");
  await ingest({ store, clock, pseudonyms: () => pseudonyms }, {
    tenant: `bench-${crypto.randomUUID()}`,
    source: "site",
    connector,
    config: {},
    range: null,
    files: NO_FILES,
    http: NO_HTTP,
    report: () => {},
  });
}
