/**
 * Records of the decision log by the entities that they are about.
 *
 * @module
 */
import type { LoggedRecord } from "../../domain/decision.ts";
import type { LogSearch } from "../../ports/decisions.ts";
import { orm } from "../orm.ts";
import type { Sql } from "../sql.ts";
import { and, eq, inArray, sql as raw } from "drizzle-orm";
import { decision } from "../tables/decisions.ts";
import { decisionEntity } from "../tables/log.ts";

/** Columns of a record, for every read of the log. */
export const LOGGED = {
  seq: decision.seq,
  id: decision.id,
  at: decision.at,
  kind: decision.kind,
  prev: decision.prev,
  hash: decision.hash,
  record: decision.record,
};

/** Reads a page; a record of several of the entities comes once. */
export async function searchLog(
  sql: Sql,
  tenant: string,
  { entities, kind, from, until, after, limit }: LogSearch,
): Promise<readonly LoggedRecord[]> {
  const { entity, at, seq } = decisionEntity;
  return await orm(sql).selectDistinctOn([at, seq], LOGGED)
    .from(decisionEntity)
    .innerJoin(
      decision,
      and(eq(decision.tenant, decisionEntity.tenant), eq(decision.seq, seq)),
    )
    .where(and(
      eq(decisionEntity.tenant, tenant),
      inArray(entity, [...entities]),
      kind && eq(decision.kind, kind),
      from === undefined ? undefined : raw`${at} >= ${from}::timestamptz`,
      until === undefined ? undefined : raw`${at} < ${until}::timestamptz`,
      after &&
        raw`(${at}, ${seq}) > (${after.at}::timestamptz, ${after.seq}::int8)`,
    ))
    .orderBy(at, seq).limit(limit);
}
