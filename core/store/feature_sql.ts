/**
 * Feature views as SQL: all features in one pass over the signals of the widest
 * window.
 *
 * @module
 */
import { type FeatureView, needsSignals } from "../domain/feature.ts";
import type { KnownAt } from "../ports/features.ts";
import { lengthSql, type Moments } from "./feature_moments.ts";
import {
  featureSql,
  type PartSql,
  widestOf,
  windowOf,
} from "./feature_parts.ts";
import {
  filtered,
  latestFirst,
  partSql,
  readSignals,
  type Signals,
} from "./feature_signals.ts";
import { inForceBy, observedBy, type Statement } from "./statement.ts";
import { entityColumn } from "./tables/columns.ts";

/** Over which signals, and when. */
export interface ViewScope {
  readonly tenant: string;
  /** End of the windows: `momentsAt(at, statement)` for one moment, or that of each point. */
  readonly at: Moments;
  readonly knownAt: KnownAt;
  /**
   * Whether signals at or after the end of the windows are read as well, into no value
   * but into `validUntil`, which is null without.
   */
  readonly ahead: boolean;
  /** Id of the one entity, as SQL from outside; each of the signals' own if absent. */
  readonly one?: string;
  /** Which entities, as SQL, given the SQL of their ids: `(id) => id + " = any($3)"`. */
  where?(id: string): string;
}

/**
 * A view as pieces of SQL, each an aggregate over the signals of one entity: with `one`,
 * `select vector, … signals`, which is one row even without signals; without,
 * `select id, vector, … signals group by id`.
 */
export interface ViewSql {
  /** The entity's id, without its type. */
  readonly id: string;
  /**
   * The values in the view's order as jsonb array; all null if withheld, or if there is
   * nothing in the widest window.
   */
  readonly vector: string;
  /** Whether anything is in the widest window, boolean. */
  readonly seen: string;
  /** Each value alone, float8 or jsonb, whether withheld or not; a count of nothing is 0. */
  readonly values: readonly string[];
  /** Last moment at which the values hold if no signal changes, timestamptz; null for ever. */
  readonly validUntil: string;
  /** Whether consent forbids the values, boolean. */
  readonly withheld: string;
  /** Relation and conditions, whole: `from … where …`. */
  readonly signals: string;
}

/** Whether anything of a view is computed from signals, and so kept. */
export function hasSignals({ features, source }: FeatureView): boolean {
  return (source.grain === "event" || source.grain === "performance") &&
    features.some(({ aggregation }) => needsSignals(aggregation));
}

/**
 * Writes a view as SQL.
 *
 * @throws {EngineError} `view_invalid` if its signals do not have what it asks for.
 */
export function vectorSql(
  view: FeatureView,
  scope: ViewScope,
  statement: Statement,
): ViewSql {
  const signals = readSignals(view, statement);
  const { at, one } = scope;
  const ahead = scope.ahead && one === undefined;
  const { grain, read } = signals;
  const widest = widestOf(view.features);
  const bound = (ms: number) => grain.bound(at, ms);
  const part: PartSql = (part, windowMs) =>
    partSql(signals, part, {
      conditions: [
        ...windowMs === widest || windowMs === null || part.what === "last"
          ? []
          : [`${read(grain.time)} >= ${bound(windowMs)}`],
        ...ahead ? [`${read(grain.time)} < ${bound(0)}`] : [],
      ],
      latestSince: () =>
        windowMs === widest || windowMs === null ? null : bound(windowMs),
      fadedTo: () => at.before(0),
    });
  const column = read(`s.${entityColumn(view.entity)}`);
  const id = scope.one ?? column;
  const withheld = withheldSql(view, { ...scope, id }, statement);
  return assemble(view, {
    id,
    part,
    withheld,
    entering: ahead
      ? grain.moment(
        filtered(`min(${read(grain.time)})`, [
          `${read(grain.time)} >= ${bound(0)}`,
        ]),
      )
      : scope.ahead
      ? aheadSql(view, scope, statement)
      : null,
    at: () => at.before(0),
    statement,
    signals: () =>
      signals.from(
        signalConditions(signals, { ...scope, ahead }, widest),
      ),
  });
}

/** What the pieces of a view are put together from. */
export interface Pieces {
  readonly id: string;
  readonly part: PartSql;
  readonly withheld: string;
  /** Moment of the first signal that is yet to enter; null if nobody asks. */
  readonly entering: string | null;
  /** The end of the windows. */
  at(): string;
  readonly statement: Statement;
  /** Written last: it has what the others asked for. */
  signals(): string;
}

