/**
 * Signals in Postgres. A page of a source is written whole or not at all, with its
 * cursor; written again it changes nothing. Writers of one source take turns: each
 * holds the source's row until it commits. Statistics are renewed as rows double in
 * number, because PGlite has nobody in the background to do it.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import { addDays } from "../domain/day.ts";
import type { EventSignal, Reject } from "../domain/signal.ts";
import type {
  SignalBatch,
  SignalStore,
  WriteReport,
} from "../ports/signals.ts";
import { chunks } from "./chunks.ts";
import { leaveErased } from "./erased_signals.ts";
import { EVENT_COPY, printEvent } from "./signal_columns.ts";
import {
  type NumberedBatch,
  writePerformance,
} from "./performance_revisions.ts";
import { readClaims, writeClaims } from "./partition_claims.ts";
import { readSignals } from "./signal_reads.ts";
import type { Session, Sql, Transaction } from "./sql.ts";
import { storable } from "./storable.ts";

/** Rows after which the planner's statistics are first renewed. */
const ANALYZE_ROWS = 10_000;

/** Keeps signals in a database. */
export function createSignalStore(sql: Sql): SignalStore {
  let written = 0;
  let analyzeAt = ANALYZE_ROWS;
  let analyzing: Promise<unknown> = Promise.resolve();
  return {
    ...readSignals(sql),
    ...readClaims(sql),
    write: async (batch) => {
      const report = await sql.transaction((tx) => write(tx, batch));
      written += report.inserted + report.restated + report.events +
        batch.claims.length;
      if (written >= analyzeAt) {
        analyzeAt = written * 2;
        await analyzing;
        analyzing = sql.query("analyze event, performance, partition_claim")
          .catch(() => {});
      }
      return report;
    },
  };
}

async function write(
  tx: Transaction,
  given: SignalBatch,
): Promise<WriteReport> {
  const { erasures, ...opened } = await openBatch(tx, given);
  const { batch, erased } = erasures
    ? await leaveErased(tx, { ...given, ...opened })
    : { batch: { ...given, ...opened }, erased: 0 };
  const performance = await writePerformance(tx, batch);
  const events = await writeEvents(tx, batch);
  const deadLetters = await writeRejects(tx, batch);
  await writeClaims(tx, batch);
  await removeRevived(tx, batch);
  await writeCursor(tx, batch);
  const report = {
    ...performance,
    events,
    duplicates: batch.events.length - events,
    deadLetters,
    ...(erased > 0 && { erased }),
  };
  await closeBatch(tx, batch, report);
  return report;
}

/**
 * Hears of the source, holds its row until the end, numbers the batch, and asks whether
 * anybody was erased. Tables are not read through for the rest of the transaction: plans made while they were small
 * would be kept, and cost the square of what comes in.
 */
async function openBatch(
  tx: Session,
  { tenant, source, connector, observedAt }: SignalBatch,
): Promise<{ readonly batch: number; readonly erasures: boolean }> {
  const [row] = await tx.query<{ batch: bigint; erasures: boolean }>(
    HEAR_OF_SOURCE,
    [tenant, source, connector, observedAt],
  );
  return { batch: Number(row?.batch ?? 0), erasures: row?.erasures ?? false };
}

/** What changed is counted, and goes to the outbox in the same transaction. */
async function closeBatch(
  tx: Session,
  batch: NumberedBatch,
  { inserted, restated, vanished, events }: WriteReport,
): Promise<void> {
  const revisions = inserted + restated + vanished;
  if (revisions + events === 0) return;
  await tx.query(COUNT_BATCH, [
    batch.tenant,
    batch.source,
    events,
    inserted,
    revisions,
    latestDay(batch),
  ]);
  await tx.query(TO_OUTBOX, [
    batch.tenant,
    batch.source,
    batch.batch,
    batch.connector,
    batch.observedAt,
    revisions,
    events,
  ]);
}

/**
 * The latest day that is told of. Days later than the one after the observation are
 * expected or wrong, and say nothing of how fresh the source is.
 */
function latestDay(
  { performance, events, observedAt }: SignalBatch,
): string | null {
  const most = addDays(observedAt.slice(0, 10), 1);
  let latest = "";
  const tell = (day: string) => {
    if (day > latest && day <= most) latest = day;
  };
  for (const { signal } of performance) tell(signal.day);
  for (const { occurredAt } of events) tell(occurredAt.slice(0, 10));
  return latest === "" ? null : latest;
}

/**
 * Adds the events that are new. The source's row is held, so nobody adds one of them
 * between the look and the copy.
 */
