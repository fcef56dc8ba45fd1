/**
 * What one source told of people, taken out: the source's row is held, so that nobody
 * writes meanwhile, and its counts stay right.
 *
 * @module
 */
import { type Instant, startOfDay } from "../domain/day.ts";
import {
  ENTITY_TYPES,
  type EntityIds,
  type EntityType,
} from "../domain/entity.ts";
import { findKeyedHashes } from "../domain/keyed_hash.ts";
import type {
  Bereft,
  ErasedCounts,
  ErasureTarget,
  LabelledModel,
  TaughtModel,
} from "../ports/erasure.ts";
import type { LabelQuery } from "../ports/training_sets.ts";
import { chunks } from "./chunks.ts";
import { eventHash, type Names, namesOf } from "./erased_names.ts";
import { idsOf } from "./performance_rows.ts";
import type { Row, Session } from "./sql.ts";
import { idColumn } from "./tables/columns.ts";

/** What a step of an erasure brought about. */
export interface Gone {
  readonly erased: Partial<ErasedCounts>;
  readonly models: readonly TaughtModel[];
  readonly bereft: Bereft;
}

/** Removes what a source told of people; what it was counted in comes back. */
export async function eraseFromSource(
  tx: Session,
  { tenant, subjects }: ErasureTarget,
  { source, models }: {
    readonly source: string;
    readonly models: readonly LabelledModel[];
  },
): Promise<Gone> {
  await tx.query(HOLD, [tenant, source]);
  const names = namesOf(subjects);
  const place = [tenant, source, names.ids, names.hashes];
  const rows = await tx.query(eraseEvents(names), place);
  const events = rows.map(toGoneEvent);
  for (const some of chunks(rows)) {
    await tx.query(REMEMBER, [
      tenant,
      some.map((row) => eventHash(source, String(row.event_id))),
    ]);
  }
  const totals = await tx.query(eraseTotals(names), place);
  const claims = names.hashes === null
    ? []
    : await tx.query(ERASE_CLAIMS, [tenant, source, names.hashes]);
  const letters = await tx.query(ERASE_LETTERS, [tenant, source, names.words]);
  const inForce = totals.filter((row) => row.in_force);
  await tx.query(COUNT, [
    tenant,
    source,
    events.length,
    inForce.length,
    totals.length,
  ]);
  return {
    erased: {
      events: events.length,
      performance: totals.length,
      claims: claims.length,
      deadLetters: letters.length,
    },
    models: models.flatMap((one) => taughtBy(one, events)),
    bereft: othersIn([
      ...events,
      ...inForce.map((row) => ({
        entities: idsOf(row),
        at: startOfDay(String(row.day)),
      })),
    ], names),
  };
}

interface GoneSignal {
  readonly entities: EntityIds;
  /** As windows see it. */
  readonly at: Instant;
}

interface GoneEvent extends GoneSignal {
  readonly type: string;
  readonly observedAt: Instant;
}

function toGoneEvent(row: Row): GoneEvent {
  return {
    type: String(row.type),
    at: String(row.occurred_at),
    observedAt: String(row.observed_at),
    entities: idsOf(row),
  };
}

/** A model that any of the events gave a row to, or may have given one. */
function taughtBy(
  { model, query }: LabelledModel,
  events: readonly GoneEvent[],
): TaughtModel[] {
  if (query === null) return events.length > 0 ? [{ model, rows: null }] : [];
  const rows = events.filter((event) => isStart(query, event)).length;
  return rows === 0 ? [] : [{ model, rows }];
}

/** Whether a label query takes an event for the start of a row. */
function isStart(
  { start, matchOn, from, until, knownAt }: LabelQuery,
  { type, at, observedAt, entities }: GoneEvent,
): boolean {
  return type === start && entities[matchOn as EntityType] !== undefined &&
    (from === null || at >= from) && (until === null || at < until) &&
    (knownAt === null || observedAt <= knownAt);
}

const HOUR = "2026-01-01T00".length;

/** Of everybody else, one moment of each hour, which is the shortest tile. */
function othersIn(signals: readonly GoneSignal[], { ids }: Names): Bereft {
  const erased = new Set(ids);
  const hashes = new Set(ids.flatMap(findKeyedHashes));
  const others: Partial<Record<EntityType, Map<string, Map<string, Instant>>>> =
    {};
  for (const { entities, at } of signals) {
    for (const type of ENTITY_TYPES) {
      const id = entities[type];
      if (id === undefined || type === "subject" && erased.has(id)) continue;
      if (findKeyedHashes(id).some((hash) => hashes.has(hash))) continue;
      const byId = others[type] ??= new Map();
      const hours = byId.get(id) ?? new Map<string, Instant>();
      byId.set(id, hours.set(at.slice(0, HOUR), at));
    }
  }
  return Object.fromEntries(
    Object.entries(others).map(([type, byId]) => [
      type,
      [...byId].map(([id, hours]) => ({ id, moments: [...hours.values()] })),
    ]),
  );
}

const HOLD = "select from source where tenant = $1 and name = $2 for update";

/** By their key unless a pseudonym is to be found in any column. */
function naming({ hashes }: Names): string {
  return hashes === null
    ? "t.subject_id = any($3::text[]) and $4::text[] is null"
    : "(t.subject_id = any($3::text[]) or t::text like any($4::text[]))";
}

const IDS = ENTITY_TYPES.map((type) => `t.${idColumn(type)}`).join(", ");

function eraseEvents(names: Names): string {
  return `
    delete from event t
    where t.tenant = $1 and t.source = $2 and ${naming(names)}
    returning t.event_id, t.type, t.occurred_at, t.observed_at, ${IDS}`;
}

function eraseTotals(names: Names): string {
  return `
    delete from performance t
    where t.tenant = $1 and t.source = $2 and ${naming(names)}
    returning t.day, t.superseded_at is null as in_force, ${IDS}`;
}

const REMEMBER = `
  insert into erased_event (tenant, event_hash)
  select $1, hash from unnest($2::text[]) hash
  on conflict do nothing`;

const ERASE_CLAIMS = `
  delete from partition_claim t
  where t.tenant = $1 and t.source = $2 and t::text like any($3::text[])
  returning 1`;

const ERASE_LETTERS = `
  delete from dead_letter
  where tenant = $1 and source = $2
    and (original ~ $3 or detail ~ $3 or context ~ $3)
  returning 1`;

const COUNT = `
  update source set
    events = events - $3::int8,
    performance = performance - $4::int8,
    revisions = revisions - $5::int8
  where tenant = $1 and name = $2`;
