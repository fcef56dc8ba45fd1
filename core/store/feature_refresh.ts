/**
 * Vectors of a few entities whose signals changed, computed and kept at once.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type { FeatureVector, FeatureView } from "../domain/feature.ts";
import type { Touched } from "../ports/features.ts";
import { chunks } from "./chunks.ts";
import { momentsAt } from "./feature_moments.ts";
import { hasSignals, vectorSql } from "./feature_sql.ts";
import { tiledSql } from "./feature_tile_sql.ts";
import { lockView, rebuildTouched, tilesComplete } from "./feature_tiles.ts";
import { keptValues, toldValues } from "./feature_vectors.ts";
import type { Session, Sql } from "./sql.ts";
import { startStatement } from "./statement.ts";

/** Entities of one transaction. */
const PIECE_ENTITIES = 500;
/** What stands for the run in vectors that none computed. */
export const STREAM_RUN = "stream";

/** Who changed, and as of when to compute. */
export interface RefreshChange {
  readonly tenant: string;
  readonly touched: readonly Touched[];
  readonly at: Instant;
}

/** Brings the tiles of the moments up to date, then the vectors. */
export async function refresh(
  sql: Sql,
  view: FeatureView,
  { tenant, touched, at }: RefreshChange,
): Promise<FeatureVector[]> {
  if (!hasSignals(view)) return [];
  const vectors: FeatureVector[] = [];
  for (const piece of chunks(touched, PIECE_ENTITIES)) {
    vectors.push(
      ...await sql.transaction(async (tx) => {
        await lockView(tx, tenant, view);
        if (view.tiles) {
          await rebuildTouched(tx, view, { tenant, touched: piece });
        }
        const ids = [...new Set(piece.map(({ id }) => id))];
        return await keepVectors(tx, view, { tenant, ids, at });
      }),
    );
  }
  return vectors;
}

interface KeepScope {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly at: Instant;
}

/** Clocks of nodes differ: what is known later is never computed as of before. */
const LATEST = `
  select greatest($5::timestamptz, max(at)) as at from feature_vector
  where tenant = $1 and view = $2 and version = $3::int4
    and entity = any($4::text[])`;

async function keepVectors(
  tx: Session,
  view: FeatureView,
  { tenant, ids, at }: KeepScope,
): Promise<FeatureVector[]> {
  const keys = ids.map((id): EntityKey => `${view.entity}:${id}`);
  const [latest] = await tx.query<{ at: Instant }>(LATEST, [
    tenant,
    view.name,
    view.version,
    keys,
    at,
  ]);
  const moment = latest?.at ?? at;
  const tiled = view.tiles !== undefined &&
    await tilesComplete(tx, tenant, view);
  const { text, params } = keepSql(view, { tenant, ids, at: moment }, tiled);
  const rows = await tx.query<Computed>(text, params);
  return rows.map(({ entity, values, withheld }) => ({
    view: view.name,
    version: view.version,
    entity,
    at: moment,
    values: toldValues(view, values),
    ...(withheld && { withheld }),
  }));
}

type Computed = Pick<FeatureVector, "entity" | "values"> & {
  readonly withheld: boolean;
};

function keepSql(
  view: FeatureView,
  { tenant, ids, at }: KeepScope,
  tiled: boolean,
) {
  const statement = startStatement();
  const { typed } = statement;
  const scope = { tenant, one: "p.id" };
  const computed = tiled
    ? tiledSql(view, { ...scope, at }, statement)
    : vectorSql(view, {
      ...scope,
      at: momentsAt(at, statement),
      knownAt: null,
      ahead: true,
    }, statement);
  const { validUntil, withheld, signals } = computed;
  const text = `with computed as materialized (
      select ${typed(`${view.entity}:`, "text")} || p.id as entity, v.*
      from unnest(${typed(ids, "text[]")}) p(id)
      cross join lateral (
        select ${
    keptValues(computed)
  } as feature_values, ${validUntil} as valid_until,
          ${withheld} as withheld
        ${signals}
      ) v
    ), kept as (
      insert into feature_vector as known (tenant, view, version, at, run,
        entity, feature_values, valid_until, withheld)
      select ${typed(tenant, "text")}, ${typed(view.name, "text")}, ${
    typed(view.version, "int4")
  }, ${typed(at, "timestamptz")}, ${typed(STREAM_RUN, "text")}, c.*
      from computed c
      order by c.entity
      on conflict (tenant, view, version, entity) do update set
        at = excluded.at, run = excluded.run,
        feature_values = excluded.feature_values,
        valid_until = excluded.valid_until, withheld = excluded.withheld
      where known.at <= excluded.at
    )
    select entity, feature_values as "values", withheld from computed`;
  return { text, params: statement.params };
}
