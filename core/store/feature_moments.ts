/**
 * Ends and starts of windows as SQL: of one moment, computed here once, or of the
 * points of a join, computed once for each.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../domain/day.ts";
import type { Statement } from "./statement.ts";

/** Moments relative to the end of the windows. */
export interface Moments {
  /** That many milliseconds before the end, timestamptz. */
  before(ms: number): string;
  /** The first day in UTC that starts then or later, date. */
  firstDay(ms: number): string;
}

/** First moment that Postgres reads in the form in which instants are written. */
const FIRST_MS = Date.parse("0001-01-01T00:00:00.000Z");

/** Moments before one that is known, as parameters of a statement. */
export function momentsAt(at: Instant, { typed }: Statement): Moments {
  const end = Date.parse(at);
  return {
    before: (ms) => typed(printMoment(end - ms), "timestamptz"),
    firstDay: (ms) => {
      const start = Math.ceil((end - ms) / DAY_MS) * DAY_MS;
      return typed(printMoment(start).replace(/T.*/, ""), "date");
    },
  };
}

/** Prints a moment so that Postgres reads it. */
export function printMoment(ms: number): string {
  return ms < FIRST_MS ? "-infinity" : new Date(ms).toISOString();
}

/** Moments before that of each point, as columns of the points. */
export interface PointMoments extends Moments {
  /** Relation `p` of the points with the columns that were asked for. */
  relation(points: string): string;
}

/** Moments before `p.at`, in a join to points that are named `p`. */
export function momentsOfPoints(): PointMoments {
  const columns = new Map<string, string>();
  function column(expression: string): string {
    const name = columns.get(expression) ?? `m${columns.size}`;
    columns.set(expression, name);
    return `p.${name}`;
  }
  const before = (ms: number) => `p.at - ${lengthSql(ms)}`;
  return {
    before: (ms) => ms === 0 ? "p.at" : column(before(ms)),
    firstDay: (ms) =>
      column(`(${before(ms)} - interval '1 microsecond')::date + 1`),
    relation: (points) => {
      const also = [...columns].map(([expression, name]) =>
        `, ${expression} as ${name}`
      );
      return `(select p.*${also.join("")} from ${points} offset 0) p`;
    },
  };
}

/** A length of time as SQL. */
export function lengthSql(ms: number): string {
  return `interval '${ms} milliseconds'`;
}
