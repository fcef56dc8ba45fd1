/**
 * Exact three-valued operations on facts of which some are missing.
 *
 * Booleans are 0 false, 1 true, 2 unknown; an unknown number is NaN; an unknown
 * text or list is null.
 *
 * @module
 */
import { MAX_LIST_FACT } from "../language/catalogue.ts";

/** False, true, unknown. */
export type Ternary = 0 | 1 | 2;

/** A known list, or null. */
export type List = readonly (string | number)[] | null;

const NOT: readonly Ternary[] = [1, 0, 2];
const NOTHING: Readonly<Record<string, unknown>> = Object.freeze(
  Object.create(null),
);

function ternary(value: boolean): Ternary {
  return value ? 1 : 0;
}

/** A group of facts, or an empty one where there is none. */
export function group(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : NOTHING;
}

/** Whether a value is a list of texts, not too long. */
export function isTexts(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_LIST_FACT) return false;
  for (let index = 0; index < value.length; index++) {
    if (typeof value[index] !== "string") return false;
  }
  return true;
}

/** Whether a value is a list of finite numbers, not too long. */
export function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_LIST_FACT) return false;
  for (let index = 0; index < value.length; index++) {
    if (!Number.isFinite(value[index])) return false;
  }
  return true;
}

/** Whether a list holds an item. */
export function has(
  list: readonly (string | number)[],
  item: string | number,
): boolean {
  for (let index = 0; index < list.length; index++) {
    if (list[index] === item) return true;
  }
  return false;
}

export function not3(value: Ternary): Ternary {
  return NOT[value] ?? 2;
}

export function and3(left: Ternary, right: Ternary): Ternary {
  if (left === 0 || right === 0) return 0;
  return left === 1 && right === 1 ? 1 : 2;
}

export function or3(left: Ternary, right: Ternary): Ternary {
  if (left === 1 || right === 1) return 1;
  return left === 0 && right === 0 ? 0 : 2;
}

export function less(left: number, right: number): Ternary {
  return left !== left || right !== right ? 2 : ternary(left < right);
}

export function lessOrEqual(left: number, right: number): Ternary {
  return left !== left || right !== right ? 2 : ternary(left <= right);
}

/** Whether two known values of one type are the same. */
export function equal3<T extends string | number | boolean>(
  left: T | null,
  right: T | null,
): Ternary {
  if (left === null || right === null) return 2;
  return left !== left || right !== right ? 2 : ternary(left === right);
}

export function equalFlags(left: Ternary, right: Ternary): Ternary {
  return left === 2 || right === 2 ? 2 : ternary(left === right);
}

export function in3(item: string | number | null, list: List): Ternary {
  if (item === null || item !== item || list === null) return 2;
  return ternary(has(list, item));
}

/** Whether some, all or none of a list's items hold. */
export function quantify(
  how: "some" | "all" | "none",
  list: List,
  holds: (item: string | number) => Ternary,
): Ternary {
  if (list === null) return 2;
  if (how === "all") {
    return list.length === 0
      ? 0
      : list.reduce<Ternary>((all, item) => and3(all, holds(item)), 1);
  }
  const some = list.reduce<Ternary>((any, item) => or3(any, holds(item)), 0);
  return how === "some" ? some : not3(some);
}

/** Numbers that are not finite are unknown. */
export function finite(value: number): number {
  return value - value === 0 ? value : NaN;
}
