/**
 * Exact three-valued operations, called by generated code where a fact is missing.
 *
 * Booleans are 0 false, 1 true, 2 unknown; an unknown number is NaN; an unknown
 * text or list is null.
 *
 * @module
 */

/** False, true, unknown. */
export type Ternary = 0 | 1 | 2;

type List = readonly (string | number)[] | null;

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

/** Whether a value is a list of texts. */
export function isTexts(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) {
    if (typeof value[index] !== "string") return false;
  }
  return true;
}

/** Whether a value is a list of finite numbers. */
export function isNumbers(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) {
    if (!Number.isFinite(value[index])) return false;
  }
  return true;
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

export function lessChain(a: number, b: number, c: number): Ternary {
  return and3(less(a, b), less(b, c));
}

export function lessOrEqualChain(a: number, b: number, c: number): Ternary {
  return and3(lessOrEqual(a, b), lessOrEqual(b, c));
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
  return ternary(list.includes(item));
}

/** Numbers that are not finite are unknown. */
export function finite(value: number): number {
  return value - value === 0 ? value : NaN;
}

/** Everything above, as generated code is given it. */
export const THREE_VALUED = {
  group,
  isTexts,
  isNumbers,
  not3,
  and3,
  or3,
  less,
  lessOrEqual,
  lessChain,
  lessOrEqualChain,
  equal3,
  equalFlags,
  in3,
  finite,
} as const;
