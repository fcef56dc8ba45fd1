/**
 * The whole engine against simulated vendors on loopback, while the engine, Postgres,
 * NATS and the vendors' connections are killed in turn: the store ends as the vendors'
 * truth, each event is there once, and NATS has exactly what the outbox tells.
 *
 * @module
 */
import assert from "node:assert/strict";
import { canonicalJson } from "../../core/domain/canonical.ts";
import { addDays, localTime } from "../../core/domain/day.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { Metrics } from "../../core/domain/signal.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { runMoe, spawnMoe } from "../engine/moe.ts";
import { type NatsServer, needingNats, startNats } from "../servers/nats.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { readOutbox, withStores } from "../stream/history.ts";
import { startNode } from "../stream/nodes.ts";
import { readPublished } from "../stream/published.ts";
import { startVendors, type Vendors } from "./loopback_vendors.ts";

const TENANT = "acme";
const DAYS_BACK = 12;
const MOST_RUNS = 5;
/** Calls that a sync makes at least, so that a kill at one of them is met. */
const LEAST_CALLS = 20;
/** Latest that a server dies after the call, milliseconds: the answer is then written. */
const LATEST_MS = 20;
const VICTIMS = [
  "engine",
  "postgres",
  "nats",
  "vendor",
  "postgres",
  "engine",
] as const;

/** What the processes are. */
interface Place {
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
  readonly vendors: Vendors;
  readonly env: Readonly<Record<string, string>>;
}

const missing = needingPostgres("").ignore ? needingPostgres : needingNats;

Deno.test({
  ...missing("killed in turn during a sync, all end as the vendors' truth"),
  fn: () =>
    withPlace(async (place) => {
      const relaying = keepRelaying(place);
      const random = seededRandom(11);
      try {
        for (const victim of VICTIMS) {
          await syncAndKill(place, victim, {
            call: 1 + Math.floor(random.next() * LEAST_CALLS),
            laterMs: random.next() * LATEST_MS,
          });
        }
        await syncUntilWell(place);
        await assertTruth(place);
        await assertRelayed(place);
      } finally {
        await relaying.stop();
      }
    }),
});

