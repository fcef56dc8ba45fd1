/**
 * One concave part of what an entity may receive, near an amount: what a plan is
 * restricted to so that it can be solved exactly.
 *
 * @module
 */
import { envelopeAt, hullOf, valueAt } from "./curve.ts";
import type { Domain } from "./envelope.ts";
import type { Hull } from "./hull.ts";
import { type Tableau, TABULATED } from "./tableau.ts";

/** How undecided entities are decided. */
export interface Choice {
  /** Those are on that are beyond this share of their line. */
  readonly threshold: number;
  /** How much of each is on; null if no row asks. */
  readonly on: Float64Array | null;
}

/** How far an entity stands along its line: 0 at its beginning, 1 at the knee or beyond. */
export function shareOf(
  t: Tableau,
  [at, amount]: readonly [number, number],
  on: Float64Array | null,
): number {
  if (on !== null && t.off[at] === 1) return on[at] as number;
  const lo = t.lo[at] as number;
  const knee = t.knee[at] as number;
  if (knee <= lo) return amount > 0 ? 1 : 0;
  return Math.min((amount - lo) / (knee - lo), 1);
}

/** The part near an amount. */
export function findPart(
  t: Tableau,
  [at, amount]: readonly [number, number],
  { threshold, on }: Choice,
): Domain {
  const lo = t.lo[at] as number;
  const hi = t.hi[at] as number;
  const least = t.least[at] as number;
  const share = shareOf(t, [at, amount], on);
  const isOn = share >= 1 || share > threshold;
  if (t.off[at] === 1 && !isOn) return { lo: 0, hi: 0, off: false };
  if (t.step[at] !== 0) {
    const fixed = roundToStep(t, [at, Math.max(amount, least)], threshold);
    return { lo: fixed, hi: fixed, off: false };
  }
  const hull = hullOf(t, at);
  if (t.kind[at] === TABULATED && hull !== undefined) {
    return findRun(t, at, { hull, amount, threshold });
  }
  const bend = t.bend[at] as number;
  if (bend <= least || t.kind[at] === TABULATED) {
    return { lo: least, hi, off: false };
  }
  return isOn
    ? { lo: Math.max(Math.min(bend, hi), least), hi, off: false }
    : { lo, hi: lo, off: false };
}

/** The lattice point at, below or above an amount; above if it is beyond the threshold. */
function roundToStep(
  t: Tableau,
  [at, amount]: readonly [number, number],
  threshold: number,
): number {
  const least = t.least[at] as number;
  const step = t.step[at] as number;
  const steps = (amount - least) / step;
  const near = Math.round(steps);
  const whole = Math.abs(steps - near) < 1e-7
    ? near
    : steps - Math.floor(steps) > threshold
    ? Math.ceil(steps)
    : Math.floor(steps);
  return Math.min(least + whole * step, t.hi[at] as number);
}

/** The neighbouring straight parts of a hull that lie on the curve, and the smooth part behind them. */
function findRun(
  t: Tableau,
  at: number,
  { hull, amount, threshold }: {
    readonly hull: Hull;
    readonly amount: number;
    readonly threshold: number;
  },
): Domain {
  const { x } = hull;
  const last = x.length - 1;
  const hi = t.hi[at] as number;
  const least = t.least[at] as number;
  let vertex = Math.max(x.findLastIndex((start) => start <= amount), 0);
  if (vertex < last) {
    const from = x[vertex] as number;
    const share = (amount - from) / ((x[vertex + 1] as number) - from);
    if (share > threshold) vertex++;
  }
  const touches = (part: number) => {
    if (part < 0 || part >= last) return false;
    const start = x[part] as number;
    if (start < least) return false;
    const middle = (start + (x[part + 1] as number)) / 2;
    const line = envelopeAt(t, at, middle);
    return line - valueAt(t, at, middle) <= 1e-12 * Math.abs(line);
  };
  let from = vertex;
  while (touches(from - 1)) from--;
  let to = vertex;
  while (touches(to)) to++;
  const end = to === last ? hi : x[to] as number;
  return { lo: x[from] as number, hi: end, off: false };
}
