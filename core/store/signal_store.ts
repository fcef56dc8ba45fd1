/**
 * Signals in Postgres. A page of a source is written whole or not at all, with its
 * cursor; written again it changes nothing. Writers of one source take turns: each
 * holds the source's row until it commits. Statistics are renewed as rows double in
 * number, because PGlite has nobody in the background to do it.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import type { Reject } from "../domain/signal.ts";
import type {
  DeadLetter,
  SignalBatch,
  SignalCounts,
  SignalStore,
  WriteReport,
} from "../ports/signals.ts";
import { chunks } from "./chunks.ts";
import {
  columnNames,
  EVENT_COLUMNS,
  eventRow,
  givenColumns,
  printRows,
  recordset,
  storable,
} from "./signal_columns.ts";
import { writePerformance } from "./performance_revisions.ts";
import type { Session, Sql } from "./sql.ts";

/** Rows after which the planner's statistics are first renewed. */
const ANALYZE_ROWS = 10_000;

/** Keeps signals in a database. */
export function createSignalStore(sql: Sql): SignalStore {
  let written = 0;
  let analyzeAt = ANALYZE_ROWS;
  return {
    write: async (batch) => {
      const report = await sql.transaction((tx) => write(tx, batch));
      written += report.inserted + report.restated + report.events;
      if (written >= analyzeAt) {
        analyzeAt = written * 2;
        await sql.query("analyze event, performance");
      }
      return report;
    },
    readCursor: async (tenant, source, scope) => {
      const [row] = await sql.query<{ cursor: string | null }>(
        "select cursor from source_cursor where tenant = $1 and source = $2 and scope = $3",
        [tenant, source, scope],
      );
      return row?.cursor ?? null;
    },
    count: (tenant) => sql.query<SignalCounts>(COUNT, [tenant]),
    tenants: async () => {
      const rows = await sql.query<{ tenant: string }>(
        "select distinct tenant from source order by tenant",
      );
      return rows.map(({ tenant }) => tenant);
    },
    listDeadLetters: (tenant, { source = null, reason = null, limit }) =>
      sql.query<DeadLetter>(LIST_DEAD_LETTERS, [tenant, source, reason, limit]),
  };
}

async function write(tx: Session, batch: SignalBatch): Promise<WriteReport> {
  await tx.query(HEAR_OF_SOURCE, [
    batch.tenant,
    batch.source,
    batch.connector,
    batch.observedAt,
  ]);
  const performance = await writePerformance(tx, batch);
  const events = await writeEvents(tx, batch);
  const deadLetters = await writeRejects(tx, batch);
  await writeCursor(tx, batch);
  return {
    ...performance,
    events,
    duplicates: batch.events.length - events,
    deadLetters,
  };
}

async function writeEvents(tx: Session, batch: SignalBatch): Promise<number> {
  let added = 0;
  for (const events of chunks(batch.events)) {
    const rows = printRows(events.map(eventRow));
    added += await count(tx, INSERT_EVENTS, [
      batch.tenant,
      batch.source,
      batch.observedAt,
      rows,
    ]);
  }
  return added;
}

async function writeRejects(tx: Session, batch: SignalBatch): Promise<number> {
  let added = 0;
  for (const rejects of chunks(batch.rejects)) {
    added += await count(tx, INSERT_DEAD_LETTERS, [
      batch.tenant,
      batch.source,
      batch.connector,
      batch.observedAt,
      rejects.map((reject) => deadLetterId(batch.source, reject)),
      rejects.map(({ reason }) => reason),
      rejects.map(({ detail }) => storable(detail)),
      rejects.map(({ original }) => storable(original)),
    ]);
  }
  return added;
}

/** From the content, so that the same record rejected again is not a second letter. */
function deadLetterId(source: string, { reason, original }: Reject): string {
  return digest([source, reason, original.toWellFormed()]);
}

async function writeCursor(tx: Session, batch: SignalBatch): Promise<void> {
  if (batch.cursor === undefined) return;
  const { scope, value } = batch.cursor;
  await tx.query(KEEP_CURSOR, [batch.tenant, batch.source, scope, value]);
}

async function count(
  tx: Session,
  text: string,
  params: Parameters<Session["query"]>[1],
): Promise<number> {
  const [row] = await tx.query<{ rows: number }>(text, params);
  return row?.rows ?? 0;
}

const HEAR_OF_SOURCE = `
  insert into source (tenant, name, connector, last_observed_at)
  values ($1, $2, $3, $4)
  on conflict (tenant, name) do update set
    connector = excluded.connector,
    last_observed_at =
      greatest(source.last_observed_at, excluded.last_observed_at)`;

const EVENT_NAMES = columnNames(EVENT_COLUMNS).join(", ");

const INSERT_EVENTS = `
  with added as (
    insert into event (tenant, source, observed_at, ${EVENT_NAMES})
    select $1, $2, $3::timestamptz, ${givenColumns(EVENT_COLUMNS)}
    from ${recordset("$4", EVENT_COLUMNS)}
    on conflict do nothing
    returning 1
  )
  select count(*)::int4 as rows from added`;

const INSERT_DEAD_LETTERS = `
  with added as (
    insert into dead_letter
      (tenant, source, connector, observed_at, id, reason, detail, original)
    select $1, $2, $3, $4::timestamptz, *
    from unnest($5::text[], $6::text[], $7::text[], $8::text[])
    on conflict do nothing
    returning 1
  )
  select count(*)::int4 as rows from added`;

const KEEP_CURSOR = `
  insert into source_cursor (tenant, source, scope, cursor)
  values ($1, $2, $3, $4)
  on conflict (tenant, source, scope) do update set cursor = excluded.cursor`;

const COUNT = `
  select s.name as source,
    coalesce(p.in_force, 0)::int4 as performance,
    coalesce(p.revisions, 0)::int4 as revisions,
    coalesce(e.events, 0)::int4 as events,
    coalesce(d.reasons, '{}') as "deadLetters",
    s.last_observed_at as "lastObservedAt"
  from source s
  left join (
    select source, count(*) as revisions,
      count(*) filter (where superseded_at is null) as in_force
    from performance where tenant = $1 group by source
  ) p on p.source = s.name
  left join (
    select source, count(*) as events
    from event where tenant = $1 group by source
  ) e on e.source = s.name
  left join (
    select source, jsonb_object_agg(reason, letters) as reasons
    from (
      select source, reason, count(*) as letters
      from dead_letter where tenant = $1 group by source, reason
    ) by_reason group by source
  ) d on d.source = s.name
  where s.tenant = $1
  order by s.name`;

const LIST_DEAD_LETTERS = `
  select id, source, connector, reason, detail, original,
    observed_at as "observedAt"
  from dead_letter
  where tenant = $1
    and ($2::text is null or source = $2)
    and ($3::text is null or reason = $3)
  order by observed_at desc, id
  limit $4`;
