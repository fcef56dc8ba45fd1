/**
 * A server in trouble, as a real Prometheus with the alert rules sees it: what an alert is
 * for makes its condition hold, and what the runbook says ends it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openSpools } from "../../core/store/spool/folders.ts";
import { environmentOf, makeKey, openCompany, type Place } from "../company.ts";
import { recordOf } from "../decisions/spool_loop.ts";
import { panelExpressions } from "../servers/panels.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import {
  ALERTS,
  needingPrometheus,
  type Prometheus,
  startPrometheus,
} from "../servers/prometheus.ts";
import { eventually, get, score, type Served, serveMoe } from "./served.ts";

const SUBJECT = "s".repeat(200);
const AT_ONCE = 8;
const DURATION = "moe_http_request_duration_seconds_bucket";
/** Nobody listens there. */
const NO_COLLECTOR = "http://127.0.0.1:1";

/** Conditions of the alerts, without how long they must hold. */
async function conditions(): Promise<ReadonlyMap<string, string>> {
  const text = await Deno.readTextFile(ALERTS);
  return new Map(
    [...text.matchAll(/- alert: (\w+)\n +expr: (.+)\n/g)]
      .map(([, name = "", expression = ""]) => [name, expression]),
  );
}

/** Names of the alerts whose conditions hold. */
async function holding(prometheus: Prometheus): Promise<readonly string[]> {
  const held = await Promise.all(
    [...await conditions()].map(async ([name, expression]) =>
      (await prometheus.query(expression)).length > 0 ? [name] : []
    ),
  );
  return held.flat().sort();
}

/** What a process left on the disk whose last file the disk then damaged. */
async function leaveDamaged({ folder }: Place): Promise<void> {
  const spool = await openSpools(folder, { maxBytes: 2 ** 20 });
  const entries = [1, 2, 3].map((number) => {
    const id = `dec_${number}`;
    const whose = { tenant: "acme", id, at: "2026-01-31T09:00:00.000Z" };
    return { ...whose, record: recordOf(id), idempotent: null };
  });
  await spool.append(entries);
  await spool.close();
  for await (const { name } of Deno.readDir(`${folder}/spool/0`)) {
    const path = `${folder}/spool/0/${name}`;
    const { size } = await Deno.stat(path);
    if (size < 1000) continue;
    using file = await Deno.open(path, { read: true, write: true });
    await file.seek(size / 2, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("damaged"));
  }
}

const NAME = "the condition of an alert holds for as long as its cause";

Deno.test({
  name: needingPrometheus(needingPostgres(NAME).name).name,
  ignore: needingPostgres(NAME).ignore || needingPrometheus(NAME).ignore,
  fn: async () => {
    await using prometheus = await startPrometheus();
    const postgres = await startPostgres();
    const folder = await Deno.makeTempDir({ prefix: "alerts_" });
    const place = { databaseUrl: postgres.url, folder };
    try {
      const key = await prepare(place);
      const served = await serveMoe({
        ...environmentOf(place),
        ...{ MOE_LOG_WRITES: "fallback", MOE_SPOOL_MAX_MB: "1" },
        MOE_OTLP_URL: NO_COLLECTOR,
      }, prometheus.port);
      await checkLasting({ prometheus, served, key });
      await postgres.kill9();
      await checkOutage({ prometheus, served, key });
      await postgres.restart();
      await checkRecovery({ prometheus, served, key });
      await checkPanels({ prometheus, served, key });
      await checkScrapes(prometheus);
      assert.equal(await served.stop(), 0);
    } finally {
      await postgres.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A database, a key, and what a damaged disk left. */
async function prepare(place: Place): Promise<string> {
  const opened = await openCompany(place);
  const key = await makeKey(opened, "caller");
  await opened.close();
  await leaveDamaged(place);
  return key;
}

interface Scene {
  readonly prometheus: Prometheus;
  readonly served: Served;
  readonly key: string;
}

/** Holds from the start: what was lost before, and a collector that is not there. */
async function checkLasting({ prometheus, served, key }: Scene): Promise<void> {
  assert.equal((await score(served, key, SUBJECT)).status, 200);
  await eventually("both hold", async () => {
    const held = await holding(prometheus);
    return held.includes("LogGaps") && held.includes("TelemetryLost");
  });
  assert.ok(served.log.some((line) => /"event":"log_gap"/.test(line)));
}

/** Alerts about a database that is away, and a spool that is full. */
const OUTAGE = [
  ...["BreakerOpen", "LogRefusing", "PartDegraded"],
  ...["SourcesUnknown", "SpoolFilling"],
];

async function checkOutage({ prometheus, served, key }: Scene): Promise<void> {
  let isSeen = false;
  const asking = Array.from({ length: AT_ONCE }, async () => {
    while (!isSeen) await score(served, key, SUBJECT);
  });
  await eventually("all of the outage hold", async () => {
    const held = await holding(prometheus);
    return OUTAGE.every((name) => held.includes(name));
  }).finally(() => isSeen = true);
  await Promise.all(asking);
  const { status, body } = await get(served, key, "/readyz");
  assert.equal(status, 200, JSON.stringify(body));
  assert.ok(body.degraded.includes("log:refusing"), body.degraded.join());
  await eventually(
    "the log tells it",
    () => served.log.some((line) => /"event":"log_refusing"/.test(line)),
  );
}

async function checkRecovery(
  { prometheus, served, key }: Scene,
): Promise<void> {
  await eventually("none of the outage holds", async () => {
    const held = await holding(prometheus);
    return !OUTAGE.some((name) => held.includes(name));
  });
  assert.deepEqual((await get(served, key, "/readyz")).body.degraded, []);
}

/** Each panel has series where the server tells the metrics that it draws. */
async function checkPanels({ prometheus, served }: Scene): Promise<void> {
  const text = await (await fetch(`${served.url}/metrics`)).text();
  const told = new Set(text.match(/^\w+/gm));
  let drawn = 0;
  for (const expression of await panelExpressions("10s")) {
    const names = expression.match(/\b(?:moe|process)_[a-z_]+/g) ?? [];
    if (!names.every((name) => told.has(name))) continue;
    const series = await prometheus.query(expression);
    assert.ok(series.length > 0, expression);
    drawn++;
  }
  assert.ok(drawn > 20, `${drawn} panels have series`);
}

/** Prometheus takes what it scrapes, a trace among it, and every rule. */
async function checkScrapes(prometheus: Prometheus): Promise<void> {
  const { activeTargets: [target] } = await prometheus.ask("targets");
  assert.deepEqual([target.health, target.lastError], ["up", ""]);
  const now = Date.now() / 1000;
  const [shown] = await prometheus.ask(
    `query_exemplars?query=${DURATION}&start=${now - 60}&end=${now}`,
  );
  assert.match(shown.exemplars[0].labels.trace_id, /^[0-9a-f]{32}$/);
  const { groups: [{ rules }] } = await prometheus.ask("rules");
  for (const { name, health } of rules) assert.equal(health, "ok", name);
}
