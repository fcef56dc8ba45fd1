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
}

/** Starts a statement. */
export function startStatement(): Statement {
  const params: Param[] = [];
  return { params, bind: (param) => `$${params.push(param)}` };
}

/** Which events were known by then. */
export function knownSql(
  knownAt: Instant | null,
  { bind }: Pick<Statement, "bind">,
  table = "s",
): string[] {
  return knownAt === null
    ? []
    : [`${table}.observed_at <= ${bind(knownAt)}::timestamptz`];
}

/** Which revisions were in force then; now, for null. */
export function inForceSql(
  knownAt: Instant | null,
  { bind }: Pick<Statement, "bind">,
): string {
  if (knownAt === null) return "s.superseded_at is null";
  const known = `${bind(knownAt)}::timestamptz`;
  return `s.observed_at <= ${known} and (s.superseded_at is null or s.superseded_at > ${known})`;
}
