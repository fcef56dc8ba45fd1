/**
 * The dual at given multipliers of rows: its value, its slope, and its curvature.
 *
 * The slope is what the relaxed optimum makes of each row. The curvature follows
 * from the rates at which entities answer to prices, less what each market's own
 * price takes back to keep its sum.
 *
 * @module
 */
import { hullOf, valueAt } from "./curve.ts";
import { type Lens, look, mix, mixed } from "./lens.ts";
import type { Bench } from "./market.ts";
import { type Limits, relaxTree } from "./relax.ts";
import { excessOf, type Row } from "./rows.ts";
import type { Tableau } from "./tableau.ts";

/** A problem's parts, as a node of the search sees them. */
export interface Model {
  readonly t: Tableau;
  readonly limits: Limits;
  readonly rows: readonly Row[];
  readonly bench: Bench;
  /** Null where there are no rows. */
  readonly lens: Lens | null;
  /** Size of outcomes, against which values of the dual are compared. */
  readonly size: number;
}

/** The dual at one point. */
export interface Evaluation {
  readonly multipliers: Float64Array;
  /** No allocation that keeps the rows brings more. */
  readonly value: number;
  /** c of each row, shape [rows]: minus the slope of the value. */
  readonly excess: Float64Array;
  readonly amounts: Float64Array;
  /** How much of each entity is on; null where no row asks. */
  readonly on: Float64Array | null;
  readonly price: number;
  readonly nodePrices: Float64Array;
  /** Second derivatives, shape [rows × rows]. */
  readonly curvature: Float64Array;
}

/** Evaluates; null if the bounds admit no allocation. */
export function evaluate(
  model: Model,
  lens: Lens,
  { multipliers, guess }: {
    readonly multipliers: Float64Array;
    readonly guess: number;
  },
): Evaluation | null {
  const { t, limits, rows, bench } = model;
  look(lens, t, { rows, multipliers });
  const relaxed = relaxTree(lens.t, limits, { bench, guess });
  if (relaxed === null) return null;
  const asked = rows.some(({ kind }) => kind === "most");
  const on = asked ? new Float64Array(t.size) : null;
  const outcome = new Float64Array(rows.length > 0 ? t.size : 0);
  for (const at of lens.touched) {
    mix(lens, t, [at, bench.amounts[at] as number]);
    outcome[at] = mixed.outcome;
    if (on) on[at] = mixed.on;
  }
  const said = {
    outcome: (at: number) => outcome[at] as number,
    on: (at: number) => on?.[at] ?? 0,
  };
  let value = relaxed.bound;
  const excess = Float64Array.from(rows, (row, index) => {
    const y = multipliers[index] as number;
    value += y * row.bound;
    return excessOf(row, bench.amounts, said);
  });
  return {
    multipliers,
    value,
    excess,
    on,
    amounts: bench.amounts.slice(),
    price: relaxed.price,
    nodePrices: bench.price.slice(),
    curvature: findCurvature(model, lens),
  };
}

/** Sums over entities that answer smoothly, each by its rate. */
interface Rates {
  /** Σ rate·pull·pullᵀ over all markets. */
  readonly curvature: Float64Array;
  /** Σ rate of each market. */
  readonly total: Float64Array;
  /** Σ rate·pull of each market, shape [nodes × rows]. */
  readonly weighted: Float64Array;
}

