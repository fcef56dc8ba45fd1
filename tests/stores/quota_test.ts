/**
 * Budgets on a Postgres server, changed by several connections: one after the other,
 * also when one of them stalls, and never without an end.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { QuotaCall } from "../../core/signals/lend/budget_keys.ts";
import { createQuota } from "../../core/signals/lend/quota.ts";
import type { BudgetState } from "../../core/ports/quota.ts";
import type { Param } from "../../core/store/codec.ts";
import { systemClock } from "../../core/store/clock.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { createQuotaStore } from "../../core/store/quota_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

const DAY_SECONDS = 86_400;
const SHORT_MS = 300;

function later(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

/** The quota of a node that has this connection. */
function openNode(sql: Sql) {
  const store = createQuotaStore(sql);
  return createQuota({ clock: systemClock, sleep: later, store });
}

function call(account: string, limit: number): QuotaCall {
  return {
    connector: "example_ads",
    keys: { developer: "dev", account },
    path: `/v1/accounts/${account}`,
    limits: [{ scope: "developer", calls: limit, perSeconds: DAY_SECONDS }],
    priority: "fresh",
  };
}

/** Counts a call of the developer. */
function countUp(kept: ReadonlyMap<string, BudgetState>) {
  const sent = (kept.get("developer")?.sent ?? 0) + 1;
  const unknown = { limits: {}, out: [], left: null, share: null, pause: null };
  const developer = { ...unknown, sent, idleAt: Date.UTC(2100, 0, 1) };
  return { sent, kept: new Map([["developer", developer]]) };
}

Deno.test({
  ...needingPostgres("two connections let go as many calls as one may"),
  fn: () =>
    withServer(async (connect) => {
      const nodes = [openNode(connect()), openNode(connect())];
      const went = await Promise.all(
        Array.from({ length: 300 }, async (_, place): Promise<number> => {
          const asked = call(`${place % 7}`, 100);
          const node = nodes[place % 2];
          assert(node);
          try {
            await node.admit(asked, 0);
          } catch (error) {
            assert.equal((error as { code?: string }).code, "source_throttled");
            return 0;
          }
          node.learn(asked, [{ scope: "account", usedShare: 0.5 }]);
          return 1;
        }),
      );
      assert.equal(went.reduce((sum, calls) => sum + calls, 0), 100);
      for (const node of nodes) await node.settle();
      const again = openNode(connect());
      await assert.rejects(again.admit(call("8", 100), 0), {
        code: "source_throttled",
      });
      const [rows] = await connect().query<Record<string, unknown>>(KEPT);
      assert.deepEqual(rows, {
        names: [...Array(7).keys()].map((account) => `account ${account}`)
          .concat("developer dev"),
        out: 0,
      });
    }),
});

const KEPT = `
  select array_agg(name order by name) as names,
    sum(json_array_length(state->'out'))::int4 as out
  from quota_budget`;

Deno.test({
  ...needingPostgres(
    "a node that stalls in a change holds up nobody, and makes it again",
  ),
  fn: () =>
    withServer(async (connect) => {
      const sql = connect();
      const reads = Promise.withResolvers<void>();
      const goesOn = Promise.withResolvers<void>();
      const stalled = createQuotaStore({
        ...sql,
        query: async <R>(text: string, params: readonly Param[] = []) => {
          const rows = await sql.query<R>(text, params);
          if (text.includes("statement_timestamp")) {
            reads.resolve();
            await goesOn.promise;
          }
          return rows;
        },
      });
      const stalls = stalled.change("ads", ["developer"], countUp);
      await reads.promise;
      const store = createQuotaStore(connect());
      const { sent } = await store.change("ads", ["developer"], countUp);
      assert.equal(sent, 1);
      goesOn.resolve();
      assert.equal((await stalls).sent, 2);
    }),
});

Deno.test({
  ...needingPostgres("a change fails while the server is away"),
  fn: async () => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    try {
      await migrate(sql);
      const node = openNode(sql);
      await node.admit(call("a", 9), 0);
      await server.kill9();
      await assert.rejects(node.admit(call("a", 9), 60_000), {
        code: "store_unavailable",
      });
      await server.restart();
      await node.admit(call("a", 9), 0);
    } finally {
      await sql.close();
      await server.stop();
    }
  },
});

Deno.test("a change fails where a server takes connections and says nothing", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const taking = (async () => {
    for await (const connection of listener) taken.push(connection);
  })();
  const sql = openPostgres(`postgres://a@127.0.0.1:${listener.addr.port}/a`);
  const store = createQuotaStore(sql, { limitMs: SHORT_MS });
  await assert.rejects(store.change("ads", ["developer"], countUp), {
    code: "store_unavailable",
  });
  listener.close();
  for (const connection of taken) connection.close();
  await taking;
  await sql.close();
});

async function withServer(
  work: (connect: () => Sql) => Promise<void>,
): Promise<void> {
  const server = await startPostgres();
  const opened: Sql[] = [];
  function connect(): Sql {
    const sql = openPostgres(server.url);
    opened.push(sql);
    return sql;
  }
  try {
    await migrate(connect());
    await work(connect);
  } finally {
    for (const sql of opened) await sql.close();
    await server.stop();
  }
}
