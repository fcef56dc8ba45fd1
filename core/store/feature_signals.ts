/**
 * Parts added up from the signals themselves, and the relation that those come from.
 *
 * What takes long to read of a signal is read once, into a column of an inner query,
 * however many parts ask for it; what is a column already is taken as it is.
 *
 * @module
 */
import type { FeatureView } from "../domain/feature.ts";
import {
  type Grain,
  grainOf,
  hashSql,
  numberSql,
  scalarSql,
  unreadable,
} from "./feature_fields.ts";
import type { Part } from "./feature_parts.ts";
import type { Statement } from "./statement.ts";

/** Signals that a statement reads, named `s`. */
export interface Signals {
  readonly view: FeatureView;
  readonly grain: Grain;
  readonly statement: Statement;
  /** Has the inner query compute what is no column, and names the column. */
  read(expression: string): string;
  /** `from … where …`, with what was asked for until then. */
  from(conditions: readonly string[]): string;
}

/** Starts to read signals of a view. */
export function readSignals(view: FeatureView, statement: Statement): Signals {
  const grain = grainOf(view);
  const columns = new Set<string>();
  const computed = new Map<string, string>();
  return {
    view,
    grain,
    statement,
    read: (expression) => {
      if (/^s\.\w+$/.test(expression)) {
        columns.add(expression);
        return expression;
      }
      const name = computed.get(expression) ?? `f${computed.size}`;
      computed.set(expression, name);
      return `s.${name}`;
    },
    from: (conditions) => {
      const relation = `${grain.table} s where ${conditions.join(" and ")}`;
      if (computed.size === 0) return `from ${relation}`;
      const list = [
        ...columns,
        ...[...computed].map(([expression, name]) =>
          `${expression} as ${name}`
        ),
      ];
      return `from (select ${list.join(", ")} from ${relation} offset 0) s`;
    },
  };
}

/** Which signals a part is added up from, and until when they fade. */
export interface Passing {
  readonly conditions: readonly string[];
  /** Bound of time from which the latest counts; any if null. */
  latestSince(): string | null;
  /** SQL of the moment to which numbers fade. */
  fadedTo(): string;
}

/** A part as an aggregate over signals. */
export function partSql(
  signals: Signals,
  part: Part,
  { conditions, latestSince, fadedTo }: Passing,
): string {
  const { grain, read, statement, view } = signals;
  const passing = [...conditions, ...typesSql(signals, part)];
  const number = () =>
    "of" in part && part.of !== "count"
      ? read(numberSql(view, part.of, statement))
      : "1";
  switch (part.what) {
    case "count":
      return filtered("count(*)", passing);
    case "first":
      return grain.moment(filtered(`min(${read(grain.time)})`, passing));
    case "filled":
      return filtered(`count(${number()})`, passing);
    case "last":
      return lastSql(signals, read(scalarSql(view, part.of, statement)), {
        passing,
        since: latestSince(),
      });
    case "hashes": {
      const hash = read(hashSql(view, part.of, statement));
      return filtered(`array_agg(distinct ${hash} order by ${hash})`, [
        ...passing,
        `${hash} is not null`,
      ]);
    }
    case "faded": {
      const age = ageSql(fadedTo(), grain.moment(read(grain.time)));
      const halvings = `(${age} / ${halfLifeSql(part.halfLifeMs)})`;
      return filtered(
        `sum(${fadedSql(`${number()}::float8`, halvings)})`,
        passing,
      );
    }
    default:
      return filtered(`${part.what}(${number()})`, passing);
  }
}

/** Conditions on the types of signals. */
export function typesSql(
  { view, read, statement: { typed } }: Signals,
  { filters }: Pick<Part, "filters">,
): string[] {
  if (filters.length > 0 && view.source.grain !== "event") {
    throw unreadable(view, "only events have types");
  }
  return filters.map((types) =>
    types.length === 1
      ? `${read("s.type")} = ${typed(types[0] ?? "", "text")}`
      : `${read("s.type")} = any(${typed(types, "text[]")})`
  );
}

/** An aggregate over what passes. */
export function filtered(
  aggregate: string,
  conditions: readonly string[],
): string {
  return conditions.length === 0
    ? aggregate
    : `${aggregate} filter (where ${conditions.join(" and ")})`;
}

/**
 * The latest of values in the order of time, source and key. That of a shorter window is
 * that of a longer one or none, so one order serves all windows.
 */
function lastSql(
  { grain, read }: Signals,
  value: string,
  { passing, since }: {
    readonly passing: readonly string[];
    readonly since: string | null;
  },
): string {
  const time = read(grain.time);
  const filled = [...passing, `${value} is not null`];
  const order = latestFirst(time, read("s.source"), read(grain.key));
  const last = `(${
    filtered(`array_agg(${value} order by ${order})`, filled)
  })[1]`;
  return since === null
    ? last
    : `case when ${
      filtered(`max(${time})`, filled)
    } >= ${since} then ${last} end`;
}

/** The order of time, source and key by code point, backwards. */
export function latestFirst(
  time: string,
  source: string,
  key: string,
): string {
  return `${time} desc, ${source} collate "C" desc, ${key} collate "C" desc`;
}

/** Seconds from one moment to another, float8. */
export function ageSql(until: string, since: string): string {
  return `date_part('epoch', ${until} - ${since})`;
}

/** Seconds as a constant. */
export function halfLifeSql(ms: number): string {
  return `${ms / 1000}::float8`;
}

/**
 * A number halved so many times; what would be less than a float holds is 0, for which
 * the database would fail.
 */
export function fadedSql(number: string, halvings: string): string {
  const halved = `power(2::float8, ${halvings})`;
  return `case when ${halvings} < 990 and abs(${number}) > 1e-300::float8 * ${halved} then ${number} / ${halved} else 0 end`;
}