function findCurvature(model: Model, lens: Lens): Float64Array {
  const { t, limits: { tree }, rows, bench } = model;
  const size = rows.length;
  const rates: Rates = {
    curvature: new Float64Array(size * size),
    total: new Float64Array(tree.count),
    weighted: new Float64Array(tree.count * size),
  };
  const pivots = new Map<number, Float64Array>();
  for (let at = 0; at < t.size; at++) {
    const rate = bench.rate[at] as number;
    const inside = isInside(lens.t, at, bench.amounts[at] as number);
    if (!(rate > 0) && !inside) continue;
    const market = bench.market[tree.nodeOf[at] as number] as number;
    if (inside) {
      pivots.set(market, findPulls(model, lens, at));
      continue;
    }
    rates.total[market] = (rates.total[market] as number) + rate;
    if (!lens.effects.has(at)) continue;
    const pulls = findPulls(model, lens, at);
    for (let row = 0; row < size; row++) {
      const pull = rate * (pulls[row] as number);
      const place = market * size + row;
      rates.weighted[place] = (rates.weighted[place] as number) + pull;
      for (let other = 0; other < size; other++) {
        addAt(
          rates.curvature,
          row * size + other,
          pull * (pulls[other] as number),
        );
      }
    }
  }
  keepSums(model, rates, pivots);
  return rates.curvature;
}

/** Whether an entity stands on a line of its envelope, between the line's ends. */
function isInside(t: Tableau, at: number, amount: number): boolean {
  const inside = amount > (t.lo[at] as number) &&
    amount < (t.knee[at] as number);
  return inside && hullOf(t, at)?.x.includes(amount) !== true;
}

/** What a unit of each row's multiplier adds to the price that an entity feels. */
function findPulls(
  { limits: { tree }, bench, rows }: Model,
  { effects, shift, gain }: Lens,
  at: number,
): Float64Array {
  const pulls = new Float64Array(rows.length);
  const price = bench.price[tree.nodeOf[at] as number] as number;
  const marginal = (price + (shift[at] as number)) / (gain[at] as number);
  for (const { row, cost, returns } of effects.get(at) ?? []) {
    pulls[row] = returns ? cost - marginal : cost;
  }
  return pulls;
}

/**
 * Takes off what each market's own price gives back to keep its sum. An entity
 * inside its line holds the price where the line is as steep.
 */
function keepSums(
  { limits: { tree, upTo, charge }, bench, rows }: Model,
  { curvature, total, weighted }: Rates,
  pivots: ReadonlyMap<number, Float64Array>,
): void {
  const size = rows.length;
  for (let market = 0; market < tree.count; market++) {
    const rate = total[market] as number;
    const slack = market === tree.count - 1 && upTo &&
      (bench.price[market] as number) <= charge;
    if (!(rate > 0) || slack) continue;
    const sums = weighted.subarray(market * size, (market + 1) * size);
    const held = pivots.get(market) ?? sums.map((sum) => sum / rate);
    for (let row = 0; row < size; row++) {
      for (let other = 0; other < size; other++) {
        const [a, b] = [held[row] as number, held[other] as number];
        addAt(
          curvature,
          row * size + other,
          rate * a * b - a * (sums[other] as number) -
            b * (sums[row] as number),
        );
      }
    }
  }
}

function addAt(to: Float64Array, cell: number, term: number): void {
  to[cell] = (to[cell] as number) + term;
}

/** What an allocation brings: outcome as the objective counts it, less charges and penalties. */
export function sumOutcome(
  { t, limits, rows, lens }: Model,
  amounts: Float64Array,
  sum: { add(term: number): void; total(): number },
): number {
  const worth = lens?.worth ?? 1;
  for (let at = 0; at < t.size; at++) {
    const amount = amounts[at] as number;
    if (worth !== 0) sum.add(valueAt(t, at, amount));
    if (limits.charge !== 0) sum.add(-limits.charge * amount);
  }
  for (const row of rows) {
    if (row.penalty === Infinity) continue;
    const excess = trueExcess(t, row, amounts);
    const broken = row.equal ? Math.abs(excess) : Math.max(excess, 0);
    sum.add(-row.penalty * broken);
  }
  return sum.total();
}

/** What amounts make of a row, by the curves themselves. */
export function trueExcess(
  t: Tableau,
  row: Row,
  amounts: Float64Array,
): number {
  return excessOf(row, amounts, {
    outcome: (at) => valueAt(t, at, amounts[at] as number),
    on: (at) => (amounts[at] as number) > 0 ? 1 : 0,
  });
}
