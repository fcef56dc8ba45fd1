/**
 * Features at many points, each an entity at a moment: the windows of each end there.
 *
 * @module
 */
import { momentValue } from "../domain/calendar.ts";
import {
  type Aggregation,
  type FeatureValue,
  type FeatureView,
  needsSignals,
} from "../domain/feature.ts";
import type { FeaturePoint, KnownAt } from "../ports/features.ts";
import { momentsOfPoints } from "./feature_moments.ts";
import { hasSignals, vectorSql } from "./feature_sql.ts";
import type { Session } from "./sql.ts";
import { startStatement } from "./statement.ts";

/** At which points, and as known when. */
export interface PointsQuery {
  readonly tenant: string;
  readonly points: readonly FeaturePoint[];
  readonly knownAt: KnownAt;
}

/**
 * Computes a view at points, one look-up of each entity's signals; as many points at a
 * time as one answer should hold.
 *
 * @returns Values in the order of the points; what the moment tells is computed, what a
 * request gives is null.
 */
export async function aggregatePoints(
  session: Session,
  view: FeatureView,
  query: PointsQuery,
): Promise<FeatureValue[][]> {
  const { points } = query;
  const vectors = hasSignals(view)
    ? await readVectors(session, view, query)
    : points.map(() => null);
  return vectors.map((values, place) =>
    values === WITHHELD
      ? view.features.map(() => null)
      : view.features.map(({ aggregation }, index) =>
        needsSignals(aggregation)
          ? values?.[index] ?? null
          : valueAt(aggregation, points[place])
      )
  );
}

const WITHHELD = "withheld";

function valueAt(
  aggregation: Aggregation,
  point: FeaturePoint | undefined,
): FeatureValue {
  if (needsSignals(aggregation) || aggregation.how === "request") return null;
  return point ? momentValue(aggregation, point.at) : null;
}

async function readVectors(
  session: Session,
  view: FeatureView,
  { tenant, points, knownAt }: PointsQuery,
): Promise<(readonly FeatureValue[] | typeof WITHHELD)[]> {
  const statement = startStatement();
  const ids = statement.bind(points.map(({ id }) => id));
  const ats = statement.bind(points.map(({ at }) => at));
  const moments = momentsOfPoints();
  const { values, withheld, signals } = vectorSql(view, {
    tenant,
    at: moments,
    knownAt,
    ahead: false,
    one: "p.id",
  }, statement);
  const columns = values.map((value, place) => `${value} as v${place}`);
  const relation = moments.relation(
    `unnest(${ids}::text[], ${ats}::timestamptz[])
      with ordinality as p(id, at, place)`,
  );
  const rows = await session.values(
    `select p.place::int4, v.*
    from ${relation}
    cross join lateral (
      select ${withheld} as withheld, ${columns.join(",\n")} ${signals}
    ) v`,
    statement.params,
  ) as [place: number, withheld: boolean, ...FeatureValue[]][];
  const vectors = new Array<readonly FeatureValue[] | typeof WITHHELD>(
    points.length,
  ).fill([]);
  for (const [place, withheld, ...values] of rows) {
    vectors[place - 1] = withheld ? WITHHELD : values;
  }
  return vectors;
}
