/**
 * Limits of two nodes over one database: however their decisions interleave, no window
 * holds more than it may, and nobody is refused while there is room.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createDecisions } from "../../core/decisions/decisions.ts";
import { createLimits } from "../../core/decisions/limits/limits.ts";
import {
  ACTION,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "../../core/decisions/memory_ports_test.ts";
import type { LimitKey } from "../../core/domain/verdict.ts";
import { createLimitCounts } from "../../core/store/limit_counts.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { testDatabases } from "./databases.ts";
import { dump, erase, JANE, OTHER } from "./erasing.ts";
import { claimAt } from "./limit_cases.ts";

const START = Date.parse("2026-03-01T00:00:00.000Z");
const WINDOW_MS = 10_000;
const SLOT_MS = 1000;
const SUBJECTS = ["u-1", "u-2"] as const;

/** Decisions that are under way at once, on either node, and the pause before them. */
const bursts = fc.array(
  fc.record({
    pauseMs: fc.integer({ min: 0, max: 6000 }),
    asks: fc.array(
      fc.record({ node: fc.nat(1), subject: fc.constantFrom(...SUBJECTS) }),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

interface Taken {
  readonly at: number;
  readonly subject: string;
  readonly isDone: boolean;
}

/** Takes decisions on two nodes, by one clock. */
async function takeAll(
  sql: Sql,
  { most, per, given }: {
    readonly most: number;
    readonly per: readonly LimitKey[];
    readonly given: typeof bursts extends fc.Arbitrary<infer T> ? T : never;
  },
): Promise<readonly Taken[]> {
  let now = START;
  const documents = [policyOf({
    ...{ id: "contacts", effect: "limit", reason: "Enough" },
    ...{ most, per, within: "10s" },
  }, ["action"])];
  const nodes = [0, 1].map(() =>
    worldOf({
      ...{ documents, scores: scoresOf(scorerOf(ACTION, { score: scoreOf })) },
      limits: createLimits(createLimitCounts(sql)),
      clock: { now: () => new Date(now).toISOString() },
    })
  );
  const taken: Taken[] = [];
  for (const { pauseMs, asks } of given) {
    now += pauseMs;
    const at = now;
    await Promise.all(asks.map(async ({ node, subject }) => {
      const world = nodes[node];
      assert(world);
      const entities = { channel: "email", subject };
      const request = { ...REQUEST, entities };
      const { decision } = await createDecisions(world).decide(
        "acme",
        request,
        { by: "test", idempotent: null, render: ({ id }) => id },
      );
      const isDone = decision?.countsTowards !== undefined;
      taken.push({ at, subject, isDone });
    }));
  }
  await Promise.all(nodes.map(({ limits }) => limits.close()));
  return taken;
}

function scoreOf({ action }: { readonly action: string | null }): number {
  return action === "mens" ? 0.5 : 0.1;
}

/** How many of some were done after a moment, up to another. */
function countDone(
  taken: readonly Taken[],
  { after, upTo }: { readonly after: number; readonly upTo: number },
): number {
  return taken.filter(({ at, isDone }) => isDone && at > after && at <= upTo)
    .length;
}

testDatabases("two nodes keep a limit in every window", async (sql, t) => {
  for (const per of [["subject"], ["channel"]] as const) {
    await t.step(`apart for each ${per}`, () =>
      fc.assert(
        fc.asyncProperty(
          bursts,
          fc.integer({ min: 0, max: 6 }),
          async (given, most) => {
            await sql.query("delete from limit_count");
            const taken = await takeAll(sql, { most, per, given });
            const groups = per[0] === "subject"
              ? SUBJECTS.map((id) =>
                taken.filter(({ subject }) => subject === id)
              )
              : [taken];
            for (const group of groups) {
              for (const { at, isDone } of group) {
                const within = { after: at - WINDOW_MS, upTo: at };
                assert.ok(countDone(group, within) <= most);
                if (isDone || per[0] !== "subject") continue;
                const after = at - WINDOW_MS - SLOT_MS;
                assert.ok(countDone(group, { after, upTo: at }) >= most);
              }
            }
          },
        ),
        { numRuns: 25 },
      ));
  }
});

testDatabases(
  "what limits counted of erased people goes, and nothing else",
  async (sql) => {
    const store = createLimitCounts(sql);
    const keys = [
      { key: `["decisions","subject","${JANE}"]`, subject: JANE },
      { key: `["decisions","placement","feed_${JANE}"]`, subject: null },
      { key: `["decisions","subject","${OTHER}"]`, subject: OTHER },
      { key: '["decisions","channel","email"]', subject: null },
    ];
    for (const tenant of ["acme", "rival"]) {
      for (const key of keys) {
        await store.claim([claimAt(tenant, START, key)], START);
      }
    }
    await erase(sql, "acme", { subjects: [JANE] });
    assert.ok(!(await dump(sql, "acme")).includes(JANE));
    assert.ok((await dump(sql, "rival")).includes(JANE));
    const left = await sql.query(
      "select key from limit_count where tenant = 'acme' order by key",
    );
    assert.deepEqual(
      left.map(({ key }) => key),
      [keys[3]?.key, keys[2]?.key],
    );
  },
);

testDatabases("counters that nothing counts in are removed", async (sql) => {
  const store = createLimitCounts(sql, { sweepEvery: 3 });
  await store.claim([claimAt("acme", START, { key: "idle" })], START);
  const later = START + 3 * WINDOW_MS;
  for (let time = 0; time < 3; time++) {
    const most = 1000;
    await store.claim([claimAt("acme", later, { key: "busy", most })], later);
  }
  const rows = await sql.query<{ key: string; ends: readonly bigint[] }>(
    "select key, ends from limit_count",
  );
  assert.deepEqual(rows.map(({ key }) => key), ["busy"]);
  assert.equal(rows[0]?.ends.length, 1);
});

testDatabases(
  "a counter keeps no more slots than its window and a minute have",
  async (sql) => {
    const store = createLimitCounts(sql);
    for (let claims = 0; claims < 50; claims++) {
      const now = START + 5 * claims * SLOT_MS;
      await store.claim([claimAt("acme", now, { most: 1000 })], now);
    }
    const [row] = await sql.query<{ slots: number }>(
      "select cardinality(ends) as slots from limit_count",
    );
    assert.ok((row?.slots ?? Infinity) <= (10 + 60) / 5 + 1);
  },
);

Deno.test({
  ...needingPostgres("a limit holds whatever clocks and servers do"),
  fn: async (t) => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    await migrate(sql);
    await t.step(
      "a node whose clock is a window apart finds no room, and forgets nothing",
      () => claimApart(sql),
    );
    await t.step(
      "claims that wait for the disk outlive the server",
      async () => {
        const store = createLimitCounts(sql, { waits: true });
        const claim = claimAt("rival", START, { most: 1000 });
        for (let made = 0; made < 50; made++) await store.claim([claim], START);
        await server.kill9();
        await server.restart();
        const read = () => store.read([claim]);
        assert.deepEqual(await read().catch(read), [50]);
      },
    );
    await sql.close();
    await server.stop();
  },
});

async function claimApart(sql: Sql): Promise<void> {
  const store = createLimitCounts(sql, { clocked: true });
  const present = Date.now();
  const longMs = 60 * WINDOW_MS;
  const apart = (windows: number) => {
    const now = present + windows * longMs;
    const window = { since: now - longMs, idleAt: now + 2 * longMs };
    return store.claim([claimAt("acme", now, window)], now);
  };
  assert.deepEqual([await apart(0), await apart(2)], [[1], [2]]);
  for (const windows of [-2, 0, 2, 3]) {
    assert.deepEqual(await apart(windows), [null], `${windows} windows apart`);
  }
}
