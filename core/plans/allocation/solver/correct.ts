/**
 * Amounts moved a little so that rows hold exactly.
 *
 * Where curves are all but straight, no price is fine enough to say what their
 * entities take; where entities stand inside their lines, no weights are. Amounts
 * are then moved by least squares, each market's sum kept.
 *
 * @module
 */
import { marginalAt } from "./curve.ts";
import { factorize, substitute } from "./dense.ts";
import { evaluate, type Model, trueExcess } from "./evaluate.ts";
import type { Lens } from "./lens.ts";

/** A combination of optima near the best multipliers. */
export interface Combined {
  readonly amounts: Float64Array;
  readonly multipliers: Float64Array;
  readonly price: number;
}

/** How easily each entity moves, and what that does to each row. */
interface Play {
  readonly ease: Float64Array;
  /** Σ ease of each market; infinite where the sum is free. */
  readonly total: Float64Array;
  /** By how much each market's sum has left what it was, shape [nodes]. */
  readonly drift: Float64Array;
  pullsOf(at: number): Float64Array;
  marketOf(at: number): number;
}

const STEPS = 6;
/** Rows broken by more than this part of their size are not corrected. */
const FAR = 1e-3;
const CLOSE = 1e-14;
/** Sums that have left what they were by more than this part of the budget undo the correction. */
const KEPT = 1e-12;

/** Corrects amounts in place. */
export function correct(model: Model, lens: Lens, combined: Combined): void {
  const { t, rows } = model;
  const { amounts, multipliers, price } = combined;
  const findExcess = () =>
    rows.map((row, index) => {
      const y = multipliers[index] as number;
      const broken = Math.abs(y) >= row.penalty * (1 - 1e-9);
      if (row.kind === "most" || broken) return 0;
      const excess = trueExcess(t, row, amounts);
      const used = row.equal || y > 0;
      return used || excess > 0 ? excess : 0;
    });
  const isWithin = (excess: readonly number[], part: number) =>
    excess.every((c, row) => Math.abs(c) <= part * (rows[row]?.scale ?? 0));
  let excess = findExcess();
  if (isWithin(excess, CLOSE) || !isWithin(excess, FAR)) return;
  if (evaluate(model, lens, { multipliers, guess: price }) === null) return;
  const before = amounts.slice();
  const near = CLOSE * model.limits.budget;
  for (let step = 0; step < STEPS; step++) {
    const play = findPlay(model, lens, { amounts, before });
    const kept = play.drift.every((off) => Math.abs(off) <= near);
    if (kept && isWithin(excess, CLOSE)) return;
    const pull = solveFor(model, play, excess);
    if (pull === null && kept) break;
    const none = new Float64Array(rows.length);
    moveAlong(model, play, { amounts, pull: pull ?? none });
    excess = findExcess();
  }
  const { drift } = findPlay(model, lens, { amounts, before });
  if (drift.some((off) => Math.abs(off) > KEPT * model.limits.budget)) {
    amounts.set(before);
  }
}

function findPlay(
  model: Model,
  lens: Lens,
  { amounts, before }: {
    readonly amounts: Float64Array;
    readonly before: Float64Array;
  },
): Play {
  const { t, rows, limits: { tree, upTo, charge, budget }, bench } = model;
  const ease = new Float64Array(t.size);
  const total = new Float64Array(tree.count);
  const drift = new Float64Array(tree.count);
  let over = -budget;
  const marketOf = (at: number) =>
    bench.market[tree.nodeOf[at] as number] as number;
  const top = tree.count - 1;
  const slack = upTo && (bench.price[top] as number) <= charge;
  for (let at = 0; at < t.size; at++) {
    ease[at] = easeOf(model, at, amounts[at] as number);
    const market = marketOf(at);
    total[market] = (total[market] as number) + (ease[at] as number);
    const amount = amounts[at] as number;
    over += amount;
    drift[market] = (drift[market] as number) + amount - (before[at] as number);
  }
  if (slack) drift[top] = Math.max(over, 0);
  if (slack && over <= 0) total[top] = Infinity;
  return {
    ...{ ease, total, drift },
    marketOf,
    pullsOf(at) {
      const pulls = new Float64Array(rows.length);
      const effects = lens.effects.get(at) ?? [];
      const marginal = effects.some(({ returns }) => returns)
        ? marginalAt(t, at, amounts[at] as number)
        : 0;
      for (const { row, cost, returns } of effects) {
        pulls[row] = returns ? cost - marginal : cost;
      }
      return pulls;
    },
  };
}

