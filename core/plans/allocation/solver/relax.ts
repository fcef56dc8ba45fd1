/**
 * The relaxed problem over the tree: every curve replaced by its concave envelope,
 * solved by one price for the budget and one for each group at a bound.
 *
 * The bound is the Lagrangian dual at the prices found; it is valid at any prices:
 * Σ max(f_i(x) − p_i·x) + Σ (p_g − p_parent)·(bound of g) + (p − charge)·budget. An
 * infinite price says that floors leave no choice; its terms cancel and are left
 * out.
 *
 * @module
 */
import { clear } from "./clear.ts";
import { createSum } from "./compensated_sum.ts";
import { envelopeAt } from "./curve.ts";
import { demandAt, response } from "./demand.ts";
import { guessPrice } from "./guess.ts";
import { type Bench, type Market, quote, takeAt } from "./market.ts";
import { narrowBounds, NEAR } from "./narrow_bounds.ts";
import { spread } from "./spread.ts";
import type { Tableau } from "./tableau.ts";
import type { Tree } from "./tree.ts";

/** What all relaxations of one problem share. */
export interface Limits {
  readonly tree: Tree;
  readonly budget: number;
  readonly upTo: boolean;
  /** What the objective takes for each unit spent: 1 for profit. */
  readonly charge: number;
}

/** The relaxed optimum. Its amounts are a bench's. */
export interface Relaxation {
  readonly amounts: Float64Array;
  /** Of the budget, before the charge. */
  readonly price: number;
  /** No allocation within the tableau's domains brings more. */
  readonly bound: number;
}

/**
 * Solves the relaxed problem within the tableau's domains.
 *
 * @param bench Written to: amounts, `price` and `market` of each node.
 * @param guess A price to begin with; NaN for none.
 * @returns The optimum, or null if the bounds admit no allocation.
 */
export function relaxTree(
  t: Tableau,
  limits: Limits,
  { bench, guess }: { readonly bench: Bench; readonly guess: number },
): Relaxation | null {
  const { tree, budget, upTo, charge } = limits;
  const range = narrowBounds({ t, tree, bench });
  if (range === null) return null;
  if (range.least * (1 - NEAR) > budget) return null;
  if (!upTo && range.most < budget * (1 - NEAR)) return null;
  const market = { t, tree, bench, node: tree.count - 1 };
  const target = Math.min(Math.max(budget, range.least), range.most);
  const free = upTo ? takeFree(market, charge) : Infinity;
  const given = Math.min(target, free);
  const clearing = free <= target
    ? { price: charge, less: bench.trial, more: bench.trial }
    : clear(market, target, {
      low: upTo ? charge : t.base,
      high: Infinity,
      guess: Number.isNaN(guess)
        ? guessPrice(
          market,
          (target - range.floors) / (range.caps - range.floors),
        )
        : guess,
    });
  spread(market, given, clearing);
  return {
    amounts: bench.amounts,
    price: clearing.price,
    bound: dualValue(t, limits, bench),
  };
}

function takeFree(market: Market, charge: number): number {
  return takeAt(market, quote(charge, "less"), market.bench.trial);
}

/** Lagrangian dual at the prices of a bench; leaves each entity's rate there if it has room. */
function dualValue(t: Tableau, limits: Limits, bench: Bench): number {
  const { tree, budget, charge } = limits;
  const sum = createSum();
  const finite = new Float64Array(tree.count);
  for (let n = tree.count - 1; n >= 0; n--) {
    const price = bench.price[n] as number;
    const above = tree.parent[n] as number;
    const outer = above < 0 ? 0 : finite[above] as number;
    finite[n] = price < Infinity ? price : outer;
    addEntities({ t, tree, bench, node: n }, finite[n] as number, sum);
    if (above < 0 || price === Infinity || price === outer) continue;
    const pinned = bench.price[above] === Infinity;
    const capped = price > outer && !pinned;
    sum.add((price - outer) * ((capped ? bench.hi[n] : bench.lo[n]) as number));
  }
  const price = bench.price[tree.count - 1] as number;
  if (price < Infinity) sum.add((price - charge) * budget);
  else sum.add(-charge * budget);
  return sum.total();
}

function addEntities(
  { t, tree, bench, node }: Market,
  paid: number,
  sum: ReturnType<typeof createSum>,
): void {
  const end = tree.end[node] as number;
  const rated = bench.rate.length > 0;
  const price = quote(bench.price[node] as number, "less");
  for (let at = tree.direct[node] as number; at < end; at++) {
    let amount = bench.demand[at] as number;
    if (rated) {
      amount = demandAt(t, at, price);
      bench.rate[at] = -response.slope;
    }
    const own = t.shift === null ? paid : paid + (t.shift[at] as number);
    sum.add(envelopeAt(t, at, amount) - own * amount);
  }
}
