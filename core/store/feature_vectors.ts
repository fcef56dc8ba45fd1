/**
 * Vectors that are kept, one of each entity: read in pages, and forgotten.
 *
 * An entity whose signals have all left the windows keeps an empty vector for a while,
 * so that readers who follow hear of it; an entity with signals but without any value
 * has one of nulls.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type {
  FeatureValue,
  FeatureVector,
  FeatureView,
} from "../domain/feature.ts";
import type { Param } from "./codec.ts";
import { lockViews } from "./feature_tiles.ts";
import type { ViewSql } from "./feature_sql.ts";
import type { Session, Sql } from "./sql.ts";

const PAGE_ROWS = 1000;
const DROP_ROWS = 5000;

/** Which vectors to read. */
export interface VectorsQuery {
  readonly tenant: string;
  /** Only those computed as of a later moment; all that are not empty for null. */
  readonly after: Instant | null;
}

/** What is kept of an entity without signals in the windows: no values, as JSON. */
export const EMPTY_VECTOR = "[]";

/** Values as they are told: of an empty vector, nulls. */
export function toldValues(
  { features }: FeatureView,
  values: readonly FeatureValue[],
): readonly FeatureValue[] {
  return values.length === 0 ? features.map(() => null) : values;
}

/** SQL of what is kept of an entity. */
export function keptValues(
  { vector, seen, withheld }: Pick<ViewSql, "vector" | "seen" | "withheld">,
): string {
  return `case when ${seen} or ${withheld} then ${vector}
    else '${EMPTY_VECTOR}' end`;
}

/** Reads kept vectors in pages, in the order of the entities. */
export async function* readVectors(
  sql: Session,
  view: FeatureView,
  { tenant, after }: VectorsQuery,
): AsyncIterable<readonly FeatureVector[]> {
  const { name, version } = view;
  const key = [tenant, name, version, after];
  let last: EntityKey | "" = "";
  while (true) {
    const rows: KeptVector[] = await sql.query<KeptVector>(READ_PAGE, [
      ...key,
      last,
      PAGE_ROWS,
    ]);
    if (rows.length > 0) {
      yield rows.map(({ withheld, values, ...kept }) => ({
        view: name,
        version,
        ...kept,
        values: toldValues(view, values),
        ...(withheld && { withheld }),
      }));
    }
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1)?.entity ?? "";
  }
}

type KeptVector = Pick<FeatureVector, "entity" | "at" | "values"> & {
  readonly withheld: boolean;
};

/** Forgets a version of a view: its runs first, so that none goes on. */
export async function dropVectors(
  sql: Sql,
  { name, version }: FeatureView,
  tenant: string,
): Promise<void> {
  const key = [tenant, name, version];
  await sql.query(`delete from feature_run where ${OF_VIEW}`, key);
  for (const table of ["feature_vector", "feature_tile"]) {
    let rows = DROP_ROWS;
    while (rows === DROP_ROWS) {
      rows = await countRows(sql, dropSome(table), [...key, DROP_ROWS]);
    }
  }
}

/**
 * Forgets the vectors and tiles of an entity in every view, after the runs and refreshes
 * that are computing it: nothing that they have read of it is written later.
 *
 * @returns Rows that are gone.
 */
export async function eraseVectors(
  sql: Sql,
  tenant: string,
  entity: EntityKey,
): Promise<number> {
  return await sql.transaction(async (tx) => {
    await lockViews(tx, tenant);
    await tx.query(
      "select from feature_run where tenant = $1 and finished_at is null for update",
      [tenant],
    );
    let rows = 0;
    for (const table of ["feature_vector", "feature_tile"]) {
      rows += await countRows(tx, eraseFrom(table), [tenant, entity]);
    }
    return rows;
  });
}

async function countRows(
  sql: Session,
  text: string,
  params: readonly Param[],
): Promise<number> {
  const [row] = await sql.query<{ rows: number }>(text, params);
  return row?.rows ?? 0;
}

const OF_VIEW = "tenant = $1 and view = $2 and version = $3::int4";

const READ_PAGE = `
  select entity, at, withheld, feature_values as "values"
  from feature_vector
  where ${OF_VIEW} and entity > $5
    and case when $4::timestamptz is null
      then withheld or feature_values <> '${EMPTY_VECTOR}'
      else at > $4::timestamptz end
  order by entity
  limit $6::int4`;

function dropSome(table: string): string {
  return `with gone as (
      delete from ${table} where ctid = any(array(
        select ctid from ${table} where ${OF_VIEW} limit $4::int4
      )) returning 1
    )
    select count(*)::int4 as rows from gone`;
}

function eraseFrom(table: string): string {
  return `with gone as (
      delete from ${table} where tenant = $1 and entity = $2 returning 1
    )
    select count(*)::int4 as rows from gone`;
}
