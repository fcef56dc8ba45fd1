/**
 * Outcomes of look-ups: texts and numbers in lists, and texts compared.
 *
 * @module
 */
import type { Domain } from "./domain.ts";
import { type Interval, isPossible } from "./interval.ts";
import { F, T, U } from "./outcomes.ts";

/** Texts that are possible. */
export interface Texts {
  readonly texts: readonly string[];
  /** Whether it may be unknown. */
  readonly unknown: boolean;
}

type Items = ReadonlySet<string | number>;

/** Whether a text is in a list that is written out. */
export function amongTexts({ texts, unknown }: Texts, items: Items): number {
  const inside = texts.filter((one) => items.has(one)).length;
  return (unknown ? U : 0) | (inside > 0 ? T : 0) |
    (inside < texts.length ? F : 0);
}

/** Whether a number is in a list that is written out. */
export function amongNumbers(number: Interval, items: Items): number {
  const doubt = number.unknown ? U : 0;
  if (!isPossible(number)) return doubt;
  if (![...items].some(within(number))) return doubt | F;
  return doubt | T | (number.lo === number.hi ? 0 : F);
}

/** Whether two texts are equal. */
export function sameTexts(a: Texts, b: Texts): number {
  const doubt = a.unknown || b.unknown ? U : 0;
  if (a.texts.length === 0 || b.texts.length === 0) return doubt;
  const isShared = a.texts.some((one) => b.texts.includes(one));
  const isFixed = a.texts.length === 1 && b.texts.length === 1;
  return doubt | (isShared ? T : 0) | (isShared && isFixed ? 0 : F);
}

/** Whether a text equals itself. */
export function sameText({ texts, unknown }: Texts): number {
  return (unknown ? U : 0) | (texts.length > 0 ? T : 0);
}

/** Whether a list that is a fact holds a text. */
export function includesText(
  { missing, values }: Domain,
  { texts, unknown }: Texts,
): number {
  const doubt = missing || unknown ? U : 0;
  if (values?.kind !== "list" || texts.length === 0) return doubt;
  const { must, may } = values;
  const some = texts.some((one) => must.includes(one) || may.includes(one));
  const every = texts.every((one) => must.includes(one));
  return doubt | (some ? T : 0) | (every ? 0 : F);
}

/** Whether a list that is a fact holds a number. */
export function includesNumber(
  { missing, values }: Domain,
  number: Interval,
): number {
  const doubt = missing || number.unknown ? U : 0;
  if (values?.kind !== "list" || !isPossible(number)) return doubt;
  const { must, may } = values;
  if (![...must, ...may].some(within(number))) return doubt | F;
  const isFixed = number.lo === number.hi;
  return doubt | T | (isFixed && must.some(within(number)) ? 0 : F);
}

function within({ lo, hi }: Interval): (one: string | number) => boolean {
  return (one) => Number(one) >= lo && Number(one) <= hi;
}
