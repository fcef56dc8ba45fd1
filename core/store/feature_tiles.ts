/**
 * Tiles: the signals of an entity in one hour or day, added up beforehand. They are
 * always built anew from the signals, so what came late, twice or restated is right.
 *
 * @module
 */
import type { FeatureView } from "../domain/feature.ts";
import type { Touched } from "../ports/features.ts";
import { lengthSql } from "./feature_moments.ts";
import { readSignals } from "./feature_signals.ts";
import { arraySql, sourceConditions } from "./feature_sql.ts";
import { partialSql, tileMs, tilePartsOf } from "./feature_tile_parts.ts";
import type { Session } from "./sql.ts";
import { startStatement, type Statement } from "./statement.ts";
import { entityColumn } from "./tables/columns.ts";

/** Whose tiles. */
export interface TileScope {
  readonly tenant: string;
  /** Entities, ids without type; null for all. */
  readonly ids: readonly string[] | null;
}

/**
 * Waits for whoever else writes vectors or tiles of the view, until the end of the
 * transaction: what was read of the signals before would else be written last.
 */
export async function lockView(
  tx: Session,
  tenant: string,
  { name, version }: FeatureView,
): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock_shared(hashtextextended($1, 0)),
      pg_advisory_xact_lock(hashtextextended($2, 0))`,
    [tenantLock(tenant), JSON.stringify(["features", tenant, name, version])],
  );
}

/**
 * Waits for all who {@link lockView}, and lets nobody, until the end of the transaction:
 * what they read of signals that are gone by then is written before.
 */
export async function lockViews(tx: Session, tenant: string): Promise<void> {
  await tx.query(
    "select pg_advisory_xact_lock(hashtextextended($1, 0))",
    [tenantLock(tenant)],
  );
}

function tenantLock(tenant: string): string {
  return JSON.stringify(["features", tenant]);
}

/** Whether each signal is in a tile: whether all of them were built at some time. */
export async function tilesComplete(
  session: Session,
  tenant: string,
  { name, version }: FeatureView,
): Promise<boolean> {
  const [row] = await session.query<{ complete: boolean }>(
    `select exists (
      select from feature_run
      where tenant = $1 and view = $2 and version = $3::int4
        and finished_at is not null and scope #>> '{}' = 'all'
    ) as complete`,
    [tenant, name, version],
  );
  return row?.complete ?? false;
}

/**
 * Builds all tiles of some entities anew. Within a transaction: it waits as
 * {@link lockView}.
 */
export async function rebuildTiles(
  tx: Session,
  view: FeatureView,
  { tenant, ids }: TileScope,
): Promise<void> {
  await lockView(tx, tenant, view);
  await tx.query(
    `delete from feature_tile
    where tenant = $1 and view = $2 and version = $3::int4
      and ($4::text[] is null or entity = any($4::text[]))`,
    [
      tenant,
      view.name,
      view.version,
      ids === null ? null : ids.map((id) => `${view.entity}:${id}`),
    ],
  );
  const statement = startStatement();
  const { typed } = statement;
  const id = `s.${entityColumn(view.entity)}`;
  const { key, start, partials, from } = tileSql(view, tenant, statement);
  const signals = from(
    ids === null ? [] : [`${id} = any(${typed(ids, "text[]")})`],
  );
  await tx.query(
    `insert into feature_tile (tenant, view, version, entity, start, partials)
    select ${key}, ${typed(`${view.entity}:`, "text")} || ${id}, ${start},
      ${partials}
    ${signals}
    group by ${id}, ${start}`,
    statement.params,
  );
}

/** Builds the tiles in which some moments lie anew; otherwise as {@link rebuildTiles}. */
export async function rebuildTouched(
  tx: Session,
  view: FeatureView,
  { tenant, touched }: {
    readonly tenant: string;
    readonly touched: readonly Touched[];
  },
): Promise<void> {
  await lockView(tx, tenant, view);
  const starts = startsOf(view, touched);
  const statement = startStatement();
  const { typed, params } = statement;
  const id = `s.${entityColumn(view.entity)}`;
  const { key, partials, from, grain } = tileSql(view, tenant, statement);
  const end = `b.start + ${lengthSql(tileMs(view))}`;
  const bound = grain.table === "event"
    ? (moment: string) => moment
    : (moment: string) => `(${moment})::date`;
  const signals = from([
    `${id} = b.id`,
    `${grain.time} >= ${bound("b.start")}`,
    `${grain.time} < ${bound(end)}`,
  ]);
  const entity = `${typed(`${view.entity}:`, "text")} || b.id`;
  await tx.query(
    `with built as materialized (
      select b.id, b.start, v.signals, v.partials
      from unnest(${typed(starts.map(([id]) => id), "text[]")}, ${
      typed(starts.map(([, start]) => start), "timestamptz[]")
    }) b(id, start)
      cross join lateral (
        select count(*) as signals, ${partials} as partials ${signals}
      ) v
    ), gone as (
      delete from feature_tile t using built b
      where (t.tenant, t.view, t.version) = (${key})
        and t.entity = ${entity} and t.start = b.start and b.signals = 0
    )
    insert into feature_tile (tenant, view, version, entity, start, partials)
    select ${key}, ${entity}, b.start, b.partials
    from built b where b.signals > 0
    on conflict (tenant, view, version, entity, start)
      do update set partials = excluded.partials`,
    params,
  );
}

/** The tiles of moments, each once. */
function startsOf(
  view: FeatureView,
  touched: readonly Touched[],
): (readonly [id: string, start: string])[] {
  const length = tileMs(view);
  const starts = new Map<string, readonly [string, string]>();
  for (const { id, moments } of touched) {
    for (const moment of moments) {
      const start = Math.floor(Date.parse(moment) / length) * length;
      starts.set(`${start}:${id}`, [id, new Date(start).toISOString()]);
    }
  }
  return [...starts.values()];
}

function tileSql(view: FeatureView, tenant: string, statement: Statement) {
  const signals = readSignals(view, statement);
  const { grain, read } = signals;
  read(`s.${entityColumn(view.entity)}`);
  const length = lengthSql(tileMs(view));
  const moment = grain.moment(grain.time);
  const start = read(
    `date_bin(${length}, ${moment}, '1970-01-01Z'::timestamptz)`,
  );
  const parts = tilePartsOf(view).map((part) =>
    partialSql(signals, part, `(${start} + ${length})`)
  );
  const { typed } = statement;
  return {
    grain,
    key: `${typed(tenant, "text")}, ${typed(view.name, "text")}, ${
      typed(view.version, "int4")
    }`,
    start,
    partials: arraySql(parts),
    from: (conditions: readonly string[]) =>
      signals.from([
        ...sourceConditions(signals, { tenant }, null),
        ...conditions,
      ]),
  };
}
