/**
 * Wrapped keys in a database. Two nodes that make a key at the same time keep one.
 *
 * @module
 */
import { and, asc, eq, gt, inArray, isNull } from "drizzle-orm";
import type { Instant } from "../../domain/day.ts";
import type {
  DataKeyCount,
  DataKeyStore,
  NewSubjectKey,
  SubjectKeyRecord,
} from "../../ports/encryption.ts";
import { orm } from "../orm.ts";
import type { Session, Sql } from "../sql.ts";
import { dataKey } from "../tables/encryption.ts";

/** Keeps keys in a database. */
export function createDataKeyStore(sql: Sql): DataKeyStore {
  const db = orm(sql);
  const own = gt(dataKey.version, 0);
  return {
    ofTenant: (tenant) =>
      db.select(RECORD).from(dataKey)
        .where(and(eq(dataKey.tenant, tenant), own))
        .orderBy(asc(dataKey.version)),
    add: async (key) => {
      await db.insert(dataKey).values(key).onConflictDoNothing();
    },
    ofSubjects: (keys, at) => ofSubjects(sql, keys, at),
    find: (tenant, ids) =>
      db.select(RECORD).from(dataKey)
        .where(and(eq(dataKey.tenant, tenant), inArray(dataKey.id, [...ids]))),
    living: () =>
      db.select(RECORD).from(dataKey)
        .where(and(own, isNull(dataKey.destroyedAt)))
        .orderBy(asc(dataKey.tenant), asc(dataKey.version)),
    rewrap: async ({ tenant, id, wrapper }, again) => {
      const rewrapped = await db.update(dataKey).set(again)
        .where(and(
          eq(dataKey.tenant, tenant),
          eq(dataKey.id, id),
          eq(dataKey.wrapper, wrapper),
          isNull(dataKey.destroyedAt),
        )).returning({ id: dataKey.id });
      return rewrapped.length > 0;
    },
    destroy: async (tenant, { at, by, reason }) => {
      let destroyed = 0;
      for (;;) {
        const page = await sql.query(DESTROY, [tenant, at, by, reason, PAGE]);
        destroyed += page.length;
        if (page.length === 0) return destroyed;
      }
    },
    list: (tenant) => sql.query<DataKeyCount>(LIST, [tenant]),
  };
}

const PAGE = 5000;

const RECORD = {
  tenant: dataKey.tenant,
  id: dataKey.id,
  version: dataKey.version,
  subject: dataKey.subject,
  wrapper: dataKey.wrapper,
  wrapped: dataKey.wrapped,
  createdAt: dataKey.createdAt,
  destroyedAt: dataKey.destroyedAt,
};

/** A statement does not see what another commits meanwhile; a second one does. */
const TRIES = 2;

async function ofSubjects(
  session: Session,
  keys: readonly NewSubjectKey[],
  at: Instant,
): Promise<readonly (SubjectKeyRecord | null)[]> {
  const found = new Map<string, SubjectKeyRecord>();
  let missing = keys;
  for (let tried = 0; tried < TRIES && missing.length > 0; tried++) {
    const rows = await session.query<SubjectKeyRecord>(OF_SUBJECTS, [
      missing.map(({ tenant }) => tenant),
      missing.map(({ subject }) => subject),
      missing.map(({ id }) => id),
      missing.map(({ wrapper }) => wrapper),
      missing.map(({ wrapped }) => wrapped),
      missing.map(({ erasedHash }) => erasedHash),
      at,
    ]);
    for (const row of rows) found.set(nameOf(row), row);
    missing = keys.filter((key) => !found.has(nameOf(key)));
  }
  return keys.map((key) => found.get(nameOf(key)) ?? null);
}

function nameOf({ tenant, subject }: NewSubjectKey | SubjectKeyRecord): string {
  return JSON.stringify([tenant, subject]);
}

/**
 * Destroys keys of subjects, and removes what names them: the answers kept under those
 * keys and the places where their records are found.
 *
 * @param subjects Blind names.
 * @returns How many keys, and how many answers.
 */
export async function destroySubjectKeys(
  tx: Session,
  tenant: string,
  { subjects, at }: {
    readonly subjects: readonly string[];
    readonly at: Instant;
  },
): Promise<{ readonly keys: number; readonly answers: number }> {
  const rows = await tx.query<{ id: string }>(DESTROY_SUBJECTS, [
    tenant,
    subjects,
    at,
  ]);
  if (rows.length === 0) return { keys: 0, answers: 0 };
  await tx.query(ERASE_NAMES, [tenant, subjects]);
  const answers = await tx.query(ERASE_SEALED_ANSWERS, [
    tenant,
    rows.map(({ id }) => `moe-sealed:1:${id}:%`),
  ]);
  return { keys: rows.length, answers: answers.length };
}

/**
 * In order of the names, so that two writers never wait for each other in a circle.
 * What wraps a new key is held until the commit, so that nobody destroys it without it.
 */
const OF_SUBJECTS = `
  with given as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[],
      $5::text[], $6::text[])
      as given(tenant, subject, id, wrapper, wrapped, erased_hash)
  ),
  wrapping as materialized (
    select tenant, id from data_key
    where (tenant, id) in (select tenant, wrapper from given)
      and destroyed_at is null
    order by tenant, id
    for share
  ),
  made as (
    insert into data_key
      (tenant, id, version, subject, wrapper, wrapped, created_at)
    select tenant, given.id, 0, subject, wrapper, wrapped, $7::timestamptz
    from given join wrapping using (tenant) where wrapping.id = wrapper
    order by tenant, subject
    on conflict do nothing
    returning tenant, subject, id, wrapper, wrapped
  ),
  kept as (
    select tenant, subject, id, wrapper, wrapped from made
    union all
    select k.tenant, k.subject, k.id, k.wrapper, k.wrapped
    from data_key k join given using (tenant, subject)
  )
  select kept.tenant, kept.subject, kept.id, kept.wrapper, kept.wrapped,
    e.erased_at as "erasedAt"
  from kept join given using (tenant, subject)
  left join erased_subject e
    on e.tenant = kept.tenant and e.subject_hash = given.erased_hash`;

/** A tenant's own first: without them nobody opens the others. */
const DESTROY = `
  update data_key set
    wrapped = null, subject = null,
    destroyed_at = $2::timestamptz, destroyed_by = $3, reason = $4
  where (tenant, id) in (
    select tenant, id from data_key
    where tenant = $1 and destroyed_at is null
    order by version desc limit $5::int4
  )
  returning 1`;

const DESTROY_SUBJECTS = `
  update data_key set
    wrapped = null, subject = null, destroyed_at = $3::timestamptz
  where tenant = $1 and subject = any($2::text[])
  returning id`;

const ERASE_NAMES = `
  delete from decision_entity where tenant = $1 and entity = any($2::text[])`;

const ERASE_SEALED_ANSWERS = `
  delete from idempotent_answer
  where tenant = $1 and answer like any($2::text[])
  returning 1`;

const LIST = `
  select tenant, version, case when version > 0 then min(wrapper) end as wrapper,
    min(created_at) as "createdAt",
    case when version > 0 then min(destroyed_at) end as "destroyedAt",
    case when version > 0 then min(destroyed_by) end as "destroyedBy",
    case when version > 0 then min(reason) end as reason,
    (count(*) filter (where destroyed_at is null))::int4 as living,
    count(destroyed_at)::int4 as destroyed
  from data_key where $1::text is null or tenant = $1
  group by tenant, version order by tenant, version`;
