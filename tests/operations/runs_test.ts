/**
 * Materialised runs, on the embedded Postgres and on a real server: whole, gone on with
 * after they were interrupted, and shared by nodes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Session, Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { testDatabases } from "../stores/databases.ts";
import {
  addRuns,
  AT,
  BUSY,
  BUSY_EVENTS,
  fill,
  HAPPENED,
  interrupted,
  LATER,
  read,
  run,
  subject,
  SUBJECTS,
  tell,
  unfinished,
  VIEW,
} from "./run_scene.ts";

type Check = (sql: Sql, tenant: string) => Promise<void>;

const PROMISES: readonly (readonly [promise: string, check: Check])[] = [
  ["pieces add up to everybody, once, with all signals", addUp],
  ["a run that was interrupted goes on where it stopped", goOn],
  ["what came while a run was interrupted is in the next", catchUp],
  ["a run that is too old is begun anew", beginAnew],
  ["two nodes at one run share it", share],
  ["a run of some days computes those with signals of them", runDays],
  ["nothing is computed as of before it was", stayLate],
  ["who has no signals any more is told of, then forgotten", empty],
  ["tiles are as whole after pieces as at once", buildTiles],
  ["a version that is dropped while it is computed stays so", stayDropped],
  ["the latest fifty runs stay, and those that others go on from", keepRuns],
];

testDatabases("runs keep their promises", async (sql, t) => {
  for (const [place, [promise, check]] of PROMISES.entries()) {
    const tenant = `tenant-${place}`;
    await fill(sql, tenant);
    await t.step(promise, () => check(sql, tenant));
  }
});

async function addUp(sql: Sql, tenant: string): Promise<void> {
  const told: number[] = [];
  const first = await run(sql, tenant, { progress: (n) => told.push(n) });
  assert.equal(first.computed, SUBJECTS);
  assert.equal(first.rows, SUBJECTS);
  assert.ok(told.length >= 3);
  assert.deepEqual(told, told.toSorted((a, b) => a - b));
  assert.equal(told.at(-1), SUBJECTS);
  const vectors = await read(sql, tenant);
  assert.deepEqual(
    vectors,
    Array.from({ length: SUBJECTS }, (_, place) => ({
      view: VIEW.name,
      version: VIEW.version,
      entity: `subject:${subject(place)}`,
      at: AT,
      values: [subject(place) === BUSY ? BUSY_EVENTS : 1, 0],
    })),
  );
  const again = await run(sql, tenant);
  assert.notEqual(again.id, first.id);
  assert.equal(again.rows, SUBJECTS);
  assert.deepEqual(await read(sql, tenant), vectors);
}

async function goOn(sql: Sql, tenant: string): Promise<void> {
  const whole = `${tenant}-whole`;
  await fill(sql, whole);
  const { computed } = await run(sql, whole);
  await interrupted(sql, tenant, { pieces: 1 });
  await interrupted(sql, tenant, { pieces: 1 });
  const [open, ...others] = await unfinished(sql, tenant);
  assert.deepEqual(others, []);
  const told: number[] = [];
  const progress = (n: number) => told.push(n);
  const resumed = await run(sql, tenant, { at: LATER, progress });
  assert.equal(resumed.id, open);
  assert.equal(resumed.at, AT);
  assert.equal(resumed.computed, computed);
  assert.ok((told[0] ?? 0) > 140, "it did not go on, but begin");
  assert.deepEqual(await read(sql, tenant), await read(sql, whole));
  assert.deepEqual(await unfinished(sql, tenant), []);
}

async function catchUp(sql: Sql, tenant: string): Promise<void> {
  await interrupted(sql, tenant, { pieces: 1 });
  const subjects = [subject(0), subject(SUBJECTS - 1)];
  await tell(sql, tenant, { subjects, at: "2026-01-31T12:00:00.000Z" });
  await run(sql, tenant);
  const sums = async () =>
    (await read(sql, tenant)).filter(({ entity }) =>
      subjects.includes(entity.slice("subject:".length))
    ).map(({ values }) => values);
  assert.deepEqual(await sums(), [[1, 0], [2, 1]]);
  const next = await run(sql, tenant, { at: LATER, scope: "changes" });
  assert.equal(next.computed, 2);
  assert.deepEqual(await sums(), [[2, 1], [2, 1]]);
  const changed = await read(sql, tenant, AT);
  assert.deepEqual(changed.map(({ entity }) => entity), ["subject:s-0000"]);
}

async function beginAnew(sql: Sql, tenant: string): Promise<void> {
  await interrupted(sql, tenant, { pieces: 1 });
  const [open] = await unfinished(sql, tenant);
  const at = "2026-02-01T01:00:00.001Z";
  const anew = await run(sql, tenant, { at });
  assert.notEqual(anew.id, open);
  assert.equal(anew.at, at);
  assert.deepEqual(await unfinished(sql, tenant), []);
}

/** Both wait for the row of the run that was begun, so both have found it. */
async function share(sql: Sql, tenant: string): Promise<void> {
  await interrupted(sql, tenant, { pieces: 1 });
  const [open] = await unfinished(sql, tenant);
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const holding = sql.transaction(async (tx) => {
    await tx.query("select from feature_run where id = $1 for update", [open]);
    hold();
    while (!sql.embedded && await countWaiting(tx) < 2);
  });
  await held;
  const nodes = [run(sql, tenant), run(sql, tenant, { at: LATER })];
  await holding;
  for (const one of await Promise.all(nodes)) {
    assert.deepEqual([one.id, one.computed], [open, SUBJECTS]);
  }
  assert.equal((await read(sql, tenant)).length, SUBJECTS);
}