function easeOf({ t, bench }: Model, at: number, amount: number): number {
  const least = t.least[at] as number;
  const span = (t.hi[at] as number) - least;
  const free = amount > least + 1e-12 * span &&
    amount < least + span * (1 - 1e-12);
  if (!free || t.step[at] !== 0) return 0;
  const rate = bench.rate[at] as number;
  return rate > 0 ? rate : span * span;
}

/** Multipliers whose change would take the excess away, by linear prediction. */
function solveFor(
  { t }: Model,
  { ease, total, pullsOf, marketOf }: Play,
  excess: readonly number[],
): Float64Array | null {
  const size = excess.length;
  const normal = new Float64Array(size * size);
  const weighted = new Map<number, Float64Array>();
  for (let at = 0; at < t.size; at++) {
    const own = ease[at] as number;
    if (own === 0) continue;
    const pulls = pullsOf(at);
    const market = weighted.get(marketOf(at)) ?? new Float64Array(size);
    weighted.set(marketOf(at), market);
    addSquare(normal, pulls, own);
    pulls.forEach((pull, row) => {
      market[row] = (market[row] as number) + own * pull;
    });
  }
  for (const [market, sums] of weighted) {
    addSquare(normal, sums, -1 / (total[market] as number));
  }
  const biggest = normal.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const active = excess.flatMap((c, row) =>
    c !== 0 && (normal[row * size + row] as number) > 1e-12 * biggest
      ? [row]
      : []
  );
  return active.length === 0 ? null : solvePart(normal, excess, active);
}

function addSquare(to: Float64Array, of: Float64Array, weight: number): void {
  const size = of.length;
  for (let row = 0; row < size; row++) {
    const scaled = weight * (of[row] as number);
    if (scaled === 0) continue;
    for (let other = 0; other < size; other++) {
      const cell = row * size + other;
      to[cell] = (to[cell] as number) + scaled * (of[other] as number);
    }
  }
}

function solvePart(
  normal: Float64Array,
  excess: readonly number[],
  active: readonly number[],
): Float64Array | null {
  const size = excess.length;
  const part = new Float64Array(active.length ** 2);
  active.forEach((row, i) =>
    active.forEach((other, j) => {
      part[i * active.length + j] = normal[row * size + other] as number;
    })
  );
  const factor = factorize(part, active.length);
  if (factor === null) return null;
  const solved = substitute(
    factor,
    Float64Array.from(active, (row) => excess[row] as number),
  );
  const pull = new Float64Array(size);
  active.forEach((row, i) => pull[row] = solved[i] as number);
  return pull;
}

function moveAlong(
  { t }: Model,
  { ease, total, drift, pullsOf, marketOf }: Play,
  { amounts, pull }: {
    readonly amounts: Float64Array;
    readonly pull: Float64Array;
  },
): void {
  const felt = new Float64Array(t.size);
  const kept = new Map<number, number>();
  drift.forEach((off, market) => {
    const all = total[market] as number;
    if (all > 0) kept.set(market, -off / all);
  });
  for (let at = 0; at < t.size; at++) {
    const own = ease[at] as number;
    if (own === 0) continue;
    felt[at] = pullsOf(at).reduce(
      (sum, effect, row) => sum + effect * (pull[row] as number),
      0,
    );
    const market = marketOf(at);
    kept.set(
      market,
      (kept.get(market) ?? 0) +
        own * (felt[at] as number) / (total[market] as number),
    );
  }
  for (let at = 0; at < t.size; at++) {
    const own = ease[at] as number;
    if (own === 0) continue;
    const moved = (amounts[at] as number) -
      own * ((felt[at] as number) - (kept.get(marketOf(at)) ?? 0));
    amounts[at] = Math.min(
      Math.max(moved, t.least[at] as number),
      t.hi[at] as number,
    );
  }
}
