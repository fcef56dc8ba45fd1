/**
 * Processes on one database, at a vendor that counts what reaches it: no call is too
 * many, although one is killed and another starts; and syncs leave their count behind.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openPostgres } from "../../core/store/postgres.ts";
import { runMoe } from "../engine/moe.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { startNode } from "../stream/nodes.ts";
import { startVendors } from "./loopback_vendors.ts";
import { LIMIT } from "./quota_node.ts";

const CALLS = 50;
/** How much closer together than they went calls may arrive on a busy machine. */
const JITTER_MS = 700;

/** A vendor that counts what reaches it in any window, and refuses what is too much. */
function startVendor() {
  const windowMs = LIMIT.perSeconds * 1000 - JITTER_MS;
  let recent: number[] = [];
  let [refused, reached] = [0, 0];
  let struck = () => {};
  let strikesAt = Infinity;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
  }, () => {
    const now = performance.now();
    recent = recent.filter((moment) => moment > now - windowMs);
    recent.push(now);
    if (++reached === strikesAt) struck();
    if (recent.length <= LIMIT.calls) return Response.json({});
    refused++;
    return Response.json({}, { status: 429, headers: { "retry-after": "1" } });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    counts: () => ({ reached, refused }),
    /** Resolves when so many calls have reached it. */
    reachedBy(calls: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      [strikesAt, struck] = [calls, resolve];
      return promise;
    },
    stop: () => server.shutdown(),
  };
}

Deno.test({
  ...needingPostgres("processes that share a key make no call too many"),
  fn: async () => {
    const postgres = await startPostgres();
    const vendor = startVendor();
    const start = (calls: number) =>
      startNode("../sync/quota_node.ts", [
        ...[postgres.url, vendor.origin, String(calls)],
      ]);
    try {
      const half = vendor.reachedBy(CALLS / 2);
      const nodes = [start(CALLS), start(CALLS)];
      const killed = start(CALLS);
      await half;
      killed.process.kill("SIGKILL");
      assert.equal(await killed.ended, 137);
      nodes.push(start(LIMIT.calls));
      for (const { ended } of nodes) assert.equal(await ended, 0);
      const { reached, refused } = vendor.counts();
      assert.equal(refused, 0, `${refused} of ${reached} were refused`);
      assert.ok(reached >= 2 * CALLS + LIMIT.calls, `${reached} calls`);
    } finally {
      await vendor.stop();
      await postgres.stop();
    }
  },
});

Deno.test({
  ...needingPostgres("syncs leave the count of their calls to the next"),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "shared_quota_" });
    const postgres = await startPostgres();
    const vendors = await startVendors();
    const sql = openPostgres(postgres.url);
    try {
      const env = {
        DATABASE_URL: postgres.url,
        MOE_DATA: folder,
        MOE_IDENTITY_KEY: "5a".repeat(32),
        MOE_SOURCES: `${folder}/sources.json`,
      };
      const { google: { config }, origin } = vendors;
      const hosts = ["googleads.googleapis.com", "oauth2.googleapis.com"];
      const via = Object.fromEntries(hosts.map((host) => [host, origin]));
      const source = { source: "ads", connector: "google_ads", config, via };
      const tenants = ["acme", "bolt"];
      const sources = tenants.map((tenant) => ({
        ...{ ...source, tenant, initialDays: 3 },
      }));
      await Deno.writeTextFile(env.MOE_SOURCES, JSON.stringify(sources));
      const calls: number[] = [];
      for (let run = 0; run < 2; run++) {
        const ran = await Promise.all(
          tenants.map((tenant) => runMoe(env, ["sync", "--tenant", tenant])),
        );
        for (const { code, errors } of ran) assert.equal(code, 0, errors);
        const [{ sent, out } = { sent: 0, out: -1 }] = await sql.query<
          { sent: number; out: number }
        >(DEVELOPER);
        assert.equal(out, 0);
        calls.push(sent);
      }
      const [first = 0, both = 0] = calls;
      assert.ok(first > 0 && both > first, `${calls}`);
      assert.equal(both, vendors.google.ledger().calls);
    } finally {
      await sql.close();
      await vendors.stop();
      await postgres.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Calls that are counted towards the developer's day, and those that are out. */
const DEVELOPER = `
  select sum((entry->>1)::int4)::int4 as sent,
    max(json_array_length(state->'out'))::int4 as out
  from quota_budget, json_each(state->'limits') as window_use,
    json_array_elements(window_use.value->'went') as entry
  where connector = 'google_ads' and name like 'developer %'`;