/** Puts the pieces of a view together. */
export function assemble(view: FeatureView, pieces: Pieces): ViewSql {
  const { id, part, withheld, statement } = pieces;
  const values = view.features.map((feature) =>
    featureSql(feature, part, statement)
  );
  const seen = part({ what: "count", filters: [] }, widestOf(view.features));
  const validUntil = pieces.entering === null
    ? "null::timestamptz"
    : validUntilSql(view, pieces.entering, pieces);
  return {
    id,
    vector: `case when ${seen} = 0 or ${withheld} then ${
      arraySql(values.map(() => "null::float8"))
    } else ${arraySql(values)} end`,
    seen: `${seen} > 0`,
    values,
    validUntil,
    withheld,
    signals: pieces.signals(),
  };
}

/** Most arguments that a function takes. */
const MAX_ARGUMENTS = 100;

/** A JSON array of however many values. */
export function arraySql(values: readonly string[]): string {
  const arrays = [];
  for (let from = 0; from < values.length; from += MAX_ARGUMENTS) {
    const some = values.slice(from, from + MAX_ARGUMENTS);
    arrays.push(`jsonb_build_array(${some.join(",\n")})`);
  }
  return arrays.join(" || ");
}

/**
 * A signal leaves a window right after its length has passed, and is in it right after
 * its own moment; what decays changes at once.
 */
function validUntilSql(
  { features }: FeatureView,
  entering: string,
  pieces: Pieces,
): string {
  const { part } = pieces;
  const windows = new Set(
    features.flatMap((feature) =>
      needsSignals(feature.aggregation) ? windowOf(feature) ?? [] : []
    ),
  );
  const leaving = [...windows].map((ms) =>
    `${part({ what: "first", filters: [] }, ms)} + ${lengthSql(ms)}`
  );
  const fading = features.filter(({ aggregation }) =>
    aggregation.how === "decay"
  );
  const fades = () => part({ what: "count", filters: [] }, widestOf(fading));
  const at = fading.length === 0
    ? []
    : [`case when ${fades()} > 0 then ${pieces.at()} end`];
  return `least(${[...leaving, entering, ...at].join(", ")})`;
}

/** Moment of the first signal of one entity at or after the end of the windows. */
export function aheadSql(
  view: FeatureView,
  { at, ...scope }: Pick<ViewScope, "tenant" | "at" | "one">,
  statement: Statement,
): string {
  const signals = readSignals(view, statement);
  const { grain } = signals;
  const from = signals.from([
    ...sourceConditions(signals, scope, null),
    `${grain.time} >= ${grain.bound(at, 0)}`,
  ]);
  return grain.moment(`(select min(${grain.time}) ${from})`);
}

/** Which signals a view reads, whenever they were: of a tenant, and of one entity or of any. */
export function sourceConditions(
  { view, statement: { typed } }: Signals,
  { tenant, one }: Pick<ViewScope, "tenant" | "one">,
  known: string | null,
): string[] {
  const id = `s.${entityColumn(view.entity)}`;
  return [
    `s.tenant = ${typed(tenant, "text")}`,
    one === undefined ? `${id} is not null` : `${id} = ${one}`,
    ...view.source.grain === "performance"
      ? [`s.level = ${typed(view.source.level, "text")}`, inForceBy(known)]
      : known === null
      ? []
      : [observedBy(known)],
  ];
}

function signalConditions(
  signals: Signals,
  scope: ViewScope,
  widest: number | null,
): string[] {
  const { grain, view, statement } = signals;
  const { at, ahead, where } = scope;
  return [
    ...sourceConditions(signals, scope, knownMoment(scope, statement.typed)),
    ...where ? [where(`s.${entityColumn(view.entity)}`)] : [],
    ...widest === null ? [] : [`${grain.time} >= ${grain.bound(at, widest)}`],
    ...ahead ? [] : [`${grain.time} < ${grain.bound(at, 0)}`],
  ];
}

function knownMoment(
  { at, knownAt }: Pick<ViewScope, "at" | "knownAt">,
  typed: Statement["typed"],
): string | null {
  if (knownAt === null) return null;
  return knownAt === "point" ? at.before(0) : typed(knownAt, "timestamptz");
}

type ConsentScope = Pick<ViewScope, "tenant" | "at" | "knownAt"> & {
  readonly id: string;
};

/** Whether the latest that a subject said of a consent forbids the view. */
export function withheldSql(
  { consent, entity }: FeatureView,
  { tenant, at, knownAt, id }: ConsentScope,
  { typed }: Statement,
): string {
  if (consent === undefined) return "false";
  const known = knownMoment({ at, knownAt }, typed);
  const said = `c.consent ->> ${typed(consent.to, "text")}`;
  const latest = `(select ${said} from event c where c.tenant = ${
    typed(tenant, "text")
  } and c.${entityColumn(entity)} = ${id} and c.occurred_at < ${
    at.before(0)
  } and ${said} is not null${
    known === null ? "" : ` and ${observedBy(known, "c")}`
  } order by ${
    latestFirst("c.occurred_at", "c.source", "c.event_id")
  } limit 1)`;
  return consent.rule === "opt_out"
    ? `coalesce(${latest} = 'false', false)`
    : `coalesce(${latest} <> 'true', true)`;
}
