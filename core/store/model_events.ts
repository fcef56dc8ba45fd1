/**
 * The log of each model: only ever added to, hash-chained, in the transaction of what
 * it records. Whoever writes to a name holds its lock until the commit.
 *
 * @module
 */
import { and, asc, eq } from "drizzle-orm";
import type { Instant } from "../domain/day.ts";
import type { ModelEvent } from "../domain/model_event.ts";
import { GENESIS, hashEvent } from "../domain/model_log.ts";
import { keepKey } from "./keyed_effects.ts";
import { orm } from "./orm.ts";
import type { Session, Sql, Transaction } from "./sql.ts";
import { storable } from "./storable.ts";
import { modelEvent } from "./tables/models.ts";

/** A model of a tenant. */
export interface ModelName {
  readonly tenant: string;
  readonly name: string;
}

/** What is to be written down; the log gives it its number and its hash. */
export interface NewEvent extends Pick<ModelEvent, "kind" | "by"> {
  readonly at: Instant;
  readonly version: number | null;
  readonly alias?: ModelEvent["alias"];
  readonly reason?: string;
  readonly settles?: number | null;
}

/** An open transaction that alone may write to a name. */
export interface LockedModel extends ModelName {
  readonly tx: Transaction;
}

/** Runs work in a transaction while nobody else writes to the name. */
export async function withModel<T>(
  sql: Sql,
  model: ModelName,
  work: (locked: LockedModel) => Promise<T>,
): Promise<T> {
  return await sql.transaction(async (tx) => {
    await tx.query(LOCK_NAME, [model.tenant, model.name]);
    await keepKey(tx);
    return await work({ ...model, tx });
  });
}

/** The log of a name, oldest first. */
export async function readEvents(
  session: Session,
  { tenant, name }: ModelName,
): Promise<ModelEvent[]> {
  const rows = await orm(session).select().from(modelEvent)
    .where(and(eq(modelEvent.tenant, tenant), eq(modelEvent.name, name)))
    .orderBy(asc(modelEvent.seq));
  return rows.map(({ tenant: _, ...event }) => event);
}

/**
 * Adds to the log. A clock that is behind does not turn the log around: an entry is
 * never before the last.
 *
 * @returns The entries as written.
 */
export async function addEvents(
  { tx, tenant, name }: LockedModel,
  added: readonly NewEvent[],
): Promise<readonly ModelEvent[]> {
  const [last] = await tx.query<Pick<ModelEvent, "seq" | "at" | "hash">>(LAST, [
    tenant,
    name,
  ]);
  let { seq, at, hash } = last ?? { seq: 0, at: "", hash: GENESIS };
  const events = added.map((event): ModelEvent => {
    const given = new Date(event.at).toISOString();
    if (given > at) at = given;
    const linked = {
      ...{ name, seq: ++seq, at },
      kind: event.kind,
      version: event.version,
      alias: event.alias ?? null,
      by: storable(event.by),
      reason: storable(event.reason ?? ""),
      settles: event.settles ?? null,
    };
    hash = hashEvent(tenant, linked, hash);
    return { ...linked, hash };
  });
  await orm(tx).insert(modelEvent).values(
    events.map((event) => ({ tenant, ...event })),
  );
  return events;
}

const LOCK_NAME =
  "select pg_advisory_xact_lock(hashtextextended(json_build_array($1::text, $2::text)::text, 1))";

const LAST = `
  select seq, at, hash from model_event
  where tenant = $1 and name = $2
  order by seq desc limit 1`;
