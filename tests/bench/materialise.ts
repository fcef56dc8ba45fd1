/**
 * A view of ten million signals in Postgres computed for everybody, against the same
 * written by hand in SQL; and a run of what changed, after one in every hundred entities
 * had a new signal and an hour went by, against computing everybody by hand again.
 *
 * `MOE_BENCH_SIGNALS` makes it smaller. Memory is that of the process that runs; the
 * database computes in its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openTerminal } from "../../core/commands/terminal.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { type Apart, runApart } from "./apart.ts";
import { type Bench, interleave, median, type Row } from "./bench.ts";
import {
  COUNT_DIFFERENT,
  CREATE_BY_HAND,
  ENGAGEMENT,
  FILL_BY_HAND,
} from "./engagement.ts";
import { addEvents, END, type Seed, seedEvents } from "./seeded_events.ts";

const SIGNALS = Number(Deno.env.get("MOE_BENCH_SIGNALS") ?? 10_000_000);
const SEED: Seed = { events: SIGNALS, subjects: SIGNALS / 20 };
const ROUNDS = 2;
const AN_HOUR_LATER = "2026-11-01T01:00:00.000Z";

const bench: Bench = { name: "materialise", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  if (findPostgres() === null) {
    openTerminal().warn("materialise: left out, no Postgres is installed");
    return [];
  }
  const server = await startPostgres();
  const sql = openPostgres(server.url);
  try {
    await migrate(sql);
    await seedEvents(sql, SEED);
    await sql.query(CREATE_BY_HAND);
    return await measure(sql, server.url);
  } finally {
    await sql.close();
    await server.stop();
  }
}

async function measure(sql: Sql, url: string): Promise<readonly Row[]> {
  const peaks: number[] = [];
  const [ours = NaN, byHand = NaN] = await interleave([
    async () => {
      await empty(sql);
      const { answer, peakMiB } = await runView(url, END, "all");
      peaks.push(peakMiB);
      return answer;
    },
    () => fillByHand(sql),
  ], ROUNDS);
  await assertSame(sql);
  const changes = await measureChanges(sql, url);
  const size = `${SIGNALS.toLocaleString("en")} signals, ${
    SEED.subjects.toLocaleString("en")
  } entities`;
  return [
    {
      name: "materialise",
      value: ours,
      unit: "s",
      against: `the view as SQL by hand; ${size}`,
      ratio: ours / byHand,
    },
    {
      name: "materialise-changes",
      value: changes,
      unit: "s",
      against: "the same SQL by hand for everybody; 1 % new, an hour later",
      ratio: changes / byHand,
    },
    {
      name: "materialise-memory",
      value: Math.round(median(peaks)),
      unit: "MiB peak",
      against: "",
      ratio: null,
    },
  ];
}

function runView(
  url: string,
  at: string,
  scope: "all" | "changes",
): Promise<Apart<number>> {
  return runApart<number>("materialise_process.ts", [url, at, scope]);
}

async function empty(sql: Sql): Promise<void> {
  await sql.query("truncate feature_vector, feature_run");
  await sql.query("checkpoint");
}

/** With as much memory as a run has, into an empty table. */
async function fillByHand(sql: Sql): Promise<number> {
  await sql.query("truncate engagement");
  await sql.query("checkpoint");
  const started = performance.now();
  await sql.transaction(async (tx) => {
    await tx.query("set local statement_timeout = 0");
    await tx.query("set local work_mem = '128MB'");
    await tx.query("set local jit = off");
    await tx.query(FILL_BY_HAND, [END]);
  });
  await sql.query("analyze engagement");
  return (performance.now() - started) / 1000;
}

async function assertSame(sql: Sql): Promise<void> {
  const [row] = await sql.query(COUNT_DIFFERENT);
  assert.deepEqual(row, { different: 0 }, ENGAGEMENT.name);
}

async function measureChanges(sql: Sql, url: string): Promise<number> {
  await addEvents(sql, SEED);
  await sql.query("vacuum (analyze) feature_vector");
  await sql.query("checkpoint");
  return (await runView(url, AN_HOUR_LATER, "changes")).answer;
}
