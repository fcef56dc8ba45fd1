/**
 * Where a relaxed plan is not one, and how to tell its cases apart.
 *
 * @module
 */
import { envelopeAt, valueAt } from "./curve.ts";
import type { Domain } from "./envelope.ts";
import type { Tableau } from "./tableau.ts";

/** An entity to be decided. */
export interface Undecided {
  readonly at: number;
  readonly amount: number;
  /** By how much its envelope is above its curve. */
  readonly gap: number;
  /** How many entities are undecided. */
  readonly count: number;
}

const NEAR = 1e-9;

/** Whether an entity may receive an amount. */
export function isAllowed(t: Tableau, at: number, amount: number): boolean {
  const least = t.least[at] as number;
  if (t.off[at] === 1 && amount === 0) return true;
  if (amount < least * (1 - NEAR)) return false;
  const step = t.step[at] as number;
  if (step === 0) return true;
  const steps = (amount - least) / step;
  return Math.abs(steps - Math.round(steps)) <= 1e-7;
}

/** The entity whose envelope is farthest above its curve; null if all are decided. */
export function findUndecided(
  t: Tableau,
  amounts: Float64Array,
  on: Float64Array | null,
): Undecided | null {
  let widest: { at: number; gap: number } | null = null;
  let count = 0;
  for (let at = 0; at < t.size; at++) {
    const gap = gapAt(t, [at, amounts[at] as number], on);
    if (gap <= 0) continue;
    count++;
    if (widest === null || gap > widest.gap) widest = { at, gap };
  }
  return widest === null
    ? null
    : { ...widest, amount: amounts[widest.at] as number, count };
}

function gapAt(
  t: Tableau,
  [at, amount]: readonly [number, number],
  on: Float64Array | null,
): number {
  const lo = t.lo[at] as number;
  const hi = t.hi[at] as number;
  if (hi <= lo) return 0;
  const share = on === null || t.off[at] !== 1 ? 0 : on[at] as number;
  if (share > 1e-7 && share < 1 - 1e-7) {
    return Math.min(share, 1 - share) *
      (Math.abs(valueAt(t, at, amount)) + 1e-300);
  }
  const smooth = t.step[at] === 0;
  if (smooth && (amount <= lo || amount >= (t.knee[at] as number))) return 0;
  const allowed = isAllowed(t, at, amount);
  if (allowed && amount - lo <= 1e-13 * hi) return 0;
  const line = envelopeAt(t, at, amount);
  const excess = line - valueAt(t, at, amount);
  if (!allowed) return Math.max(excess, 1e-300);
  return excess > 1e-15 * Math.abs(line) ? excess : 0;
}

/** Cases that tell an undecided entity's domains apart; each excludes where it stands now, or fits it better. */
export function splitDomain(
  t: Tableau,
  { at, amount }: Undecided,
): readonly Domain[] {
  const least = t.least[at] as number;
  const hi = t.hi[at] as number;
  if (t.off[at] === 1) {
    return [{ lo: 0, hi: 0, off: false }, { lo: least, hi, off: false }];
  }
  const step = t.step[at] as number;
  if (step > 0) {
    const below = least + Math.floor((amount - least) / step + 1e-7) * step;
    return [
      { lo: least, hi: Math.min(below, hi), off: false },
      { lo: Math.min(below + step, hi), hi, off: false },
    ];
  }
  return [
    { lo: least, hi: amount, off: false },
    { lo: amount, hi, off: false },
  ];
}
