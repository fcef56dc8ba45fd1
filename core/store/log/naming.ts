/**
 * Finds records without names, and adds the names that they are found by.
 *
 * @module
 */
import { and, asc, eq, inArray } from "drizzle-orm";
import type { LogNaming, UnnamedAsked } from "../../ports/log.ts";
import { orm } from "../orm.ts";
import type { Sql } from "../sql.ts";
import { decision } from "../tables/decisions.ts";
import { LOGGED } from "./search.ts";

/** Names records in a database. */
export function createLogNaming(sql: Sql): LogNaming {
  return {
    unnamed: async (tenant, asked) => {
      const { seqs, upTo } = await findUnnamed(sql, tenant, asked);
      if (seqs.length === 0) return { rows: [], upTo };
      const rows = await orm(sql).select(LOGGED).from(decision)
        .where(and(eq(decision.tenant, tenant), inArray(decision.seq, seqs)))
        .orderBy(asc(decision.seq));
      return { rows, upTo };
    },
    name: async (tenant, names) => {
      if (names.length === 0) return;
      await sql.query(NAME, [
        tenant,
        names.map(({ seq }) => seq),
        names.map(({ at }) => at),
        names.map(({ entity }) => entity),
        names.map(({ subjectHash }) => subjectHash),
      ]);
    },
  };
}

async function findUnnamed(
  sql: Sql,
  tenant: string,
  { after, within, limit }: UnnamedAsked,
): Promise<{ readonly seqs: number[]; readonly upTo: number | null }> {
  const [found] = await sql.query<{ last: bigint | null; seqs: bigint[] }>(
    UNNAMED,
    [tenant, after, within, limit],
  );
  const seqs = found?.seqs.map(Number) ?? [];
  const end = seqs.length === limit ? seqs.at(-1) : found?.last;
  return { seqs, upTo: end === null || end === undefined ? null : Number(end) };
}

/** A sealed record has its moment first and its form last; one in clear does not. */
const UNNAMED = `
  with part as materialized (
    select seq, kind, record from decision
    where tenant = $1 and seq > $2::int8
    order by seq limit $3::int4
  )
  select (select max(seq) from part) as last,
    array(
      select seq from part
      where kind = 'decision' and record not like '{"at":%,"v":2}'
      order by seq limit $4::int4
    ) as seqs`;

/** Of records that are there: one that was retired meanwhile gets no name. */
const NAME = `
  insert into decision_entity (tenant, entity, at, seq)
  select $1, entity, at, seq
  from unnest($2::int8[], $3::timestamptz[], $4::text[], $5::text[])
    as given(seq, at, entity, subject_hash)
  where exists (
    select from decision where decision.tenant = $1 and decision.seq = given.seq
  ) and not exists (
    select from erased_subject as erased
    where erased.tenant = $1 and erased.subject_hash = given.subject_hash
      and given.at <= erased.erased_at
  )
  on conflict do nothing`;
