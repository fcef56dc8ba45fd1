/**
 * The relaxed problem: every curve replaced by its concave envelope, solved by
 * one price for the budget and one for each group.
 *
 * A group whose members would take more than its most at the budget's price pays
 * the higher price at which they take exactly that; one that would take less than
 * its least pays a lower price. Both prices are found once, and then stand as
 * bounds on what the group's members pay at any price of the budget.
 *
 * The bound is the Lagrangian dual at the prices found; it is valid at any prices:
 * Σ max(f_i(x) − p_i·x) + Σ max((p_g − λ)·y) + λ·budget. An infinite price says
 * that floors leave no choice; its terms cancel and are left out.
 *
 * @module
 */
import {
  type Buffers,
  clear,
  createBuffers,
  findJumps,
  type Market,
  quote,
  sumDemand,
} from "./clear.ts";
import { demandAt, response } from "./demand.ts";
import { createSum } from "./compensated_sum.ts";
import { type Tableau, valueAt } from "./tableau.ts";

/** What is common to all relaxations of one problem. */
export interface Limits {
  readonly budget: number;
  readonly upTo: boolean;
  /** Bounds on the groups' sums, shape [groups]. */
  readonly groupLo: Float64Array;
  readonly groupHi: Float64Array;
  /** Members of each group. */
  readonly members: readonly Int32Array[];
  readonly everyone: Int32Array;
}

/** Arrays that relaxations write to, made once. */
export interface Workbench {
  readonly buffers: Buffers;
  /** Amounts at which each group takes its most and least, and what is demanded then. */
  readonly most: Float64Array;
  readonly mostDemanded: Float64Array;
  readonly least: Float64Array;
  readonly leastDemanded: Float64Array;
  /** Prices at which each group takes its most (−1: never) and least (∞: never). */
  readonly mostPrice: Float64Array;
  readonly leastPrice: Float64Array;
}

/** The relaxed optimum; its arrays belong to the caller. */
export interface Relaxation {
  readonly amounts: Float64Array;
  readonly price: number;
  /** What the members of each group pay, shape [groups]. */
  readonly groupPrices: Float64Array;
  /** No allocation within the tableau's bounds brings more. */
  readonly bound: number;
}

/** Makes the arrays for problems of a size. */
export function createWorkbench(size: number, groups: number): Workbench {
  const column = () => new Float64Array(groups > 0 ? size : 0);
  return {
    buffers: createBuffers(size),
    most: column(),
    mostDemanded: column(),
    least: column(),
    leastDemanded: column(),
    mostPrice: new Float64Array(groups),
    leastPrice: new Float64Array(groups),
  };
}

/**
 * Solves the relaxed problem within the tableau's bounds.
 *
 * @returns The optimum, or null if the bounds admit no allocation.
 */
export function relax(
  t: Tableau,
  limits: Limits,
  { bench, guess }: { bench: Workbench; guess: number },
): Relaxation | null {
  const range = sumRange(t, limits);
  if (range === null) return null;
  const slack = 1e-12 * Math.max(limits.budget, range.most);
  if (range.least > limits.budget + slack) return null;
  if (!limits.upTo && range.most < limits.budget - slack) return null;
  priceGroups(t, limits, { bench, guess });
  const market: Market = {
    members: limits.everyone,
    demand: groupedDemand(t, limits, bench),
    jumps: findJumps(t, limits.everyone),
    guess: guess > 0 ? guess : chordSlope(t, limits.everyone),
  };
  let target = Math.min(Math.max(limits.budget, range.least), range.most);
  if (limits.upTo) {
    const free = market.demand(quote(0, "less"), bench.buffers.trial);
    target = Math.min(target, free);
  }
  const { price, amounts, demanded } = clear(market, target, bench.buffers);
  const groupPrices = limits.groupLo.map((_, group) =>
    Math.min(
      Math.max(price, bench.mostPrice[group] as number),
      bench.leastPrice[group] as number,
    )
  );
  return {
    amounts: amounts.slice(),
    price,
    groupPrices,
    bound: dualValue(t, limits, { bench, demanded, price, groupPrices }),
  };
}

/** Least and most that all can take together, groups respected; null if a group cannot. */
function sumRange(
  t: Tableau,
  limits: Limits,
): { readonly least: number; readonly most: number } | null {
  let least = 0;
  let most = 0;
  for (let at = 0; at < t.size; at++) {
    if ((t.group[at] as number) >= 0) continue;
    least += t.lo[at] as number;
    most += t.hi[at] as number;
  }
  for (let group = 0; group < limits.members.length; group++) {
    const taken = memberRange(t, limits.members[group] as Int32Array);
    const slack = 1e-12 * taken.most;
    if (taken.least > (limits.groupHi[group] as number) + slack) return null;
    if (taken.most < (limits.groupLo[group] as number) - slack) return null;
    const [lo, hi] = groupRange(t, limits, group);
    least += lo;
    most += hi;
  }
  return { least, most };
}

