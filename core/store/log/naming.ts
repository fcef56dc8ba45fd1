/**
 * Adds names that records are found by.
 *
 * @module
 */
import type { LogNaming } from "../../ports/log.ts";
import type { Sql } from "../sql.ts";

/** Names records in a database. */
export function createLogNaming(sql: Sql): LogNaming {
  return {
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