async function countWaiting(sql: Session): Promise<number> {
  const [row] = await sql.query<{ waiting: number }>(
    "select count(distinct pid)::int4 as waiting from pg_locks where not granted",
  );
  return row?.waiting ?? 0;
}

async function runDays(sql: Sql, tenant: string): Promise<void> {
  await run(sql, tenant);
  const subjects = [BUSY, subject(7), "s-new"];
  await tell(sql, tenant, { subjects, at: "2026-01-15T00:00:00.000Z" });
  await tell(sql, tenant, {
    subjects: ["s-x"],
    at: "2026-01-16T00:00:00.000Z",
  });
  const scope = { from: "2026-01-15", until: "2026-01-16" };
  const days = await run(sql, tenant, { at: LATER, scope });
  assert.deepEqual(days.scope, scope);
  assert.equal(days.computed, 3);
  assert.deepEqual(
    (await read(sql, tenant, AT)).map(({ entity, values }) => [entity, values]),
    [
      ["subject:s-0007", [2, 0]],
      [`subject:${BUSY}`, [BUSY_EVENTS + 1, 0]],
      ["subject:s-new", [1, 0]],
    ],
  );
  const next = await run(sql, tenant, { at: LATER, scope: "changes" });
  assert.equal(next.computed, 4, "days do not count as a look at everything");
}

async function stayLate(sql: Sql, tenant: string): Promise<void> {
  await run(sql, tenant, { at: LATER });
  await tell(sql, tenant, { subjects: [BUSY], at: AT });
  const earlier = await run(sql, tenant, { at: AT, scope: "changes" });
  assert.equal(earlier.at, LATER);
  const [vector] = (await read(sql, tenant)).filter(({ entity }) =>
    entity === `subject:${BUSY}`
  );
  assert.deepEqual([vector?.at, vector?.values], [LATER, [BUSY_EVENTS + 1, 1]]);
}

