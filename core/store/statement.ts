/**
 * Statements put together from parts, every value a parameter.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Param } from "./codec.ts";

/** A statement under construction. */
export interface Statement {
  readonly params: Param[];
  /** Adds a parameter and returns its place, such as `$3`. */
  bind(param: Param): string;
  /**
   * A parameter of a type, such as `$3::float8`; the same for equal ones, so that the
   * database sees that expressions with it are equal and computes them once.
   */
  typed(param: string | number | readonly string[], type: string): string;
}

/** Starts a statement. */
export function startStatement(): Statement {
  const params: Param[] = [];
  const known = new Map<string, string>();
  const bind = (param: Param) => `$${params.push(param)}`;
  return {
    params,
    bind,
    typed: (param, type) => {
      const name = JSON.stringify([param, type]);
      const place = known.get(name) ?? `${bind(param)}::${type}`;
      known.set(name, place);
      return place;
    },
  };
}

/** Which events were known by then. */
export function knownSql(
  knownAt: Instant | null,
  { bind }: Pick<Statement, "bind">,
  table = "s",
): string[] {
  return knownAt === null
    ? []
    : [observedBy(`${bind(knownAt)}::timestamptz`, table)];
}

/** Which revisions were in force then; now, for null. */
export function inForceSql(
  knownAt: Instant | null,
  { bind }: Pick<Statement, "bind">,
): string {
  return inForceBy(knownAt === null ? null : `${bind(knownAt)}::timestamptz`);
}

/** Which events were known by a moment that is SQL itself. */
export function observedBy(moment: string, table = "s"): string {
  return `${table}.observed_at <= ${moment}`;
}

/** Which revisions were in force at a moment that is SQL itself; now, for null. */
export function inForceBy(moment: string | null): string {
  return moment === null
    ? "s.superseded_at is null"
    : `${
      observedBy(moment)
    } and (s.superseded_at is null or s.superseded_at > ${moment})`;
}
