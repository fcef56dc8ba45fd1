/**
 * Feature views as SQL: one aggregate for each feature, all in one pass over the
 * signals of the widest window.
 *
 * Sums are exact (integers and decimals), then one rounding to a float; so they do
 * not depend on the order of rows. A sum of nothing is 0, any other aggregate of
 * nothing is null. Of several last values the one of the greatest source, then id,
 * by code point, counts. Text that is no decimal number has no numeric value.
 *
 * @module
 */
import type { CalendarPart } from "../domain/feature.ts";
import type {
  Aggregation,
  FeatureDefinition,
  FeatureView,
  SignalField,
  SignalFilter,
} from "../domain/feature.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import { type Metric, METRICS } from "../domain/signal.ts";
import { inForceSql, knownSql, type Statement } from "./statement.ts";
import { entityColumn } from "./tables/columns.ts";

/** What differs between a join to many points and one pass at one moment. */
export interface ViewScope {
  readonly tenant: string;
  /** SQL of the moment at which the windows end. */
  readonly at: string;
  /** Only what was observed by then; null for all. */
  readonly knownAt: Instant | null;
  /** SQL of a part of that moment. */
  calendar(part: CalendarPart): string;
}

/** A view as pieces of SQL over the signals, which are named `s`. */
export interface ViewSql {
  /** JSON array of the features' values. */
  readonly vector: string;
  /** Relation and conditions: `from … where …`. */
  readonly signals: string;
  /** The entity's id. */
  readonly id: string;
}

/** Writes a view as SQL. */
export function viewSql(
  view: FeatureView,
  scope: ViewScope,
  statement: Statement,
): ViewSql {
  const values = view.features.map((feature) =>
    featureSql(view, feature, { ...statement, ...scope })
  );
  return {
    vector: `jsonb_build_array(${values.join(",\n")})`,
    signals: signalsSql(view, scope, statement),
    id: `s.${entityColumn(view.entity)}`,
  };
}

type Scope = ViewScope & Pick<Statement, "bind">;

function featureSql(
  view: FeatureView,
  feature: FeatureDefinition,
  scope: Scope,
): string {
  const { aggregation, where, windowDays } = feature;
  if (aggregation.how === "calendar") return scope.calendar(aggregation.part);
  const since = windowDays === null
    ? []
    : [`s.at >= ${before(scope, windowDays)}`];
  const passing = (...filters: (SignalFilter | undefined)[]) => [
    ...since,
    ...filters.flatMap((filter) => filterSql(view, filter, scope)),
  ];
  return aggregation.how === "ratio"
    ? ratioSql(view, aggregation, {
      of: passing(where, aggregation.ofWhere),
      over: passing(where, aggregation.overWhere),
      scope,
    })
    : plainSql(view, aggregation, { passing: passing(where), scope });
}

function plainSql(
  view: FeatureView,
  aggregation: Exclude<Aggregation, { how: "ratio" | "calendar" }>,
  { passing, scope }: { passing: readonly string[]; scope: Scope },
): string {
  if (aggregation.how === "count") return filtered("count(*)", passing);
  const { how, of } = aggregation;
  if (how === "last") {
    const field = scalarSql(view, of, scope);
    const ordered =
      `array_agg(${field} order by s.at desc, s.source collate "C" desc, s.key collate "C" desc)`;
    return `(${filtered(ordered, [...passing, `${field} is not null`])})[1]`;
  }
  const field = numberSql(view, of, scope);
  const sum = filtered(`sum(${field})`, passing);
  switch (how) {
    case "sum":
      return `coalesce(${sum}, 0)::float8`;
    case "mean":
      return `(${sum}::float8 / ${filtered(`count(${field})`, passing)})`;
    default:
      return `${filtered(`${how}(${field})`, passing)}::float8`;
  }
}

function ratioSql(
  view: FeatureView,
  { of, over, prior = 0, strength = 0 }: Aggregation & { how: "ratio" },
  passing: { of: readonly string[]; over: readonly string[]; scope: Scope },
): string {
  const { scope } = passing;
  const total = (field: SignalField | "count", conditions: readonly string[]) =>
    field === "count"
      ? `${filtered("count(*)", conditions)}::float8`
      : `coalesce(${
        filtered(`sum(${numberSql(view, field, scope)})`, conditions)
      }, 0)::float8`;
  const numerator = `${total(of, passing.of)} + ${
    scope.bind(strength * prior)
  }::float8`;
  const denominator = `${total(over, passing.over)} + ${
    scope.bind(strength)
  }::float8`;
  return `((${numerator}) / nullif(${denominator}, 0))`;
}