async function empty(sql: Sql, tenant: string): Promise<void> {
  const [, day] = VIEW.features;
  const view = { ...VIEW, features: day ? [day] : [] };
  const soon = "2026-01-01T12:00:00.000Z";
  const asked = { view, scope: "changes" } as const;
  assert.equal((await run(sql, tenant, { ...asked, at: soon })).rows, SUBJECTS);
  const edge = "2026-01-02T00:00:00.000Z";
  const last = await run(sql, tenant, { ...asked, at: edge });
  assert.deepEqual([last.computed, last.rows], [0, SUBJECTS]);
  const after = "2026-01-02T00:00:00.001Z";
  const gone = await run(sql, tenant, { ...asked, at: after });
  assert.deepEqual([gone.computed, gone.rows], [SUBJECTS, 0]);
  const history = createFeatureHistory(sql);
  const told = await Array.fromAsync(history.vectors(tenant, view, edge));
  assert.equal(told.flat().length, SUBJECTS);
  for (const { values } of told.flat()) assert.deepEqual(values, [null]);
  assert.deepEqual(
    await Array.fromAsync(history.vectors(tenant, view, null)),
    [],
  );
  await run(sql, tenant, { ...asked, at: "2026-02-05T00:00:00.000Z" });
  assert.deepEqual(
    await Array.fromAsync(history.vectors(tenant, view, HAPPENED)),
    [],
  );
}

async function buildTiles(sql: Sql, tenant: string): Promise<void> {
  const view = { ...VIEW, tiles: "hour" } as const;
  const starts = async (entity: string) =>
    (await sql.query<{ start: string }>(
      "select start from feature_tile where tenant = $1 and entity = $2 order by start",
      [tenant, entity],
    )).map(({ start }) => start);
  await interrupted(sql, tenant, { view, pieces: 2 });
  await run(sql, tenant, { view });
  const [all] = await sql.query<{ entities: number; starts: string[] }>(
    `select count(*)::int4 as entities, array_agg(distinct start::text) as starts
    from feature_tile where tenant = $1`,
    [tenant],
  );
  assert.deepEqual(all, {
    entities: SUBJECTS,
    starts: ["2026-01-01 00:00:00+00"],
  });
  const at = "2026-01-02T05:06:07.000Z";
  await tell(sql, tenant, { subjects: [BUSY], at });
  await run(sql, tenant, { view, at: LATER, scope: "changes" });
  assert.deepEqual(await starts(`subject:${BUSY}`), [
    HAPPENED,
    "2026-01-02T05:00:00.000Z",
  ]);
}

async function stayDropped(sql: Sql, tenant: string): Promise<void> {
  const history = createFeatureHistory(sql);
  let dropped: Promise<void> | undefined;
  await assert.rejects(
    run(sql, tenant, {
      progress: () => dropped ??= history.drop(tenant, VIEW),
    }),
    { code: "not_found", message: /"engagement@1": it was dropped meanwhile/ },
  );
  await dropped;
  assert.deepEqual(await read(sql, tenant), []);
  assert.deepEqual(await history.runs(tenant, VIEW, 9), []);
}

async function keepRuns(sql: Sql, tenant: string): Promise<void> {
  const first = await run(sql, tenant);
  await addRuns(sql, tenant);
  const days = { from: "2025-01-01", until: "2025-01-02" };
  const last = await run(sql, tenant, { scope: days });
  const history = createFeatureHistory(sql);
  const kept = await history.runs(tenant, VIEW, 100);
  assert.equal(kept.length, 51);
  assert.deepEqual([kept[0], kept.at(-1)?.id], [last, first.id]);
  assert.deepEqual(await history.runs(tenant, VIEW, 2), kept.slice(0, 2));
}

Deno.test({
  ...needingPostgres("a run goes on after the server was killed"),
  fn: async () => {
    const server = await startPostgres();
    const sql = openPostgres(server.url);
    try {
      await migrate(sql);
      await fill(sql, "acme");
      let killed: Promise<void> | undefined;
      await assert.rejects(
        run(sql, "acme", { progress: () => killed ??= server.kill9() }),
        { code: "store_unavailable" },
      );
      await killed;
      await server.restart();
      const [open] = await unfinished(sql, "acme");
      const resumed = await run(sql, "acme", { at: LATER });
      assert.equal(resumed.id, open);
      assert.equal(resumed.computed, SUBJECTS);
      assert.equal((await read(sql, "acme")).length, SUBJECTS);
    } finally {
      await sql.close();
      await server.stop();
    }
  },
});
