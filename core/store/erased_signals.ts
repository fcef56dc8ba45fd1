/**
 * Signals of erased people that are delivered again: what happened up to the erasure is
 * not taken in a second time, what happened after it is, unless it was erased by its id:
 * an event whose sender tells no moment happens whenever it is delivered.
 *
 * A total counts by its first day, and is left out if it is not later than that of the
 * erasure; so is the claim of a record of theirs of which nothing is kept. A dead letter
 * has no moment: one with the pseudonym of somebody who was erased is left out.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { findKeyedHashes } from "../domain/keyed_hash.ts";
import type { EventSignal, PerformanceSignal } from "../domain/signal.ts";
import type { Claim, SignalBatch } from "../ports/signals.ts";
import { chunks } from "./chunks.ts";
import { subjectHash } from "../domain/keyed_hash.ts";
import { eventHash } from "./erased_names.ts";
import type { Session } from "./sql.ts";
import { storable } from "./storable.ts";

/** A batch without what was erased, and how much that was. */
export interface Filtered<B extends SignalBatch> {
  readonly batch: B;
  readonly erased: number;
}

/** Leaves out what is told of erased people. */
export async function leaveErased<B extends SignalBatch>(
  tx: Session,
  batch: B,
): Promise<Filtered<B>> {
  const events = batch.events.map(namedInEvent);
  const totals = batch.performance.map(({ signal }) => namedInTotal(signal));
  const rejects = batch.rejects.map((reject) =>
    findKeyedHashes(JSON.stringify(reject))
  );
  const claims = batch.claims.map(({ record }) =>
    findKeyedHashes(record ?? "")
  );
  const untilOf = await readErased(
    tx,
    batch.tenant,
    new Set([...events, ...totals, ...rejects, ...claims].flat()),
  );
  const isAgain = await readAgain(
    tx,
    batch,
    batch.events.filter((_, at) => untilOf(events[at]) !== NEVER),
  );
  const kept = {
    events: batch.events.filter((event, at) =>
      event.occurredAt > untilOf(events[at]) && !isAgain(event)
    ),
    performance: batch.performance.filter(({ signal }, at) =>
      signal.day > untilOf(totals[at]).slice(0, 10)
    ),
    rejects: batch.rejects.filter((_, at) => untilOf(rejects[at]) === NEVER),
  };
  const emptied = await withoutRows(
    tx,
    { ...batch, ...kept },
    (_, at) => untilOf(claims[at]) !== NEVER,
  );
  const left = batch.claims.filter((claim) => !emptied.has(claim));
  return {
    batch: { ...batch, ...kept, claims: left },
    erased: batch.events.length - kept.events.length +
      batch.performance.length - kept.performance.length +
      batch.rejects.length - kept.rejects.length,
  };
}

/** Says of an event whether it was erased by its id. */
async function readAgain(
  tx: Session,
  { tenant, source }: SignalBatch,
  among: readonly EventSignal[],
): Promise<(event: EventSignal) => boolean> {
  const again = new Set<string>();
  const hashOf = (event: EventSignal) =>
    eventHash(source, storable(event.eventId));
  for (const hashes of chunks(among.map(hashOf))) {
    const rows = await tx.query<{ hash: string }>(READ_EVENTS, [
      tenant,
      hashes,
    ]);
    for (const { hash } of rows) again.add(hash);
  }
  return (event) => again.size > 0 && again.has(hashOf(event));
}

/** Claims among some of which there is no row, neither told nor kept. */
async function withoutRows(
  tx: Session,
  { tenant, claims, performance }: SignalBatch,
  among: (claim: Claim, at: number) => boolean,
): Promise<ReadonlySet<Claim>> {
  const told = new Set(performance.map(({ partitionKey }) => partitionKey));
  const some = claims.filter(among)
    .filter(({ partitionKey }) => !told.has(partitionKey));
  if (some.length === 0) return new Set();
  const rows = await tx.query<{ key: string }>(KEPT_PARTITIONS, [
    tenant,
    some.map(({ partitionKey }) => partitionKey),
  ]);
  const kept = new Set(rows.map(({ key }) => key));
  return new Set(some.filter(({ partitionKey }) => !kept.has(partitionKey)));
}

/** Before every moment and day. */
const NEVER = "";

function namedInEvent({ valueMicros: _, ...event }: EventSignal): string[] {
  return named(event.entities.subject, event);
}

function namedInTotal({ metrics: _, ...total }: PerformanceSignal): string[] {
  return named(total.entities.subject, total);
}

function named(subject: string | undefined, signal: unknown): string[] {
  const hashes = findKeyedHashes(JSON.stringify(signal));
  return subject === undefined ? hashes : [subject, ...hashes];
}

/** Until when the latest erased of those who are named is erased. */
async function readErased(
  tx: Session,
  tenant: string,
  ids: ReadonlySet<string>,
): Promise<(named: readonly string[] | undefined) => Instant> {
  const byHash = new Map([...ids].map((id) => [subjectHash(tenant, id), id]));
  const until = new Map<string, Instant>();
  for (const hashes of chunks([...byHash.keys()])) {
    const rows = await tx.query<{ hash: string; at: Instant }>(READ_ERASED, [
      tenant,
      hashes,
    ]);
    for (const { hash, at } of rows) until.set(byHash.get(hash) ?? "", at);
  }
  return (named = []) =>
    named.reduce((latest, id) => {
      const at = until.get(id) ?? NEVER;
      return at > latest ? at : latest;
    }, NEVER);
}

const KEPT_PARTITIONS = `
  select distinct partition_key as key from performance
  where tenant = $1 and partition_key = any($2::text[])
    and superseded_at is null`;

const READ_EVENTS = `
  select event_hash as hash from erased_event
  where tenant = $1 and event_hash = any($2::text[])`;

const READ_ERASED = `
  select subject_hash as hash, erased_at as at from erased_subject
  where tenant = $1 and subject_hash = any($2::text[])`;
