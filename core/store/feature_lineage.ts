/**
 * Where a value comes from: the signals in the window of a feature that pass its
 * filters, by source, and the run that computed what is kept.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import {
  type FeatureDefinition,
  type FeatureView,
  needsSignals,
} from "../domain/feature.ts";
import type { FeatureLineage, LineageSource } from "../ports/features.ts";
import { momentsAt } from "./feature_moments.ts";
import { windowOf } from "./feature_parts.ts";
import { readSignals, typesSql } from "./feature_signals.ts";
import { hasSignals, sourceConditions } from "./feature_sql.ts";
import type { Session } from "./sql.ts";
import { startStatement, type Statement } from "./statement.ts";

/** Keys of a source that are named. */
const KEYS = 100;

/** Of whom, as of when, and as known when. */
interface LineagePoint {
  readonly tenant: string;
  readonly id: string;
  readonly at: Instant;
  readonly knownAt: Instant | null;
}

/** Which value. */
export interface LineageQuery extends LineagePoint {
  /** Name of the feature. */
  readonly feature: string;
}

/**
 * Tells the signals behind one feature of an entity at a moment.
 *
 * @throws {EngineError} `not_found` if the view has no such feature.
 */
export async function readLineage(
  sql: Session,
  view: FeatureView,
  query: LineageQuery,
): Promise<FeatureLineage> {
  const feature = view.features.find(({ name }) => name === query.feature);
  if (feature === undefined) throw unknown(view, query.feature);
  const [kept] = await sql.query<Pick<FeatureLineage, "run" | "at">>(KEPT, [
    query.tenant,
    view.name,
    view.version,
    `${view.entity}:${query.id}`,
  ]);
  const sources = needsSignals(feature.aggregation) && hasSignals(view)
    ? await readSources(sql, view, { ...query, feature })
    : [];
  return { run: kept?.run ?? null, at: kept?.at ?? null, sources };
}

async function readSources(
  sql: Session,
  view: FeatureView,
  query: LineagePoint & { readonly feature: FeatureDefinition },
): Promise<LineageSource[]> {
  const statement = startStatement();
  const rows = await sql.query<SourceRow>(
    sourcesSql(signalsOf(view, query, statement)),
    statement.params,
  );
  return rows.map(({ firstBatch, lastBatch, ...row }) => ({
    ...row,
    batches: [firstBatch, lastBatch],
  }));
}

type SourceRow = Omit<LineageSource, "batches"> & {
  readonly firstBatch: number;
  readonly lastBatch: number;
};

interface FoundSignals {
  /** Moment and name of a signal. */
  readonly moment: string;
  readonly key: string;
  /** `from … where …`, of the signals themselves. */
  readonly from: string;
}

function signalsOf(
  view: FeatureView,
  { feature, tenant, id, at, knownAt }: LineagePoint & {
    readonly feature: FeatureDefinition;
  },
  statement: Statement,
): FoundSignals {
  const { typed } = statement;
  const signals = readSignals(view, statement);
  const { grain } = signals;
  const moments = momentsAt(at, statement);
  const windowMs = windowOf(feature);
  const since = windowMs === null ? [] : [grain.bound(moments, windowMs)];
  const known = knownAt === null ? null : typed(knownAt, "timestamptz");
  return {
    moment: grain.moment(grain.time),
    key: grain.key,
    from: signals.from([
      ...sourceConditions(signals, { tenant, one: typed(id, "text") }, known),
      ...since.map((bound) => `${grain.time} >= ${bound}`),
      `${grain.time} < ${grain.bound(moments, 0)}`,
      ...typesSql(signals, { filters: typesOf(feature) }),
    ]),
  };
}

/** Types that pass every filter; a ratio reads what passes either of its own. */
function typesOf({ where, aggregation }: FeatureDefinition): string[][] {
  const own = where?.types === undefined ? [] : [[...where.types]];
  if (aggregation.how !== "ratio") return own;
  const of = aggregation.ofWhere?.types;
  const over = aggregation.overWhere?.types;
  return of === undefined || over === undefined
    ? own
    : [...own, [...of, ...over]];
}

/** By source; each names the keys of its latest signals. */
function sourcesSql({ moment, key, from }: FoundSignals): string {
  return `select n.source, max(known.connector) as connector,
      count(*)::float8 as signals, min(n.at) as "firstAt", max(n.at) as "lastAt",
      max(n.observed_at) as "lastObservedAt",
      min(n.batch)::float8 as "firstBatch", max(n.batch)::float8 as "lastBatch",
      to_json(array_agg(n.key order by n.place) filter (where n.place <= ${KEYS}))
        as keys
    from (
      select s.tenant, s.source, ${moment} as at, s.observed_at, s.batch,
        ${key} as key, row_number() over (
          partition by s.source order by ${moment} desc, ${key} collate "C" desc
        ) as place
      ${from}
    ) n
    left join source known on known.tenant = n.tenant and known.name = n.source
    group by n.source
    order by n.source collate "C"`;
}

function unknown({ name, version }: FeatureView, feature: string): EngineError {
  return new EngineError(
    "not_found",
    `Cannot trace feature "${feature}": view "${name}@${version}" has none of that name`,
    { facts: { view: name, version, feature } },
  );
}

const KEPT = `
  select run, at from feature_vector
  where tenant = $1 and view = $2 and version = $3::int4 and entity = $4`;