function filtered(aggregate: string, conditions: readonly string[]): string {
  return conditions.length === 0
    ? aggregate
    : `${aggregate} filter (where ${conditions.join(" and ")})`;
}

function filterSql(
  view: FeatureView,
  filter: SignalFilter | undefined,
  scope: Scope,
): string[] {
  if (filter?.types === undefined) return [];
  if (view.source.grain !== "event") {
    throw unreadable(view, "only events have types");
  }
  return [`s.type = any(${scope.bind([...filter.types])}::text[])`];
}

/** A field as a number; null where it is none. */
function numberSql(
  view: FeatureView,
  field: SignalField,
  scope: Scope,
): string {
  if (!field.startsWith("properties.")) return columnSql(view, field);
  const text = `(s.properties ->> ${propertyName(view, field, scope)})`;
  return `case when ${text} ~ '${DECIMAL}' then ${text}::numeric end`;
}

/** Up to 30 digits before and after the point; what a float holds with room to add up. */
const DECIMAL =
  "^[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?$";

/** A field as JSON: a number or text; truth values as text. */
function scalarSql(
  view: FeatureView,
  field: SignalField,
  scope: Scope,
): string {
  if (!field.startsWith("properties.")) {
    return `to_jsonb(${columnSql(view, field)})`;
  }
  const name = propertyName(view, field, scope);
  return `case jsonb_typeof(s.properties -> ${name})
    when 'number' then s.properties -> ${name}
    when 'string' then s.properties -> ${name}
    when 'boolean' then to_jsonb(s.properties ->> ${name}) end`;
}

function propertyName(
  view: FeatureView,
  field: SignalField,
  scope: Scope,
): string {
  if (view.source.grain !== "event") {
    throw unreadable(view, "only events have properties");
  }
  return `${scope.bind(field.slice("properties.".length))}::text`;
}

function columnSql({ source, name }: FeatureView, field: SignalField): string {
  const known = source.grain === "event"
    ? field === "value_micros"
    : Object.hasOwn(METRICS, field);
  if (!known) throw unreadable({ name }, `its signals have no "${field}"`);
  return `s.${field as Metric | "value_micros"}`;
}

function unreadable({ name }: Pick<FeatureView, "name">, reason: string) {
  return new EngineError(
    "view_invalid",
    `Cannot compute feature view "${name}": ${reason}`,
  );
}

function before({ at, bind }: Scope, days: number): string {
  const millis = bind(Math.round(days * DAY_MS));
  return `${at} - ${millis}::float8 * interval '1 millisecond'`;
}

/** Days of the widest window; null for all of the past. */
function widestWindow({ features }: FeatureView): number | null {
  const windows = features.filter(({ aggregation }) =>
    aggregation.how !== "calendar"
  ).map(({ windowDays }) => windowDays ?? Infinity);
  const widest = Math.max(...windows);
  return widest === Infinity ? null : widest;
}

function signalsSql(
  view: FeatureView,
  scope: ViewScope,
  statement: Statement,
): string {
  const { at, knownAt, tenant } = scope;
  const widest = widestWindow(view);
  const since = widest === null
    ? null
    : before({ ...scope, ...statement }, widest);
  const conditions = [
    `s.tenant = ${statement.bind(tenant)}`,
    `s.at < ${at}`,
    ...since === null ? [] : [`s.at >= ${since}`],
  ];
  if (view.source.grain === "event") {
    return `from ${EVENTS} where ${
      [...conditions, ...knownSql(knownAt, statement)].join(" and ")
    }`;
  }
  if (view.source.grain === "calendar") throw unreadable(view, "no signals");
  conditions.push(
    `s.level = ${statement.bind(view.source.level)}`,
    `s.day <= (${at})::date`,
    ...since === null ? [] : [`s.day >= (${since})::date`],
    inForceSql(knownAt, statement),
  );
  return `from ${PERFORMANCE} where ${conditions.join(" and ")}`;
}

const EVENTS = "(select *, occurred_at as at, event_id as key from event) s";

const PERFORMANCE =
  "(select *, day::timestamp at time zone 'UTC' as at, row_key as key from performance) s";
