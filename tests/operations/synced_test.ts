/**
 * The server syncs sources by itself: once for all nodes and starts, and a sync that
 * a stop cut short is gone on with at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SyncEntry } from "../../core/commands/sync_entry.ts";
import { environmentOf, TENANT } from "../company.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { startVendors, type Vendors } from "../sync/loopback_vendors.ts";
import { eventually, type Served, serveMoe } from "./served.ts";

/** Longer than a node takes to look whether a source is due. */
const LOOK_MS = 6000;
/** A call in the midst of the slices of a sync. */
const MIDST = 8;

type Environment = Readonly<Record<string, string>>;

function syncsOf({ log }: Served): SyncEntry[] {
  return log.filter((line) => line.includes('"event":"sync"'))
    .map((line) => JSON.parse(line));
}

Deno.test({
  ...needingPostgres("nodes share one pace, which a restart does not change"),
  fn: () =>
    withSource(async (env) => {
      const nodes = await Promise.all([serveMoe(env), serveMoe(env)]);
      const synced = () => nodes.flatMap(syncsOf);
      await eventually("a node syncs", () => synced().length > 0);
      await later(LOOK_MS);
      assert.deepEqual(
        synced().map(({ outcome, source }) => [outcome, source]),
        [["ok", "ads"]],
      );
      const counts = await Promise.all(nodes.map(countRuns));
      assert.equal(counts.reduce((sum, runs) => sum + runs), 1);
      for (const node of nodes) assert.equal(await node.stop(), 0);
      const again = await serveMoe(env);
      await later(LOOK_MS);
      assert.deepEqual(syncsOf(again), []);
      assert.equal(await again.stop(), 0);
    }),
});

Deno.test({
  ...needingPostgres(
    "a sync that is told to stop lets the next node go on at once",
  ),
  fn: () =>
    withSource(async (env, vendors) => {
      const first = await serveMoe(env);
      let stopping: Promise<number> | null = null;
      vendors.strikeAt(MIDST, () => {
        stopping = first.stop();
        return false;
      });
      await eventually("the vendor is called", () => stopping !== null);
      assert.equal(await stopping, 0, first.log.join("\n"));
      const outcomes = syncsOf(first).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ["stopped"], first.log.join("\n"));
      const second = await serveMoe(env);
      await eventually("it is gone on with", () => syncsOf(second).length > 0);
      assert.equal(await second.stop(), 0);
      assert.equal(syncsOf(second)[0]?.outcome, "ok");
    }),
});

async function countRuns({ url }: Served): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line =
    `moe_sync_runs_total{tenant="${TENANT}",source="ads",outcome="ok"} `;
  return Number(text.split(line)[1]?.split("\n")[0]);
}

function later(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

async function withSource(
  work: (env: Environment, vendors: Vendors) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "synced_" });
  const postgres = await startPostgres();
  const vendors = await startVendors();
  const env = {
    ...environmentOf({ databaseUrl: postgres.url, folder }),
    MOE_SOURCES: `${folder}/sources.json`,
  };
  const { google: { config }, origin } = vendors;
  const hosts = ["googleads.googleapis.com", "oauth2.googleapis.com"];
  const via = Object.fromEntries(hosts.map((host) => [host, origin]));
  const source = { tenant: TENANT, source: "ads", connector: "google_ads" };
  await Deno.writeTextFile(
    env.MOE_SOURCES,
    JSON.stringify([{
      ...{ ...source, config, via },
      ...{ syncMinutes: 60, initialDays: 60 },
    }]),
  );
  try {
    await work(env, vendors);
  } finally {
    await vendors.stop();
    await postgres.stop();
    await Deno.remove(folder, { recursive: true });
  }
}
