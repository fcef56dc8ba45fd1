/**
 * What an entity's curve says at an amount, from the columns of a tableau.
 *
 * @module
 */
import type { Look } from "./draw_columns.ts";
import type { Hull } from "./hull.ts";
import { HILL, LOGISTIC, SIMPLE, type Tableau, TABULATED } from "./tableau.ts";

/** Weighted outcome of one entity at an amount. */
export function valueAt(t: Tableau, at: number, amount: number): number {
  const ceiling = t.ceiling[at] as number;
  if (t.kind[at] === TABULATED) {
    return ceiling * (t.tabulated.get(at)?.value(amount) ?? 0);
  }
  if (amount <= 0) return 0;
  const half = t.half[at] as number;
  switch (t.kind[at]) {
    case SIMPLE:
      return ceiling * (amount / (half + amount));
    case LOGISTIC:
      return ceiling * Math.tanh(0.5 * (amount / half));
    case HILL:
      return ceiling / (1 + Math.pow(half / amount, t.slope[at] as number));
    default:
      return 0;
  }
}

/** d weighted outcome / d amount of one entity. */
export function marginalAt(t: Tableau, at: number, amount: number): number {
  const ceiling = t.ceiling[at] as number;
  const half = t.half[at] as number;
  const ratio = amount / half;
  switch (t.kind[at]) {
    case SIMPLE:
      return ceiling / half / ((1 + ratio) * (1 + ratio));
    case LOGISTIC: {
      const cosh = Math.cosh(Math.min(0.5 * ratio, 350));
      return ceiling / half / (2 * cosh * cosh);
    }
    case HILL: {
      const slope = t.slope[at] as number;
      if (amount <= 0) return slope < 1 ? Infinity : 0;
      const power = Math.pow(ratio, slope);
      return ceiling * slope / (1 + power) / (1 + 1 / power) / amount;
    }
    case TABULATED:
      if (ceiling === 0) return 0;
      return ceiling * (t.tabulated.get(at)?.marginal(amount) ?? 0);
    default:
      return 0;
  }
}

/** Both, and how the slope turns: NaN where that is not known. */
export function lookAt(t: Tableau, at: number, amount: number): Look {
  const look = t.tabulated.get(at)?.look(amount);
  if (look === undefined) {
    const outcome = valueAt(t, at, amount);
    return { outcome, slope: marginalAt(t, at, amount), turn: NaN };
  }
  const weight = t.ceiling[at] as number;
  const { outcome, slope, turn } = look;
  return {
    outcome: weight * outcome,
    slope: weight * slope,
    turn: weight * turn,
  };
}

/** Outcome at the envelope's beginning: of nothing where it may be off, less the fee elsewhere. */
function footOf(t: Tableau, at: number): number {
  const lo = t.lo[at] as number;
  const value = hullOf(t, at)?.y[0];
  if (value !== undefined) return value;
  return valueAt(t, at, lo) - (t.off[at] === 1 ? 0 : feeOf(t, at));
}

/** An envelope's vertices; undefined where it has at most one straight part. */
export function hullOf(t: Tableau, at: number): Hull | undefined {
  return t.hull.size === 0 ? undefined : t.hull.get(at);
}

/** What an entity pays once it receives anything. */
export function feeOf(t: Tableau, at: number): number {
  return t.fee === null || (t.hi[at] as number) <= 0 ? 0 : t.fee[at] as number;
}

/** The envelope's outcome at an amount, less the fee. */
export function envelopeAt(t: Tableau, at: number, amount: number): number {
  const lo = t.lo[at] as number;
  if (amount >= (t.knee[at] as number) && amount > lo) {
    const hull = hullOf(t, at);
    return hull !== undefined && amount === t.knee[at]
      ? hull.y[hull.y.length - 1] as number
      : valueAt(t, at, amount) - feeOf(t, at);
  }
  const hull = hullOf(t, at);
  if (hull === undefined) {
    const rise = amount > lo ? (t.steep[at] as number) * (amount - lo) : 0;
    return footOf(t, at) + rise;
  }
  let part = 0;
  while (
    part < hull.slope.length - 1 && (hull.x[part + 1] as number) <= amount
  ) part++;
  const past = Math.max(amount - (hull.x[part] as number), 0);
  return (hull.y[part] as number) + (hull.slope[part] ?? 0) * past;
}
