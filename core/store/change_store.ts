/**
 * Changes, what is active, and the log of both, in one transaction each time.
 *
 * @module
 */
import { and, asc, desc, eq, inArray, lt, ne } from "drizzle-orm";
import { sha256 } from "../domain/canonical.ts";
import type { ActivePointer, Change, Trial } from "../domain/change.ts";
import type {
  ChangeFilter,
  ChangeStep,
  GovernanceStore,
  Scope,
} from "../ports/governance.ts";
import { DEPLOYMENT } from "../ports/log.ts";
import {
  appendEvents,
  lockAudit,
  readAnchor,
  readHead,
  readRecords,
} from "./audit_log.ts";
import { keepKey } from "./keyed_effects.ts";
import { orm } from "./orm.ts";
import type { Session, Sql, Transaction } from "./sql.ts";
import { ownerOf } from "./wall/owner.ts";
import {
  activePointer,
  changeContent,
  changeRequest,
} from "./tables/governance.ts";

/** Undoes the transaction of a step that does not begin where things are. */
class StepConflict extends Error {}

/** Keeps changes in a database. */
export function createGovernanceStore(own: Sql): GovernanceStore {
  const owner = ownerOf(own);
  const of = (scope: Scope) => scope === null ? owner : own;
  return {
    find: async (scope, id) => {
      const [row] = await orm(of(scope)).select().from(changeRequest)
        .where(sameChange(tenantOf(scope), id));
      return row === undefined ? null : toChange(row);
    },
    list: (scope, filter) => list(of(scope), tenantOf(scope), filter),
    scopes: async () => {
      const rows = await orm(owner).selectDistinct({
        tenant: changeRequest.tenant,
      })
        .from(changeRequest).orderBy(asc(changeRequest.tenant));
      return rows.map(({ tenant }) => scopeOf(tenant));
    },
    commit: (scope, step) => commit(of(scope), tenantOf(scope), step),
    record: (scope, acts) =>
      of(scope).transaction(async (tx) => {
        const tenant = tenantOf(scope);
        await lockAudit(tx, tenant);
        await appendEvents(tx, tenant, acts);
      }),
    ...contentsIn(own, owner),
    active: (scope, subject) => readActive(of(scope), tenantOf(scope), subject),
    pointers: (scope) => readPointers(of(scope), tenantOf(scope)),
    everyPointer: () => readEveryPointer(owner),
    moves: async (scope, subject) => {
      const rows = await orm(of(scope)).select().from(activePointer)
        .where(sameSubject(tenantOf(scope), subject))
        .orderBy(asc(activePointer.seq));
      return rows.map(toPointer);
    },
    records: (scope, asked) => readRecords(of(scope), tenantOf(scope), asked),
    head: (scope) => readHead(of(scope), tenantOf(scope)),
    anchor: (scope) => readAnchor(of(scope), tenantOf(scope)),
  };
}

/** Contents, whoever uses them. */
function contentsIn(
  own: Sql,
  owner: Sql,
): Pick<GovernanceStore, "keep" | "load" | "findAltered"> {
  const db = orm(own);
  return {
    keep: async (hash, text) => {
      const added = await db.insert(changeContent).values({ hash, text })
        .onConflictDoNothing().returning({ hash: changeContent.hash });
      if (added.length === 0) await mendContent(owner, hash, text);
    },
    load: async (hash) => {
      const [row] = await db.select().from(changeContent)
        .where(eq(changeContent.hash, hash));
      return row?.text ?? null;
    },
    findAltered: async (hashes) => {
      const rows = await owner.query<{ hash: string }>(ALTERED, [hashes]);
      return rows.map(({ hash }) => hash);
    },
  };
}

/** Nobody behind the wall may change what is kept, so that the owner of it does. */
async function mendContent(
  owner: Sql,
  hash: string,
  text: string,
): Promise<void> {
  if (sha256(text) !== hash) return;
  await orm(owner).update(changeContent).set({ text })
    .where(and(eq(changeContent.hash, hash), ne(changeContent.text, text)));
}

async function list(
  sql: Sql,
  tenant: string,
  { states, kind, subject, reviewOpen, before, limit }: ChangeFilter,
): Promise<readonly Change[]> {
  const query = orm(sql).select().from(changeRequest).where(and(
    eq(changeRequest.tenant, tenant),
    states && inArray(changeRequest.state, [...states]),
    kind && eq(changeRequest.kind, kind),
    subject === undefined ? undefined : eq(changeRequest.subject, subject),
    reviewOpen && eq(changeRequest.reviewOpen, true),
    before === undefined ? undefined : lt(changeRequest.id, before),
  )).orderBy(desc(changeRequest.id));
  const rows = await (limit === undefined ? query : query.limit(limit));
  return rows.map(toChange);
}

