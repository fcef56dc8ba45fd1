/**
 * Comparisons in words, and two bounds of the time of day as one window.
 *
 * @module
 */
import type { Expression, Ordering } from "../language/expression.ts";
import { sayFact, sayValue } from "./spoken.ts";

/** What an ordering denies. */
export const OPPOSITE = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;

/** An ordering read from its right side. */
export const MIRRORED = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

const WORDS = {
  "<": "less than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
};
const MOMENTS = {
  "<": "before",
  "<=": "at or before",
  ">": "after",
  ">=": "at or after",
};

/** The words of an ordering, which for moments are others. */
export function sayOrdering(how: Ordering, unit: string | null): string {
  return unit === "minute" ? MOMENTS[how] : WORDS[how];
}

/** A comparison of the local minute with a number. */
interface MinuteBound {
  readonly path: string;
  readonly how: Ordering;
  readonly minute: number;
}

function readMinute(condition: Expression, holds: boolean): MinuteBound | null {
  if (condition.op === "not") return readMinute(condition.of, !holds);
  if (condition.op !== "order" || condition.of.length !== 2) return null;
  const [left, right] = condition.of;
  if (!left || !right) return null;
  const turned = left.op === "literal";
  const [fact, bound] = turned ? [right, left] : [left, right];
  if (fact.op !== "fact" || fact.unit !== "minute") return null;
  if (fact.fallback !== null || bound.op !== "literal") return null;
  const how = turned ? MIRRORED[condition.how] : condition.how;
  return {
    path: fact.fact.path,
    how: holds ? how : OPPOSITE[how],
    minute: Number(bound.value),
  };
}

/** Two bounds of the time of day as one window; null where they are not that. */
export function sayWindow(
  of: readonly Expression[],
  by: "and" | "or",
  holds: boolean,
): string | null {
  if (of.length !== 2) return null;
  const bounds = of.map((part) => readMinute(part, holds));
  const from = bounds.find((bound) => bound?.how === ">=");
  const to = bounds.find((bound) => bound?.how === "<");
  if (!from || !to || from.path !== to.path) return null;
  const passesMidnight = from.minute > to.minute;
  if (passesMidnight !== (by === "or")) return null;
  const [start, end] = [from, to].map(({ minute }) =>
    sayValue(minute, "minute")
  );
  return `${sayFact(from.path)} is from ${start} to ${end}`;
}