/** Relays all the time: a relay that dies with a server is started again. */
function keepRelaying({ postgres, nats }: Place) {
  let stopped = false;
  let node = startNode("relay_node.ts", [postgres.url, nats.url]);
  const ended = (async () => {
    await node.ended;
    while (!stopped) {
      node = startNode("relay_node.ts", [postgres.url, nats.url]);
      await node.ended;
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      try {
        node.process.kill("SIGKILL");
      } catch (error) {
        // It has just ended by itself.
        if (!(error instanceof TypeError)) throw error;
      }
      await ended;
    },
  };
}

/** Syncs, and kills the victim when the vendors are called for so many times. */
async function syncAndKill(
  { postgres, nats, vendors, env }: Place,
  victim: (typeof VICTIMS)[number],
  { call, laterMs }: { readonly call: number; readonly laterMs: number },
): Promise<void> {
  const child = spawnMoe(env, ["sync", "--tenant", TENANT, "--json"]);
  let healing = Promise.resolve();
  const kill = async ({ kill9, restart }: PostgresServer | NatsServer) => {
    await new Promise((later) => setTimeout(later, laterMs));
    await kill9();
    await restart();
  };
  const struck = vendors.strikeAt(call, () => {
    if (victim === "engine") child.kill("SIGKILL");
    if (victim === "postgres") healing = kill(postgres);
    if (victim === "nats") healing = kill(nats);
    healing.catch(() => {});
    return victim === "vendor";
  });
  const { code } = await child.output();
  await healing;
  assert.ok(struck(), `the ${victim} was to die at call ${call}`);
  if (victim === "engine") assert.equal(code, 137);
}

async function syncUntilWell({ env }: Place): Promise<void> {
  for (let run = 1;; run++) {
    const { code, text, errors } = await runMoe(env, [
      ...["sync", "--tenant", TENANT, "--json"],
    ]);
    if (code === 0) return;
    assert.ok(run < MOST_RUNS, `${text}\n${errors}`);
  }
}

async function assertTruth({ postgres, vendors }: Place): Promise<void> {
  const sql = openPostgres(postgres.url);
  try {
    const events = await sql.query<{ id: string }>(EVENTS, [TENANT]);
    assert.deepEqual(
      events.map(({ id }) => id),
      vendors.klaviyo.expectedEvents(null).map(({ eventId }) => eventId).sort(),
    );
    const today = localTime(vendors.clock.now(), "Europe/Berlin").day;
    const range = {
      from: addDays(today, -DAYS_BACK),
      until: addDays(today, 1),
    };
    await withStores(postgres.url, async ({ signals }) => {
      const known = await signals.performance({
        tenant: TENANT,
        source: "ads",
        report: null,
        range,
        knownAt: null,
        limit: 10_000,
      });
      assert.deepEqual(
        printRows(known.map(({ signal }) => signal)),
        printRows(vendors.google.expectedRows(range)),
      );
    });
    const claims = await sql.query<{ days: number }>(CLAIMS, [TENANT, range]);
    assert.deepEqual(claims, [
      { report: "ad_daily", days: DAYS_BACK + 1, reconciled: ["equal"] },
      { report: "campaign_daily", days: DAYS_BACK + 1, reconciled: ["equal"] },
    ]);
  } finally {
    await sql.close();
  }
}

const EVENTS = `
  select event_id as id from event where tenant = $1
  order by event_id collate "C"`;

const CLAIMS = `
  select report, count(distinct day)::int4 as days,
    array_agg(distinct reconciled) as reconciled
  from partition_claim
  where tenant = $1 and whole and day < ($2::json->>'until')::date
  group by report order by report`;

/** Rows by everything that was asked for, with their totals other than zero. */
function printRows(
  rows: readonly {
    readonly report: string;
    readonly day: string;
    readonly entities: Readonly<Record<string, string>>;
    readonly metrics: Metrics;
  }[],
): string[] {
  return rows.map(({ report, day, entities, metrics }) =>
    canonicalJson([
      report,
      day,
      entities,
      Object.entries(metrics).filter(([, total]) => total !== 0n).sort(),
    ])
  ).sort();
}

/** The relay that ran all the time has relayed everything, in its order. */
async function assertRelayed({ postgres, nats }: Place): Promise<void> {
  const told = await withStores(postgres.url, readOutbox);
  for (let left = 100;; left--) {
    const published = await readPublished(nats.url);
    const done = published.length >= told.length || left === 0;
    if (!done) await new Promise((later) => setTimeout(later, 100));
    else {
      const ids = published.map(({ id }) => id);
      return assert.deepEqual(ids, told.map(({ id }) => id));
    }
  }
}

async function withPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "kill_" });
  const postgres = await startPostgres();
  const nats = await startNats();
  const vendors = await startVendors();
  try {
    const env = {
      DATABASE_URL: postgres.url,
      MOE_DATA: folder,
      MOE_IDENTITY_KEY: "5a".repeat(32),
      MOE_SOURCES: `${folder}/sources.json`,
    };
    await Deno.writeTextFile(env.MOE_SOURCES, describeSources(vendors));
    await work({ postgres, nats, vendors, env });
  } finally {
    await vendors.stop();
    await nats.stop();
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

function describeSources({ google, klaviyo, origin }: Vendors): string {
  return JSON.stringify([{
    tenant: TENANT,
    source: "mail",
    connector: "klaviyo",
    config: klaviyo.config,
    via: { "a.klaviyo.com": origin },
  }, {
    tenant: TENANT,
    source: "ads",
    connector: "google_ads",
    config: google.config,
    via: {
      "googleads.googleapis.com": origin,
      "oauth2.googleapis.com": origin,
    },
    initialDays: DAYS_BACK,
  }]);
}