async function commit(
  sql: Sql,
  tenant: string,
  { changes, pointer, events }: ChangeStep,
): Promise<boolean> {
  try {
    await sql.transaction(async (tx) => {
      await lockAudit(tx, tenant);
      await keepKey(tx);
      for (const { change, expected } of changes) {
        await saveChange(tx, rowOf(tenant, change), expected);
      }
      if (pointer !== null) await movePointer(tx, tenant, pointer);
      await appendEvents(tx, tenant, events);
    });
    return true;
  } catch (error) {
    if (error instanceof StepConflict) return false;
    throw error;
  }
}

type ChangeRow = typeof changeRequest.$inferInsert;

async function saveChange(
  tx: Transaction,
  row: ChangeRow,
  expected: number | null,
): Promise<void> {
  const db = orm(tx);
  const saved = expected === null
    ? await db.insert(changeRequest).values(row).onConflictDoNothing()
      .returning({ id: changeRequest.id })
    : await db.update(changeRequest).set(row).where(and(
      sameChange(row.tenant, row.id),
      eq(changeRequest.version, expected),
    )).returning({ id: changeRequest.id });
  if (saved.length !== 1) throw new StepConflict();
}

async function movePointer(
  tx: Transaction,
  tenant: string,
  pointer: ActivePointer,
): Promise<void> {
  const { seq } = await readActive(tx, tenant, pointer.subject);
  if (pointer.seq !== seq + 1) throw new StepConflict();
  await orm(tx).insert(activePointer).values({ tenant, ...pointer });
}

async function readPointers(
  session: Session,
  tenant: string,
): Promise<readonly ActivePointer[]> {
  const rows = await orm(session).selectDistinctOn([activePointer.subject])
    .from(activePointer).where(eq(activePointer.tenant, tenant))
    .orderBy(asc(activePointer.subject), desc(activePointer.seq));
  return rows.map(toPointer);
}

async function readEveryPointer(session: Session) {
  const rows = await session.query<PointerRow>(LATEST_POINTERS);
  return rows.map((row) => ({
    scope: scopeOf(row.tenant),
    pointer: toPointer(row),
  }));
}

/** The database hashes, so that no text travels. */
const ALTERED = `
  select asked.hash from unnest($1::text[]) as asked(hash)
  left join change_content as kept on kept.hash = asked.hash
  where asked.hash is distinct from
    encode(sha256(convert_to(kept.text, 'UTF8')), 'hex')
  order by asked.hash`;

type PointerRow = typeof activePointer.$inferSelect;

/** From subject to subject by the index, so that its cost does not grow with the history. */
const LATEST_POINTERS = `
  with recursive pointed as (
    (select tenant, subject from active_pointer
      order by tenant, subject limit 1)
    union all
    select next.tenant, next.subject from pointed as before, lateral (
      select one.tenant, one.subject from active_pointer as one
      where (one.tenant, one.subject) > (before.tenant, before.subject)
      order by one.tenant, one.subject limit 1
    ) as next
  )
  select latest.* from pointed, lateral (
    select one.* from active_pointer as one
    where one.tenant = pointed.tenant and one.subject = pointed.subject
    order by one.seq desc limit 1
  ) as latest
  order by latest.tenant, latest.subject`;

async function readActive(
  session: Session,
  tenant: string,
  subject: string,
): Promise<ActivePointer> {
  const [row] = await orm(session).select().from(activePointer)
    .where(sameSubject(tenant, subject))
    .orderBy(desc(activePointer.seq)).limit(1);
  return row === undefined
    ? { subject, seq: 0, content: null, change: null, trial: null }
    : toPointer(row);
}

function tenantOf(scope: Scope): string {
  return scope ?? DEPLOYMENT;
}

function scopeOf(tenant: string): Scope {
  return tenant === DEPLOYMENT ? null : tenant;
}

function sameChange(tenant: string, id: string) {
  return and(eq(changeRequest.tenant, tenant), eq(changeRequest.id, id));
}

function sameSubject(tenant: string, subject: string) {
  return and(
    eq(activePointer.tenant, tenant),
    eq(activePointer.subject, subject),
  );
}

function rowOf(tenant: string, change: Change): ChangeRow {
  const { id, kind, subject, state, version, createdAt, afterReview } = change;
  return {
    ...{ tenant, id, kind, subject, state, version, createdAt },
    reviewOpen: afterReview !== undefined && afterReview.closedBy === null,
    document: change,
  };
}

function toChange({ document }: { readonly document: unknown }): Change {
  return document as Change;
}

function toPointer(row: typeof activePointer.$inferSelect): ActivePointer {
  const { subject, seq, content, change, trial } = row;
  return { subject, seq, content, change, trial: trial as Trial | null };
}
