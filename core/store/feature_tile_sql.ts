/**
 * Feature views as SQL over tiles: the middle of each window from whole tiles, both its
 * edges from the signals themselves. Every value is the one without tiles.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { type FeatureView, needsSignals } from "../domain/feature.ts";
import { lengthSql, type Moments, momentsAt } from "./feature_moments.ts";
import { type Part, widestOf, windowOf } from "./feature_parts.ts";
import { readSignals } from "./feature_signals.ts";
import {
  aheadSql,
  assemble,
  sourceConditions,
  type ViewSql,
  withheldSql,
} from "./feature_sql.ts";
import {
  combinedSql,
  signalSql,
  tileMs,
  tilePartsOf,
  tileSql,
} from "./feature_tile_parts.ts";
import type { Statement } from "./statement.ts";

/** Of one entity at one moment. */
export interface TiledScope {
  readonly tenant: string;
  readonly at: Instant;
  /** Id of the entity, as SQL from outside. */
  readonly one: string;
}

/** Writes a view as SQL over its tiles, with `validUntil`; all tiles must be there. */
export function tiledSql(
  view: FeatureView,
  scope: TiledScope,
  statement: Statement,
): ViewSql {
  const { tenant, one } = scope;
  const at = momentsAt(scope.at, statement);
  const known = { tenant, at, knownAt: null, id: one };
  const parts = tilePartsOf(view);
  const names = new Map(
    parts.map((part, place) => [JSON.stringify(part), `c.c${place}`]),
  );
  const cut = cutsOf(view, Date.parse(scope.at));
  return assemble(view, {
    id: one,
    part: (part, windowMs) =>
      combinedSql(
        part,
        names.get(JSON.stringify(part)) ?? "",
        insideSql(cut, at, windowMs),
      ),
    withheld: withheldSql(view, known, statement),
    entering: aheadSql(view, { tenant, at, one }, statement),
    at: () => at.before(0),
    statement,
    signals: () =>
      `from (${tilesSql(view, parts, { ...scope, cut, moments: at, statement })}
      union all ${
        edgesSql(view, parts, { ...scope, cut, moments: at, statement })
      }) c`,
  });
}

/** Where windows are cut, in milliseconds before their end. */
interface Cuts {
  /** The end of the last whole tile. */
  readonly last: number;
  /** The beginning of the first whole tile of a window; null for all of the past. */
  first(windowMs: number | null): number | null;
  /** Stretches outside of the whole tiles of some window. */
  readonly edges: readonly (readonly [since: number, until: number])[];
  /** The first beginning of all. */
  readonly widest: number | null;
}

function cutsOf(view: FeatureView, end: number): Cuts {
  const tile = tileMs(view);
  const last = end - Math.floor(end / tile) * tile;
  const first = (windowMs: number | null) =>
    windowMs === null ? null : end - Math.ceil((end - windowMs) / tile) * tile;
  const windows = view.features.flatMap((feature) =>
    needsSignals(feature.aggregation) ? windowOf(feature) ?? [] : []
  ).sort((a, b) => a - b);
  const sinceByUntil = new Map([[last, last]]);
  for (const windowMs of windows) {
    const until = Math.max(first(windowMs) ?? 0, last);
    if (windowMs > until) sinceByUntil.set(until, windowMs);
  }
  const edges = [...sinceByUntil].map(([until, since]) =>
    [since, until === last ? 0 : until] as const
  );
  return { last, first, edges, widest: first(widestOf(view.features)) };
}

/** Whether a tile or a signal of an edge is in a window. */
function insideSql(
  { last, first }: Cuts,
  at: Moments,
  windowMs: number | null,
): string {
  const lastEnd = at.before(last);
  const begin = first(windowMs);
  if (windowMs === null || begin === null) {
    return `(c.tile or c.at >= ${lastEnd})`;
  }
  const whole = at.before(begin);
  return `case when c.tile then c.at >= ${whole} else c.at >= ${
    at.before(windowMs)
  } and (c.at < ${whole} or c.at >= ${lastEnd}) end`;
}

interface RelationScope extends TiledScope {
  readonly cut: Cuts;
  readonly moments: Moments;
  readonly statement: Statement;
}

function tilesSql(
  view: FeatureView,
  parts: readonly Part[],
  { tenant, one, cut, moments, statement: { typed } }: RelationScope,
): string {
  const columns = parts.map((part, place) => {
    const column = tileSql(part, place, {
      from: `(t.start + ${lengthSql(tileMs(view))})`,
      to: () => moments.before(0),
    });
    return `${column} as c${place}`;
  });
  return `select true as tile, t.start as at, ${
    columns.join(", ")
  } from feature_tile t where t.tenant = ${typed(tenant, "text")}
    and t.view = ${typed(view.name, "text")}
    and t.version = ${typed(view.version, "int4")}
    and t.entity = ${typed(`${view.entity}:`, "text")} || ${one}
    ${cut.widest === null ? "" : `and t.start >= ${moments.before(cut.widest)}`}
    and t.start < ${moments.before(cut.last)}`;
}

function edgesSql(
  view: FeatureView,
  parts: readonly Part[],
  { tenant, one, cut, moments, statement }: RelationScope,
): string {
  const signals = readSignals(view, statement);
  const { grain, read } = signals;
  const end = () => moments.before(0);
  const columns = parts.map((part) => signalSql(signals, part, end));
  const ranges = cut.edges.map(([since, until]) =>
    `(${grain.bound(moments, since)}, ${grain.bound(moments, until)})`
  );
  const from = () =>
    signals.from([
      ...sourceConditions(signals, { tenant, one }, null),
      `${grain.time} >= r.since`,
      `${grain.time} < r.until`,
    ]);
  return `select e.* from (values ${ranges.join(", ")}) r(since, until)
    cross join lateral (select false, ${grain.moment(read(grain.time))}, ${
    columns.join(", ")
  } ${from()}) e`;
}
