/**
 * The tableau as it looks at given multipliers: outcomes are worth more where a
 * return is wanted, amounts cost more where a weighted sum is limited, and being on
 * has a fee where the number is.
 *
 * @module
 */
import { hullOf, valueAt } from "./curve.ts";
import { renewEnvelope } from "./envelope.ts";
import type { Row } from "./rows.ts";
import { findBase, type Tableau, ZERO } from "./tableau.ts";

/** A tableau under multipliers, and what they change. */
export interface Lens {
  readonly t: Tableau;
  /** What the objective gives for a unit of outcome beside the multipliers: 1, or 0. */
  readonly worth: number;
  readonly shift: Float64Array;
  readonly fee: Float64Array | null;
  /** Outcome's worth, shape [entities]. */
  readonly gain: Float64Array;
  /** Positions that a row touches. */
  readonly touched: Int32Array;
  /** What a unit of each row's multiplier adds to the price that an entity feels. */
  readonly effects: ReadonlyMap<number, readonly Effect[]>;
}

/** One row's effect; a return also takes off the entity's marginal outcome. */
export interface Effect {
  readonly row: number;
  readonly cost: number;
  readonly returns: boolean;
}

/** Makes a lens over a tableau. */
export function createLens(
  t: Tableau,
  rows: readonly Row[],
  worth: number,
): Lens {
  const touched = new Set<number>();
  rows.forEach(({ at }) => at.forEach((place) => touched.add(place)));
  const everyone = worth === 1 ? touched : t.least.keys();
  const shift = new Float64Array(t.size);
  const fee = rows.some(({ kind }) => kind === "most")
    ? new Float64Array(t.size)
    : null;
  return {
    t: {
      ...t,
      ...{ kind: t.kind.slice(), ceiling: t.ceiling.slice() },
      ...{ logScale: t.logScale.slice(), off: t.off.slice() },
      ...{ least: t.least.slice(), hi: t.hi.slice(), lo: t.lo.slice() },
      ...{ knee: t.knee.slice(), steep: t.steep.slice() },
      ...{ flat: t.flat.slice(), warm: t.warm.slice() },
      ...{ hull: new Map(t.hull), shift, fee },
    },
    worth,
    shift,
    fee,
    gain: new Float64Array(t.size).fill(1),
    touched: Int32Array.from(everyone).sort(),
    effects: listEffects(rows),
  };
}

function listEffects(rows: readonly Row[]): Map<number, Effect[]> {
  const effects = new Map<number, Effect[]>();
  rows.forEach(({ kind, at, coefficient, least }, row) => {
    if (kind === "most") return;
    const returns = kind === "returns";
    at.forEach((place, term) => {
      const list = effects.get(place) ?? [];
      if (list.length === 0) effects.set(place, list);
      const cost = returns ? least : coefficient[term] as number;
      list.push({ row, cost, returns });
    });
  });
  return effects;
}

/** Looks at a tableau's domains with multipliers, one for each row. */
export function look(
  lens: Lens,
  t: Tableau,
  { rows, multipliers }: {
    readonly rows: readonly Row[];
    readonly multipliers: Float64Array;
  },
): void {
  const { shift, fee, gain, touched, worth } = lens;
  shift.fill(0);
  fee?.fill(0);
  for (const at of touched) gain[at] = worth;
  rows.forEach(({ kind, at, coefficient, least }, index) => {
    const y = multipliers[index] as number;
    if (y === 0) return;
    at.forEach((place, term) => {
      if (kind === "most") {
        if (fee) fee[place] = (fee[place] as number) + y;
        return;
      }
      const cost = kind === "linear" ? coefficient[term] as number : least;
      shift[place] = (shift[place] as number) + y * cost;
      if (kind === "returns") gain[place] = (gain[place] as number) + y;
    });
  });
  for (let at = 0; at < t.size; at++) copyDomain(lens.t, t, at);
  for (const at of touched) view(lens, t, at);
  findBase(lens.t);
}

function copyDomain(to: Tableau, from: Tableau, at: number): void {
  to.off[at] = from.off[at] as number;
  to.least[at] = from.least[at] as number;
  to.hi[at] = from.hi[at] as number;
  to.lo[at] = from.lo[at] as number;
  to.knee[at] = from.knee[at] as number;
  to.steep[at] = from.steep[at] as number;
  to.flat[at] = from.flat[at] as number;
  if (from.hull.size === 0 && to.hull.size === 0) return;
  const hull = from.hull.get(at);
  if (hull === undefined) to.hull.delete(at);
  else to.hull.set(at, hull);
}

/** One entity at the worth of its outcome; its envelope is found anew only if a fee bends it. */
function view({ t: seen, gain, fee }: Lens, t: Tableau, at: number): void {
  const worth = gain[at] as number;
  const ceiling = worth * (t.ceiling[at] as number);
  seen.ceiling[at] = ceiling;
  const closed = !t.tabulated.has(at);
  seen.kind[at] = closed && ceiling === 0 ? ZERO : t.kind[at] as number;
  if (closed) {
    seen.logScale[at] = Math.log(
      (t.half[at] as number) / (t.slope[at] as number) / ceiling,
    );
  }
  const bent = (fee?.[at] ?? 0) !== 0 || ceiling === 0;
  if (bent) {
    renewEnvelope(seen, at);
    return;
  }
  seen.steep[at] = worth * (t.steep[at] as number);
  seen.flat[at] = worth * (t.flat[at] as number);
  const hull = hullOf(t, at);
  if (hull === undefined || worth === 1) return;
  seen.hull.set(at, {
    x: hull.x,
    y: hull.y.map((value) => worth * value),
    slope: hull.slope.map((value) => worth * value),
  });
}

/** Of the last {@link mix}: outcome at its own worth, and how much of the entity is on. */
export const mixed = { outcome: 0, on: 0 };

/**
 * What an amount is made of: inside a line, of the line's two ends in their shares.
 * Leaves it in {@link mixed}.
 */
export function mix(
  lens: Lens,
  t: Tableau,
  [at, amount]: [number, number],
): void {
  const { t: seen } = lens;
  const always = seen.off[at] === 0 && (seen.hi[at] as number) > 0;
  let from = seen.lo[at] as number;
  let to = seen.knee[at] as number;
  if (amount >= to || amount <= from) {
    mixed.outcome = valueAt(t, at, amount);
    mixed.on = always || amount > 0 ? 1 : 0;
    return;
  }
  const hull = hullOf(seen, at);
  if (hull !== undefined) {
    const next = hull.x.findIndex((x) => x > amount);
    from = hull.x[next - 1] as number;
    to = hull.x[next] as number;
  }
  const share = (amount - from) / (to - from);
  mixed.outcome = (1 - share) * valueAt(t, at, from) +
    share * valueAt(t, at, to);
  mixed.on = always || from > 0 ? 1 : share;
}
