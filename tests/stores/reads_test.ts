/**
 * What is read for a page does not grow with what is kept: the plans say how many
 * rows of tables are visited.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../core/domain/day.ts";
import { createSignalStream } from "../../core/store/outbox.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Session, Sql } from "../../core/store/sql.ts";
import {
  fillClaims,
  fillLetters,
  fillOutbox,
  fillPerformance,
  FIRST_DAY,
  OWNER,
  REPORT,
} from "./bulk.ts";
import { testDatabases } from "./databases.ts";

const DAYS = 30;
const EACH = 400;
const LETTERS = 5000;
const BATCHES = 25_000;
const PAGE = 100;
/** Of so many days the store learns how late a report is. */
const LEARNT_DAYS = 180;

/** One step of a plan, as Postgres tells it. */
interface Step {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Step[];
}

/** A database that counts the rows which its statements visit. */
function counting(sql: Sql): { readonly sql: Sql; visited(): number } {
  let visited = 0;
  const query: Session["query"] = async (text, params) => {
    const [plan] = await sql.values(
      `explain (analyze, format json) ${text}`,
      params,
    );
    const [{ Plan }] = plan?.[0] as [{ Plan: Step }];
    visited += rowsOf(Plan);
    return [];
  };
  return { sql: { ...sql, query }, visited: () => visited };
}

function rowsOf(step: Step): number {
  const own = step["Relation Name"] === undefined
    ? 0
    : (step["Actual Rows"] + (step["Rows Removed by Filter"] ?? 0)) *
      step["Actual Loops"];
  return (step.Plans ?? []).reduce((sum, below) => sum + rowsOf(below), own);
}

testDatabases("a sync's plan reads a claim a day", async (sql) => {
  await fillClaims(sql, { days: DAYS, each: EACH });
  const counted = counting(sql);
  const { tenant, source } = OWNER;
  await createSignalStore(counted.sql).latestClaims(tenant, source, REPORT);
  assert.ok(counted.visited() < 2 * DAYS, `${counted.visited()} rows`);
  const claims = await createSignalStore(sql)
    .latestClaims(tenant, source, REPORT);
  assert.deepEqual(
    claims.map(({ day, ageDays }) => [day, ageDays]),
    Array.from(
      { length: DAYS },
      (_, place) => [addDays(FIRST_DAY, place), EACH - 1],
    ),
  );
});

testDatabases(
  "how late a report is, is learnt from its latest days",
  async (sql) => {
    const each = 20;
    const visits: number[] = [];
    for (const days of [LEARNT_DAYS, 3 * LEARNT_DAYS]) {
      await sql.query("truncate partition_claim");
      await fillClaims(sql, { days, each });
      const counted = counting(sql);
      const { tenant, source } = OWNER;
      await createSignalStore(counted.sql).lagCurve(tenant, source, REPORT);
      visits.push(counted.visited());
      const points = await createSignalStore(sql)
        .lagCurve(tenant, source, REPORT);
      assert.equal(points.length, each);
      for (const { days } of points) assert.equal(days, LEARNT_DAYS);
    }
    const [once = 0, thrice = 0] = visits;
    assert.ok(once >= LEARNT_DAYS * each);
    assert.ok(thrice <= once + each, `${thrice} rows and not ${once}`);
  },
);

testDatabases("a page of totals reads a page", async (sql) => {
  await fillClaims(sql, { days: DAYS, each: 2 });
  await fillPerformance(sql, { days: DAYS, each: EACH });
  const day = addDays(FIRST_DAY, DAYS / 2);
  for (const after of [null, { day, rowKey: `r-${DAYS / 2}-50` }]) {
    for (const knownAt of [null, `${FIRST_DAY}T00:00:00.000Z`]) {
      const counted = counting(sql);
      await createSignalStore(counted.sql).performance({
        ...OWNER,
        report: REPORT,
        range: { from: FIRST_DAY, until: addDays(FIRST_DAY, DAYS) },
        knownAt,
        limit: PAGE,
        after,
      });
      assert.ok(counted.visited() <= 6 * PAGE, `${counted.visited()} rows`);
    }
  }
});

testDatabases("a page of dead letters reads a page", async (sql) => {
  await fillLetters(sql, LETTERS);
  const after = { observedAt: `${FIRST_DAY}T00:30:00.000Z`, id: "l-1800" };
  for (
    const filter of [{}, { source: "ads-3" }, { after }, {
      source: "ads-3",
      after,
    }]
  ) {
    const counted = counting(sql);
    await createSignalStore(counted.sql)
      .listDeadLetters(OWNER.tenant, { ...filter, limit: PAGE });
    assert.ok(counted.visited() <= PAGE + 1, `${counted.visited()} rows`);
  }
});

testDatabases("counts of sources read no signals", async (sql) => {
  await fillPerformance(sql, { days: 1, each: EACH });
  const counted = counting(sql);
  await sql.query(
    "insert into source (tenant, name, connector, last_observed_at) values ($1, $2, 'csv', now())",
    [OWNER.tenant, OWNER.source],
  );
  await createSignalStore(counted.sql).count(OWNER.tenant);
  assert.ok(counted.visited() <= 1, `${counted.visited()} rows`);
});

testDatabases("the outbox is pruned in bounded pieces", async (sql) => {
  await fillOutbox(sql, BATCHES);
  const answers: number[] = [];
  const stream = createSignalStream({
    ...sql,
    query: async (text, params) => {
      const rows = await sql.query(text, params);
      answers.push(rows.length);
      return rows as never;
    },
  });
  const before = new Date(
    Date.parse(`${FIRST_DAY}T00:00:00.000Z`) + (BATCHES - 10) * 1000,
  ).toISOString();
  const counted = counting(sql);
  await createSignalStream(counted.sql).prune(`${FIRST_DAY}T00:00:00.000Z`);
  assert.ok(counted.visited() <= 1, "nothing is old, and batches were read");
  assert.equal(await stream.prune(before), BATCHES - 11);
  assert.ok(answers.length > 2 && answers.every((rows) => rows === 1));
  assert.equal(await stream.prune(before), 0);
});