async function writeEvents(
  tx: Transaction,
  batch: NumberedBatch,
): Promise<number> {
  let added = 0;
  for (const events of chunks(batch.events)) {
    const fresh = await onlyNew(tx, batch, events);
    if (fresh.length === 0) continue;
    let rows = "";
    for (const event of fresh) rows += printEvent(event, batch);
    await tx.copy(`event (${EVENT_COPY.join(", ")})`, rows);
    added += fresh.length;
  }
  return added;
}

async function onlyNew(
  tx: Session,
  { tenant, source }: NumberedBatch,
  events: readonly EventSignal[],
): Promise<readonly EventSignal[]> {
  const first = new Map<string, EventSignal>();
  for (const event of events) {
    const id = storable(event.eventId);
    if (!first.has(id)) first.set(id, event);
  }
  const known = await tx.values(KNOWN_EVENTS, [
    tenant,
    source,
    [...first.keys()],
  ]);
  for (const [id] of known) first.delete(String(id));
  return [...first.values()];
}

async function writeRejects(
  tx: Session,
  batch: NumberedBatch,
): Promise<number> {
  let added = 0;
  for (const rejects of chunks(batch.rejects)) {
    const rows = await tx.query(INSERT_DEAD_LETTERS, [
      batch.tenant,
      batch.source,
      batch.connector,
      batch.observedAt,
      rejects.map((reject) => deadLetterId(batch.source, reject)),
      rejects.map(({ reason }) => storable(reason)),
      rejects.map(({ detail }) => storable(detail)),
      rejects.map(({ original }) => storable(original)),
      rejects.map(({ context }) =>
        context === undefined ? null : storable(context)
      ),
      storable(batch.version ?? ""),
    ]);
    added += rows.length;
  }
  return added;
}

async function removeRevived(
  tx: Session,
  { tenant, revived = [], rejects, source }: NumberedBatch,
): Promise<void> {
  if (revived.length === 0) return;
  const still = new Set(rejects.map((one) => deadLetterId(source, one)));
  await tx.query("delete from dead_letter where tenant = $1 and id = any($2)", [
    tenant,
    revived.filter((id) => !still.has(id)),
  ]);
}

/** From the content, so that the same record rejected again is not a second letter. */
function deadLetterId(source: string, { reason, original }: Reject): string {
  return digest([source, storable(reason), storable(original)]);
}

async function writeCursor(tx: Session, batch: SignalBatch): Promise<void> {
  if (batch.cursor === undefined) return;
  const { scope, value } = batch.cursor;
  await tx.query(KEEP_CURSOR, [
    batch.tenant,
    batch.source,
    scope,
    value === null ? null : storable(value),
  ]);
}

const HEAR_OF_SOURCE = `
  insert into source (tenant, name, connector, last_observed_at, batches)
  values ($1, $2, $3, $4, 1)
  on conflict (tenant, name) do update set
    connector = excluded.connector,
    batches = source.batches + 1,
    last_observed_at =
      greatest(source.last_observed_at, excluded.last_observed_at)
  returning batches as batch, set_config('enable_seqscan', 'off', true),
    exists (select from erased_subject e where e.tenant = $1) as erasures`;

const COUNT_BATCH = `
  update source set
    events = events + $3::int8,
    performance = performance + $4::int8,
    revisions = revisions + $5::int8,
    rows = rows + $3::int8 + $5::int8,
    latest_day = greatest(latest_day, $6::date)
  where tenant = $1 and name = $2`;

const TO_OUTBOX = `
  insert into outbox
    (tenant, source, batch, connector, observed_at, performance, events)
  values ($1, $2, $3::int8, $4, $5::timestamptz, $6::int4, $7::int4)`;

/** One look-up by key for each id, whatever the planner knows of the table. */
const KNOWN_EVENTS = `
  select given.id
  from unnest($3::text[]) as given(id)
  cross join lateral (
    select from event
    where tenant = $1 and source = $2 and event_id = given.id
    limit 1
  ) known`;

const INSERT_DEAD_LETTERS = `
  insert into dead_letter (tenant, source, connector, observed_at,
    version, id, reason, detail, original, context)
  select $1, $2, $3, $4::timestamptz, $10, *
  from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
  on conflict do nothing
  returning 1`;

const KEEP_CURSOR = `
  insert into source_cursor (tenant, source, scope, cursor)
  values ($1, $2, $3, $4)
  on conflict (tenant, source, scope) do update set cursor = excluded.cursor`;
