/**
 * The audit log: only ever added to, in the transaction of what it records; retention
 * alone takes acts out of it. Whoever appends holds the scope's lock until the commit, so
 * two nodes never fork a chain.
 *
 * @module
 */
import { and, asc, desc, eq, gt } from "drizzle-orm";
import {
  AUDIT_START,
  type AuditAnchor,
  type AuditEvent,
  type AuditHead,
  type AuditRecord,
  chainEvents,
  readAuditAnchor,
} from "../domain/audit_log.ts";
import { isActsRetired } from "../domain/act.ts";
import { orm } from "./orm.ts";
import type { Session, Transaction } from "./sql.ts";
import { auditEvent } from "./tables/governance.ts";

/** In place of a change, for acts. */
export const OF_NO_CHANGE = "";
/** In place of a change, for what retention says: no change has that id. */
export const OF_RETENTION = "retention";

/** Waits until nobody else writes to a tenant's changes, and keeps others waiting. */
export async function lockAudit(
  tx: Transaction,
  tenant: string,
): Promise<void> {
  await tx.query(LOCK, [tenant]);
}

/** Appends under the lock of {@link lockAudit}. */
export async function appendEvents(
  tx: Transaction,
  tenant: string,
  events: readonly AuditEvent[],
): Promise<void> {
  const records = chainEvents(await readHead(tx, tenant), events);
  await orm(tx).insert(auditEvent).values(
    records.map((record, place) => {
      return { ...record, tenant, change: changeOf(events[place]) };
    }),
  );
}

function changeOf(event: AuditEvent | undefined): string {
  if (isActsRetired(event)) return OF_RETENTION;
  return event && "change" in event ? event.change : OF_NO_CHANGE;
}

/** Where a log ends. */
export async function readHead(
  session: Session,
  tenant: string,
): Promise<AuditHead> {
  const [last] = await orm(session)
    .select({ seq: auditEvent.seq, hash: auditEvent.hash }).from(auditEvent)
    .where(eq(auditEvent.tenant, tenant))
    .orderBy(desc(auditEvent.seq)).limit(1);
  return last ?? AUDIT_START;
}

/** From where a log goes on. */
export async function readAnchor(
  session: Session,
  tenant: string,
): Promise<AuditAnchor> {
  const told = await orm(session)
    .select({ record: auditEvent.record }).from(auditEvent)
    .where(and(
      eq(auditEvent.tenant, tenant),
      eq(auditEvent.change, OF_RETENTION),
    ));
  return readAuditAnchor(told);
}

/** Records after a place, oldest first; of one change, if given. */
export async function readRecords(
  session: Session,
  tenant: string,
  { after, limit, change }: {
    readonly after: number;
    readonly limit: number;
    readonly change?: string;
  },
): Promise<readonly AuditRecord[]> {
  return await orm(session).select({
    seq: auditEvent.seq,
    prev: auditEvent.prev,
    hash: auditEvent.hash,
    record: auditEvent.record,
  }).from(auditEvent).where(and(
    eq(auditEvent.tenant, tenant),
    gt(auditEvent.seq, after),
    change === undefined ? undefined : eq(auditEvent.change, change),
  )).orderBy(asc(auditEvent.seq)).limit(limit);
}

const LOCK =
  "select pg_advisory_xact_lock(hashtextextended(json_build_array('audit', $1::text)::text, 2))";
