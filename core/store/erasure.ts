/**
 * Erasure of people from a database. That they are erased is committed first, while
 * nobody writes signals; whoever writes after that leaves them out. What is kept of them
 * goes source by source, each in one transaction with what is to be known of it: how
 * much it was, which models it taught, and whose features it was counted in.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type {
  Bereft,
  ErasedCounts,
  ErasedSubject,
  Erasure,
  ErasureStore,
  ErasureTarget,
} from "../ports/erasure.ts";
import { destroySubjectKeys } from "./encryption/data_keys.ts";
import { eraseFromSource, type Gone } from "./erased_source.ts";
import { subjectHash } from "../domain/keyed_hash.ts";
import { namesOf, targetHash } from "./erased_names.ts";
import type { Session, Sql, Transaction } from "./sql.ts";

const NOTHING: ErasedCounts = {
  events: 0,
  performance: 0,
  claims: 0,
  deadLetters: 0,
  answers: 0,
  vectors: 0,
  keys: 0,
};

/** Erases people from a database. */
export function createErasureStore(sql: Sql): ErasureStore {
  return {
    begin: (target, asked) => sql.transaction((tx) => begin(tx, target, asked)),
    sources: async (tenant) => {
      const rows = await sql.query<{ name: string }>(
        "select name from source where tenant = $1 order by name",
        [tenant],
      );
      return rows.map(({ name }) => name);
    },
    eraseSource: (target, source, models) =>
      sql.transaction(async (tx) => {
        const gone = await eraseFromSource(tx, target, { source, models });
        await note(tx, target, gone);
      }),
    eraseAnswers: (target) =>
      sql.transaction(async (tx) => {
        const answers = await eraseAnswers(tx, target);
        await note(tx, target, { erased: { answers }, models: [], bereft: {} });
      }),
    eraseSealed: (target, ...[subjects, at]) =>
      sql.transaction(async (tx) => {
        const { tenant } = target;
        const erased = await destroySubjectKeys(tx, tenant, { subjects, at });
        await note(tx, target, { erased, models: [], bereft: {} });
      }),
    namingEntities: (target) => namingEntities(sql, target),
    bereft: async ({ tenant, id }) => {
      const [row] = await sql.query<{ bereft: Bereft | null }>(
        "select bereft from erasure where tenant = $1 and id = $2",
        [tenant, id],
      );
      return row?.bereft ?? {};
    },
    erasedSince: (at) => sql.query<ErasedSubject>(ERASED_SINCE, [at]),
    finish: (target, { at, vectors }) =>
      sql.transaction(async (tx) => {
        await note(tx, target, { erased: { vectors }, models: [], bereft: {} });
        return one(await tx.query<Erasure>(FINISH, [...keyOf(target), at]));
      }),
    list: (tenant, limit) => sql.query<Erasure>(LIST, [tenant, limit]),
  };
}

async function begin(
  tx: Session,
  { tenant, id, subjects }: ErasureTarget,
  { at, askedBy }: Pick<Erasure, "at" | "askedBy">,
): Promise<Erasure> {
  await tx.query("lock table source in share mode");
  const hashes = subjects.map((id) => subjectHash(tenant, id)).sort();
  await tx.query(REMEMBER, [tenant, hashes, at]);
  const target = targetHash(tenant, subjects);
  const [known] = await tx.query<Erasure>(GO_ON, [tenant, target, at]);
  if (known) return known;
  return one(
    await tx.query<Erasure>(BEGIN, [
      tenant,
      id,
      target,
      at,
      askedBy,
      subjects.length,
      JSON.stringify(NOTHING),
    ]),
  );
}

/** Adds to the record what was done in the same transaction. */
async function note(
  tx: Transaction,
  target: ErasureTarget,
  { erased, models, bereft }: Gone,
): Promise<void> {
  const known = one(
    await tx.query<Erasure & { bereft: Bereft | null }>(
      READ_NOTES,
      keyOf(target),
    ),
  );
  await tx.query(NOTE, [
    ...keyOf(target),
    JSON.stringify(addCounts(known.erased, erased)),
    JSON.stringify(addModels(known.models, models)),
    JSON.stringify(addBereft(known.bereft ?? {}, bereft)),
  ]);
}

function addCounts(
  known: ErasedCounts,
  more: Partial<ErasedCounts>,
): ErasedCounts {
  const sums: Record<string, number> = { ...known };
  for (const [name, count] of Object.entries(more)) {
    sums[name] = (sums[name] ?? 0) + count;
  }
  return { ...known, ...sums };
}

function addModels(
  known: Erasure["models"],
  more: Erasure["models"],
): Erasure["models"] {
  const rows = new Map<string, number | null>();
  for (const one of [...known, ...more]) {
    const before = rows.get(one.model) ?? 0;
    rows.set(one.model, one.rows === null ? null : before + one.rows);
  }
  return [...rows].map(([model, rows]) => ({ model, rows }));
}

