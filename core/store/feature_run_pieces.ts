/**
 * Pieces of a run: the vectors of some entities, computed from the signals themselves
 * and kept in one statement.
 *
 * What is the same as before is left as it is, so that only what changed is written and
 * read by those who follow. A vector of a later moment is never replaced.
 *
 * @module
 */
import type { FeatureView } from "../domain/feature.ts";
import type { Cover } from "./feature_candidates.ts";
import { momentsAt } from "./feature_moments.ts";
import type { OpenRun } from "./feature_run_rows.ts";
import { vectorSql, withheldSql } from "./feature_sql.ts";
import { EMPTY_VECTOR, keptValues } from "./feature_vectors.ts";
import type { Session } from "./sql.ts";
import { startStatement, type Statement } from "./statement.ts";

/** What is computed, and for whom. */
export interface Piece {
  readonly tenant: string;
  readonly run: Pick<OpenRun, "id" | "at">;
  readonly cover: Cover;
}

/**
 * Computes the vectors of the entities in a piece.
 *
 * @returns How many entities it looked at.
 */
export async function computePiece(
  tx: Session,
  view: FeatureView,
  piece: Piece,
): Promise<number> {
  const statement = startStatement();
  const [row] = await tx.query<{ computed: number }>(
    pieceSql(view, piece, statement),
    statement.params,
  );
  return row?.computed ?? 0;
}

function pieceSql(
  view: FeatureView,
  piece: Piece,
  statement: Statement,
): string {
  return `with piece as materialized (${computedSql(view, piece, statement)}),
    kept as (${keepSql(view, piece, statement)}),
    emptied as (${emptySql(view, piece, statement)})
    select (select count(*) from piece)::float8
      + (select count(*) from emptied)::float8 as computed`;
}

/** Vectors of those with signals in the windows, or ahead of them. */
function computedSql(
  view: FeatureView,
  { tenant, run, cover }: Piece,
  statement: Statement,
): string {
  const { typed } = statement;
  const computed = vectorSql(view, {
    tenant,
    at: momentsAt(run.at, statement),
    knownAt: null,
    ahead: true,
    where: (id) => covers(id, cover, { prefix: "", typed }),
  }, statement);
  const { id, validUntil, withheld, signals } = computed;
  return `
    select ${typed(`${view.entity}:`, "text")} || ${id} as entity,
      ${keptValues(computed)} as feature_values, ${validUntil} as valid_until,
      ${withheld} as withheld
    ${signals}
    group by ${id}`;
}

function keepSql(
  view: FeatureView,
  { tenant, run, cover }: Piece,
  { typed }: Statement,
): string {
  const key = keySql(view, tenant, typed);
  const prefix = `${view.entity}:`;
  return `
    insert into feature_vector as v (tenant, view, version, at, run, entity,
      feature_values, valid_until, withheld)
    select ${key}, ${typed(run.at, "timestamptz")}, ${
    typed(run.id, "text")
  }, p.*
    from piece p
    where not exists (
      select from feature_vector v
      where (v.tenant, v.view, v.version) = (${key}) and v.entity = p.entity
        and ${covers("v.entity", cover, { prefix, typed })}
        and v.feature_values = p.feature_values
        and v.valid_until is not distinct from p.valid_until
        and v.withheld = p.withheld
    )
    order by p.entity
    on conflict (tenant, view, version, entity) do update set
      at = excluded.at, run = excluded.run,
      feature_values = excluded.feature_values,
      valid_until = excluded.valid_until, withheld = excluded.withheld
    where v.at <= excluded.at`;
}

/** Those whose signals have all left the windows. */
function emptySql(
  view: FeatureView,
  { tenant, run, cover }: Piece,
  statement: Statement,
): string {
  const { typed } = statement;
  const at = typed(run.at, "timestamptz");
  const prefix = `${view.entity}:`;
  const nulls = JSON.stringify(view.features.map(() => null));
  const values = `case when gone.withheld then '${nulls}'::jsonb
    else '${EMPTY_VECTOR}' end`;
  const withheld = withheldSql(view, {
    tenant,
    at: momentsAt(run.at, statement),
    knownAt: null,
    id: `substr(v.entity, ${prefix.length + 1})`,
  }, statement);
  return `
    update feature_vector v set at = ${at}, run = ${typed(run.id, "text")},
      feature_values = ${values}, valid_until = null, withheld = gone.withheld
    from (
      select v.entity, ${withheld} as withheld
      from feature_vector v
      where (v.tenant, v.view, v.version) = (${keySql(view, tenant, typed)})
        and ${covers("v.entity", cover, { prefix, typed })}
        and v.at <= ${at}
        and not exists (select from piece p where p.entity = v.entity)
    ) gone
    where (v.tenant, v.view, v.version) = (${keySql(view, tenant, typed)})
      and v.entity = gone.entity
      and (v.valid_until is not null or v.withheld <> gone.withheld
        or v.feature_values <> ${values})
    returning 1`;
}

function keySql(
  { name, version }: FeatureView,
  tenant: string,
  typed: Statement["typed"],
): string {
  return [
    typed(tenant, "text"),
    typed(name, "text"),
    typed(version, "int4"),
  ].join(", ");
}

/** Whether a piece covers an entity, given the SQL of its id or key. */
function covers(
  id: string,
  { after, until, ids }: Cover,
  { prefix, typed }: { readonly prefix: string } & Pick<Statement, "typed">,
): string {
  if (ids !== null) {
    return `${id} = any(${typed(ids.map((id) => `${prefix}${id}`), "text[]")})`;
  }
  const bounds = [
    ...after === null ? [] : [`${id} > ${typed(`${prefix}${after}`, "text")}`],
    ...until === null ? [] : [`${id} <= ${typed(`${prefix}${until}`, "text")}`],
  ];
  return bounds.length === 0 ? "true" : bounds.join(" and ");
}
