/**
 * An allocation problem as columns of numbers in the order of its tree, with the
 * concave envelope of each curve over what its entity may receive.
 *
 * An envelope begins at `lo` (at 0 where the entity may be off), runs straight to
 * the knee, where the line touches the curve, and is the curve from there on.
 * Where it has more than one straight part, `hull` holds their ends. At a price
 * above `steep` an entity takes lo, below `flat` it takes hi.
 *
 * @module
 */
import type { Hull } from "./hull.ts";
import type { Tabulated } from "./tabulated.ts";

/** Michaelis-Menten, and Hill with slope 1. */
export const SIMPLE = 0;
/** Logistic. */
export const LOGISTIC = 1;
/** Hill with another slope. */
export const HILL = 2;
/** A curve that answers nothing. */
export const ZERO = 3;
/** A curve without a closed form. */
export const TABULATED = 4;

/** Columns of shape [entities]; domains and envelopes may be changed by `setDomain`. */
export interface Tableau {
  readonly size: number;
  readonly kind: Uint8Array;
  /** Ceiling times weight; of a tabulated curve the weight. */
  readonly ceiling: Float64Array;
  /** Half saturation; for logistic curves 1 ÷ rate. */
  readonly half: Float64Array;
  readonly slope: Float64Array;
  /** ln(half ÷ (ceiling · slope)). */
  readonly logScale: Float64Array;
  /** Where the curve turns from convex to concave; 0 if it is concave. */
  readonly bend: Float64Array;
  /** Step sizes, 0 for none. */
  readonly step: Float64Array;
  /** 1 where nothing at all is allowed beside [least, hi]. */
  readonly off: Uint8Array;
  /** Least it receives unless it is off. */
  readonly least: Float64Array;
  readonly hi: Float64Array;
  /** Where the envelope begins. */
  readonly lo: Float64Array;
  /** Where the envelope's last straight part ends. */
  readonly knee: Float64Array;
  /** Slope of the envelope at lo. */
  readonly steep: Float64Array;
  /** Slope of the envelope at hi. */
  readonly flat: Float64Array;
  /** Last root, ln(x ÷ half): where the next search starts. */
  readonly warm: Float64Array;
  /** Curves without a closed form, by position. */
  readonly tabulated: Map<number, Tabulated>;
  /** Envelopes with vertices, by position. */
  readonly hull: Map<number, Hull>;
  /** What each entity pays for a unit beside the price; null if nothing. */
  shift: Float64Array | null;
  /** What each entity pays for being on; null if nothing. */
  fee: Float64Array | null;
  /** A price so low that everybody takes hi; at most 0. */
  base: number;
}

/** Finds a price at which everybody takes hi. */
export function findBase(t: Tableau): void {
  t.base = 0;
  for (let at = 0; at < t.size; at++) lowerBase(t, at);
}

/** Lowers the base to a price at which an entity takes hi. */
export function lowerBase(t: Tableau, at: number): void {
  const flat = Math.min(t.flat[at] as number, 0);
  const shift = t.shift === null ? 0 : t.shift[at] as number;
  const base = flat - shift;
  if (base >= t.base) return;
  t.base = base - 1e-15 * (Math.abs(flat) + Math.abs(shift));
}

/** A second tableau of the same entities, whose domains can be changed on their own. */
export function copyTableau(t: Tableau): Tableau {
  return {
    ...t,
    off: t.off.slice(),
    least: t.least.slice(),
    hi: t.hi.slice(),
    lo: t.lo.slice(),
    knee: t.knee.slice(),
    steep: t.steep.slice(),
    flat: t.flat.slice(),
    warm: t.warm.slice(),
    hull: new Map(t.hull),
  };
}