function addBereft(known: Bereft, more: Bereft): Bereft {
  const sums: Record<string, Map<string, Set<Instant>>> = {};
  for (const [type, touched] of [known, more].flatMap(Object.entries)) {
    const byId = sums[type] ??= new Map();
    for (const { id, moments } of touched) {
      byId.set(id, (byId.get(id) ?? new Set()).union(new Set(moments)));
    }
  }
  return Object.fromEntries(
    Object.entries(sums).map(([type, byId]) => [
      type,
      [...byId].map(([id, moments]) => ({ id, moments: [...moments] })),
    ]),
  );
}

async function eraseAnswers(
  tx: Session,
  { tenant, subjects }: ErasureTarget,
): Promise<number> {
  const { ids, texts, hashes } = namesOf(subjects);
  const gone = await tx.query(ERASE_ANSWERS, [tenant, ids, texts]);
  await tx.query(ERASE_LIMIT_COUNTS, [tenant, ids, hashes ?? []]);
  if (hashes !== null) await tx.query(ERASE_STATISTICS, [tenant, hashes]);
  return gone.length;
}

async function namingEntities(
  sql: Session,
  { tenant, subjects }: ErasureTarget,
): Promise<EntityKey[]> {
  const { hashes } = namesOf(subjects);
  const keys = subjects.map((id): EntityKey => `subject:${id}`);
  const found = hashes === null
    ? []
    : await sql.query<{ entity: EntityKey }>(NAMING, [tenant, hashes]);
  return [...new Set([...keys, ...found.map(({ entity }) => entity)])];
}

function keyOf({ tenant, id }: ErasureTarget): [string, string] {
  return [tenant, id];
}

function one<T>([row]: readonly T[]): T {
  if (row !== undefined) return row;
  throw new TypeError("Cannot go on with an erasure: it has no record");
}

/** Erasures from before there were keys destroyed none. */
const TOLD = `id, at, finished_at as "finishedAt", asked_by as "askedBy",
  subjects, ('{"keys":0}'::jsonb || erased::jsonb)::json as erased, models`;

const REMEMBER = `
  insert into erased_subject as e (tenant, subject_hash, erased_at)
  select $1, hash, $3::timestamptz from unnest($2::text[]) hash
  on conflict (tenant, subject_hash) do update set
    erased_at = greatest(e.erased_at, excluded.erased_at)`;

const GO_ON = `
  update erasure set at = greatest(at, $3::timestamptz)
  where (tenant, id) = (
    select tenant, id from erasure
    where tenant = $1 and target = $2 and finished_at is null
    order by at limit 1
  )
  returning ${TOLD}`;

const BEGIN = `
  insert into erasure
    (tenant, id, target, at, asked_by, subjects, erased, models)
  values ($1, $2, $3, $4::timestamptz, $5, $6::int4, $7::json, '[]')
  returning ${TOLD}`;

const READ_NOTES = `
  select ${TOLD}, bereft from erasure
  where tenant = $1 and id = $2 for update`;

const NOTE = `
  update erasure set
    erased = $3::json, models = $4::json, bereft = $5::json
  where tenant = $1 and id = $2`;

const FINISH = `
  update erasure set finished_at = $3::timestamptz, bereft = null
  where tenant = $1 and id = $2
  returning ${TOLD}`;

const LIST = `
  select ${TOLD} from erasure where tenant = $1
  order by at desc, id desc limit $2::int4`;

const ERASE_ANSWERS = `
  delete from idempotent_answer
  where tenant = $1 and (key = any($2::text[]) or key ~ $3 or answer ~ $3)
  returning 1`;

/** A pseudonym may stand in the id of another entity. */
const ERASE_LIMIT_COUNTS = `
  delete from limit_count
  where tenant = $1 and (subject_id = any($2::text[]) or key like any($3::text[]))`;

/** A run that is under way begins anew where it stood at somebody who is erased. */
const ERASE_STATISTICS = `
  update feature_run set
    statistics = case
      when statistics::text like any($2::text[]) then null else statistics
    end,
    done_entity = case
      when done_entity like any($2::text[]) then null else done_entity
    end
  where tenant = $1 and (
    statistics::text like any($2::text[]) or done_entity like any($2::text[])
  )`;

const NAMING = `
  select entity from feature_vector
  where tenant = $1 and entity like any($2::text[])
  union
  select entity from feature_tile
  where tenant = $1 and entity like any($2::text[])`;

const ERASED_SINCE = `
  select tenant, subject_hash as hash, erased_at as at
  from erased_subject where erased_at >= $1::timestamptz`;
