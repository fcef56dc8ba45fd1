/**
 * A hundred features of a million label rows as they were known then, read into the
 * process, against `COPY` of the same lateral join written by hand.
 *
 * `MOE_BENCH_LABELS` makes it smaller. Memory is that of the process that reads, with
 * the whole training set in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import postgres from "postgres";
import { openTerminal } from "../../core/commands/terminal.ts";
import type { FeatureDefinition } from "../../core/domain/feature.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { runApart } from "./apart.ts";
import type { Bench, Row } from "./bench.ts";
import { seedEvents, TENANT } from "./seeded_events.ts";
import { wideView } from "./wide_view.ts";

/** The same work by hand is measured on one row in so many. */
const BY_HAND_SHARE = 10;
const LABELS = Number(Deno.env.get("MOE_BENCH_LABELS") ?? 1_000_000);
const VIEW = wideView(100);

/** What the process tells. */
export interface JoinAnswer {
  readonly seconds: number;
  /** The first rows, shape [rows][features]. */
  readonly first: readonly (readonly (number | null)[])[];
}

const bench: Bench = { name: "training-join", run };
export default bench;

async function run(): Promise<readonly Row[]> {
  if (findPostgres() === null) {
    openTerminal().warn("training-join: left out, no Postgres is installed");
    return [];
  }
  const server = await startPostgres();
  const sql = openPostgres(server.url);
  try {
    await migrate(sql);
    await seedEvents(sql, { events: LABELS * 2, subjects: LABELS / 5 });
    await sql.query(CREATE_LABELS, [LABELS]);
    await sql.query("vacuum (analyze) label");
    return await measure(sql, server.url);
  } finally {
    await sql.close();
    await server.stop();
  }
}

/** Once each: it takes minutes. */
async function measure(sql: Sql, url: string): Promise<readonly Row[]> {
  const { answer, peakMiB } = await runApart<JoinAnswer>(
    "training_join_process.ts",
    [url],
  );
  const rowsPerSecond = LABELS / answer.seconds;
  const byHand = await copyByHand(url);
  await assertSame(sql, answer);
  const size = `${LABELS.toLocaleString("en")} rows × ${VIEW.features.length}`;
  return [
    {
      name: "training-join",
      value: Math.round(rowsPerSecond),
      unit: "rows/s",
      against: `COPY of the lateral join by hand; ${size}`,
      ratio: rowsPerSecond / byHand,
    },
    {
      name: "training-join-memory",
      value: Math.round(peakMiB),
      unit: "MiB peak",
      against: "",
      ratio: null,
    },
  ];
}

/** Rows a second. */
async function copyByHand(url: string): Promise<number> {
  const client = postgres(url, { max: 1 });
  await client`set statement_timeout = 0`;
  await client`set jit = off`;
  const started = performance.now();
  let bytes = 0;
  const rows = await client.unsafe(
    `copy (${BY_HAND} where l.place % ${BY_HAND_SHARE} = 0) to stdout`,
  ).readable();
  for await (const chunk of rows) bytes += chunk.length;
  const seconds = (performance.now() - started) / 1000;
  assert.ok(bytes > LABELS / BY_HAND_SHARE * VIEW.features.length);
  await client.end();
  return LABELS / BY_HAND_SHARE / seconds;
}

async function assertSame(sql: Sql, { first }: JoinAnswer): Promise<void> {
  const rows = await sql.values(
    `${BY_HAND} where l.place <= $1::int8 order by l.place`,
    [first.length],
  );
  assert.equal(rows.length, first.length);
  rows.forEach(([, ...values], row) =>
    values.forEach((value, column) => {
      const ours = first[row]?.[column] ?? null;
      assert.ok(isNear(ours, value === null ? null : Number(value)));
    })
  );
}

/** Decimal averages are rounded once more. */
function isNear(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return Math.abs(one - other) <= 1e-12 * Math.abs(other);
}

/** Labels, the latest first. */
const CREATE_LABELS = `
  create table label as
  select row_number() over (order by event_id desc) as place,
    subject_id as subject, occurred_at as at
  from event where tenant = '${TENANT}'
  order by event_id desc limit $1::int4`;

const BY_HAND = `
  select l.place, f.*
  from label l
  cross join lateral (
    select ${VIEW.features.map(byHand).join(",\n      ")}
    from (
      select type, occurred_at, value_micros,
        (properties ->> 'position')::numeric as position
      from event
      where tenant = '${TENANT}' and subject_id = l.subject
        and occurred_at >= l.at - interval '365 days' and occurred_at < l.at
      offset 0
    ) e
  ) f`;

function byHand({ aggregation, where, window }: FeatureDefinition): string {
  const filter = `filter (where e.type = '${where?.types?.[0]}' and
    e.occurred_at >= l.at - interval '${window}')`;
  switch (aggregation.how) {
    case "count":
      return `count(*) ${filter}`;
    case "mean":
      return `(avg(e.position) ${filter})::float8`;
    case "max":
      return `max(e.position) ${filter}`;
    default:
      return `coalesce(sum(e.value_micros) ${filter}, 0)`;
  }
}
