/**
 * Arithmetic on intervals: every number that an operation can yield.
 *
 * The operations of doubles are monotone, rounding included, so that the ends are
 * exact and a point yields the very number that the rule would see.
 *
 * @module
 */
import { withAmount } from "../judge/judge.ts";
import { LARGEST } from "./term.ts";

/** From least to most, both possible; empty if least is above most. */
export interface Interval {
  readonly lo: number;
  readonly hi: number;
  /** Whether it may be unknown. */
  readonly unknown: boolean;
}

/** Known to be nothing but unknown. */
export const NOWHERE: Interval = { lo: Infinity, hi: -Infinity, unknown: true };

const EVERYWHERE = { lo: -Number.MAX_VALUE, hi: Number.MAX_VALUE };

/** A single number. */
export function point(value: number): Interval {
  return { lo: value, hi: value, unknown: false };
}

/** Whether any number is possible. */
export function isPossible({ lo, hi }: Interval): boolean {
  return lo <= hi;
}

/** Whatever one or the other yields. */
export function hull(a: Interval, b: Interval): Interval {
  return {
    lo: Math.min(a.lo, b.lo),
    hi: Math.max(a.hi, b.hi),
    unknown: a.unknown || b.unknown,
  };
}

/** What an operation of the language yields on intervals. */
export function combine(how: string, of: readonly Interval[]): Interval {
  const unknown = of.some((one) => one.unknown);
  if (!of.every(isPossible)) return NOWHERE;
  const [first = NOWHERE, ...rest] = of;
  if (how === "-" && rest.length === 0) {
    return { lo: -first.hi, hi: -first.lo, unknown };
  }
  let result = { ...first, unknown };
  for (const right of rest) {
    const next = finite(operate(how, result, right));
    if (!isPossible(next)) return NOWHERE;
    result = { ...next, unknown: next.unknown || result.unknown };
  }
  return result;
}

function operate(how: string, a: Interval, b: Interval): Interval {
  switch (how) {
    case "+":
      return { lo: a.lo + b.lo, hi: a.hi + b.hi, unknown: false };
    case "-":
      return { lo: a.lo - b.hi, hi: a.hi - b.lo, unknown: false };
    case "*":
      return ends([a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]);
    case "/":
      return divide(a, b);
    case "%":
      return remainder(a, b);
    case "min":
      return {
        lo: Math.min(a.lo, b.lo),
        hi: Math.min(a.hi, b.hi),
        unknown: false,
      };
    default:
      return {
        lo: Math.max(a.lo, b.lo),
        hi: Math.max(a.hi, b.hi),
        unknown: false,
      };
  }
}

function ends(of: readonly number[]): Interval {
  if (of.some(Number.isNaN)) return { ...EVERYWHERE, unknown: true };
  return { lo: Math.min(...of), hi: Math.max(...of), unknown: false };
}

function divide(a: Interval, b: Interval): Interval {
  if (b.lo === 0 && b.hi === 0) return NOWHERE;
  if (b.lo <= 0 && b.hi >= 0) return { ...EVERYWHERE, unknown: true };
  return ends([a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi]);
}

function remainder(a: Interval, b: Interval): Interval {
  if (b.lo === 0 && b.hi === 0) return NOWHERE;
  if (a.lo === a.hi && b.lo === b.hi) return point(a.lo % b.lo);
  const most = Math.min(
    Math.max(Math.abs(b.lo), Math.abs(b.hi)),
    Math.max(Math.abs(a.lo), Math.abs(a.hi)),
  );
  return {
    lo: a.lo < 0 ? -most : 0,
    hi: a.hi > 0 ? most : 0,
    unknown: b.lo <= 0 && b.hi >= 0,
  };
}

/** A number that is not finite is unknown. */
function finite({ lo, hi, unknown }: Interval): Interval {
  if (Number.isFinite(lo) && Number.isFinite(hi)) return { lo, hi, unknown };
  if (lo === hi || lo > hi) return NOWHERE;
  return {
    lo: Math.max(lo, EVERYWHERE.lo),
    hi: Math.min(hi, EVERYWHERE.hi),
    unknown: true,
  };
}

/** Rounded to whole micros from 0 to the largest. */
export function roundMicros(how: "down" | "up", of: Interval): Interval {
  if (!isPossible(of)) return of;
  const round = how === "down" ? Math.floor : Math.ceil;
  const [lo, hi] = [of.lo, of.hi].map((one) =>
    Math.min(Math.max(round(one), 0), LARGEST)
  ) as [number, number];
  return { lo, hi, unknown: of.unknown };
}

/** Thousandths of whole micros, rounded down, exact. */
export function scaleMicros(of: Interval, permille: number): Interval {
  if (!isPossible(of)) return of;
  const [lo, hi] = [of.lo, of.hi].map((one) => {
    const product = one * permille;
    if (product <= LARGEST) return Math.floor(product / 1000);
    const exact = BigInt(one) * BigInt(permille) / 1000n;
    return Math.min(Number(exact), LARGEST);
  }) as [number, number];
  return { lo, hi, unknown: of.unknown };
}

/** A fraction of whole micros, rounded, exact. */
export function takePortion(
  { how, fraction: [numerator, denominator] }: Portion,
  of: Interval,
): Interval {
  if (!isPossible(of)) return of;
  const up = how === "up" ? denominator - 1 : 0;
  const [lo, hi] = [of.lo, of.hi].map((one) => {
    const product = one * numerator + up;
    if (product <= LARGEST) {
      return (product - product % denominator) / denominator;
    }
    const exact = BigInt(one) * BigInt(numerator) + BigInt(up);
    return Math.min(Number(exact / BigInt(denominator)), LARGEST);
  }) as [number, number];
  return { lo, hi, unknown: of.unknown };
}

/** Which fraction, and how it is rounded. */
interface Portion {
  readonly how: "down" | "up";
  readonly fraction: readonly [number, number];
}

/** Thousandths between an amount and the one in force. */
export function stepBetween(amount: Interval, current: Interval): Interval {
  const unknown = amount.unknown || current.unknown || current.lo <= 0;
  const least = Math.max(current.lo, 1);
  if (!isPossible(amount) || !(least <= current.hi)) return NOWHERE;
  const up = amount.hi >= least ? stepAt(amount.hi, least) : 0;
  const down = amount.lo <= current.hi ? stepAt(amount.lo, current.hi) : 0;
  const lo = amount.lo > current.hi
    ? stepAt(amount.lo, current.hi)
    : amount.hi < least
    ? stepAt(amount.hi, least)
    : 0;
  return { lo, hi: Math.max(up, down, lo), unknown };
}

function stepAt(micros: number, currentMicros: number): number {
  const { amount } = withAmount({}, micros, currentMicros);
  return (amount as { stepPermille: number }).stepPermille;
}