/** Least and most that some entities can take by their own bounds. */
function memberRange(
  t: Tableau,
  members: Int32Array,
): { readonly least: number; readonly most: number } {
  let least = 0;
  let most = 0;
  for (const at of members) {
    least += t.lo[at] as number;
    most += t.hi[at] as number;
  }
  return { least, most };
}

function groupRange(
  t: Tableau,
  limits: Limits,
  group: number,
): readonly [number, number] {
  const { least, most } = memberRange(t, limits.members[group] as Int32Array);
  return [
    Math.max(least, Math.min(limits.groupLo[group] as number, most)),
    Math.min(most, Math.max(limits.groupHi[group] as number, least)),
  ];
}

function chordSlope(t: Tableau, members: Int32Array): number {
  let rise = 0;
  let run = 0;
  for (const at of members) {
    const lo = t.lo[at] as number;
    const hi = t.hi[at] as number;
    if (hi > lo) {
      rise += valueAt(t, at, hi) - valueAt(t, at, lo);
      run += hi - lo;
    }
  }
  return run > 0 ? rise / run : 0;
}

function priceGroups(
  t: Tableau,
  limits: Limits,
  { bench, guess }: { bench: Workbench; guess: number },
): void {
  for (const [group, members] of limits.members.entries()) {
    const market: Market = {
      members,
      demand: sumDemand(t, members),
      jumps: findJumps(t, members),
      guess: guess > 0 ? guess : chordSlope(t, members),
    };
    const most = market.demand(quote(0, "more"), bench.buffers.trial);
    const least = market.demand(quote(Infinity, "less"), bench.buffers.trial);
    bench.mostPrice[group] = -1;
    bench.leastPrice[group] = Infinity;
    const hi = Math.max(limits.groupHi[group] as number, least);
    const lo = Math.min(limits.groupLo[group] as number, most);
    if (hi < most) {
      const found = clear(market, hi, bench.buffers);
      bench.mostPrice[group] = found.price;
      keep(members, found.amounts, bench.most);
      keep(members, found.demanded, bench.mostDemanded);
    }
    if (lo > least) {
      const found = clear(market, lo, bench.buffers);
      bench.leastPrice[group] = found.price;
      keep(members, found.amounts, bench.least);
      keep(members, found.demanded, bench.leastDemanded);
    }
  }
}

function keep(
  members: Int32Array,
  from: Float64Array,
  to: Float64Array,
): void {
  for (const at of members) to[at] = from[at] as number;
}

/** Demand of all, the groups within their bounds. */
function groupedDemand(
  t: Tableau,
  limits: Limits,
  bench: Workbench,
): Market["demand"] {
  if (limits.members.length === 0) return sumDemand(t, limits.everyone);
  return (price, out) => {
    let sum = 0;
    let slope = 0;
    const { value } = price;
    const more = price.side === "more";
    for (let at = 0; at < t.size; at++) {
      const group = t.group[at] as number;
      const ceiling = group < 0 ? -1 : bench.mostPrice[group] as number;
      const floor = group < 0 ? Infinity : bench.leastPrice[group] as number;
      if (value < ceiling || (value === ceiling && more)) {
        out[at] = bench.most[at] as number;
      } else if (value > floor || (value === floor && !more)) {
        if (floor < Infinity) out[at] = bench.least[at] as number;
        else out[at] = demandAt(t, at, price);
      } else {
        out[at] = demandAt(t, at, price);
        slope += response.slope;
      }
      sum += out[at] as number;
    }
    response.slope = slope;
    return sum;
  };
}

function dualValue(
  t: Tableau,
  limits: Limits,
  { bench, demanded, price, groupPrices }: {
    bench: Workbench;
    demanded: Float64Array;
    price: number;
    groupPrices: Float64Array;
  },
): number {
  const sum = createSum();
  for (let at = 0; at < t.size; at++) {
    const group = t.group[at] as number;
    const paid = group < 0 ? price : groupPrices[group] as number;
    const amount = group >= 0 && paid === bench.mostPrice[group]
      ? bench.mostDemanded[at] as number
      : group >= 0 && paid === bench.leastPrice[group]
      ? bench.leastDemanded[at] as number
      : demanded[at] as number;
    sum.add(valueAt(t, at, amount));
    if (paid < Infinity) sum.add(-paid * amount);
    else if (price < Infinity) sum.add(-price * amount);
  }
  for (let group = 0; group < groupPrices.length; group++) {
    const paid = groupPrices[group] as number;
    if (paid === price || paid === Infinity) continue;
    const [lo, hi] = groupRange(t, limits, group);
    if (price === Infinity) sum.add(paid * lo);
    else sum.add((paid - price) * (paid > price ? hi : lo));
  }
  if (price < Infinity) sum.add(price * limits.budget);
  return sum.total();
}
