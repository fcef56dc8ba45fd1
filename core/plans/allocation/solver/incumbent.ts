/**
 * Plans on the way: where they come from, when they count, and when the best is good
 * enough.
 *
 * @module
 */
import { balance } from "./bundle.ts";
import { createSum } from "./compensated_sum.ts";
import { type Model, sumOutcome, trueExcess } from "./evaluate.ts";
import { exchangeSteps } from "./exchange.ts";
import { keepsSums } from "./keeps_sums.ts";
import { createRestricted } from "./prepare.ts";
import { relaxTree } from "./relax.ts";
import { restrict } from "./restrict.ts";
import { isAllowed, type Undecided } from "./split.ts";

/** Multipliers that certify a bound. */
export interface Prices {
  /** Of the budget, before the charge. */
  readonly price: number;
  /** What members of each node pay, shape [nodes]. */
  readonly nodePrices: Float64Array;
  /** Of each row, shape [rows]. */
  readonly multipliers: Float64Array;
}

/** Multipliers of the whole problem, before any split. */
export interface Root extends Prices {
  readonly bound: number;
}

/** The best plan found, with prices that support it, and a bound on all plans. */
export interface Solution extends Prices {
  readonly amounts: Float64Array;
  readonly outcome: number;
  readonly upperBound: number;
  /** Relaxations solved in the search tree. */
  readonly nodes: number;
}

/** When to stop. */
export interface Effort {
  /** Relative gap that is good enough. */
  readonly tolerance: number;
  /** Nodes of the search tree at most, and as long as there is no plan. */
  readonly maxNodes: number;
  readonly blindNodes: number;
  /** A gap that is good enough, in outcome. */
  readonly spare: number;
  /** An outcome that is good enough. */
  readonly enough: number;
  /** An outcome below which plans are of no use. */
  readonly useful: number;
  /** A price to begin with; NaN for none. */
  readonly guess: number;
  /** Whether groups at their bounds are searched one by one first. */
  readonly divides: boolean;
  /** Whether time is up; a first plan is looked for all the same. */
  stop(): boolean;
  /** Whether it is up even for a first plan. */
  giveUp(): boolean;
}

/** A relaxed optimum; its arrays are its own. */
export interface Relaxed extends Prices {
  readonly amounts: Float64Array;
  readonly on: Float64Array | null;
  readonly bound: number;
}

/** A search under way. */
export interface Search {
  readonly model: Model;
  readonly effort: Effort;
  readonly lowest: number;
  /** Prices of the whole problem, before any split. */
  root: Root | null;
  best: Solution | null;
  nodes: number;
  /** The same model, its domains free to be narrowed; made when first needed. */
  narrowed: Model | null;
}

/** Rows are kept to this part of their size; rounding to whole amounts keeps them exactly. */
const KEPT = 1e-11;
/** After so many nodes, plans are made from every eighth only. */
const EAGER = 40;

/** Whether the best plan is near enough to a bound. */
export function isGoodEnough({ best, effort }: Search, bound: number): boolean {
  if (best !== null && best.outcome >= effort.enough) return true;
  return best !== null &&
    bound <=
      best.outcome + Math.max(effort.tolerance * Math.abs(bound), effort.spare);
}

/** Whether time is up, as things stand. */
export function isLate(
  { best, effort }: Pick<Search, "best" | "effort">,
): boolean {
  return best === null ? effort.giveUp() : effort.stop();
}

/** Solves a model's relaxation; null if it has no solution, or none that is better than the best. */
export function solveRelaxed(
  { effort, best, lowest }: Search,
  model: Model,
  { guess, start }: {
    readonly guess: number;
    readonly start: Float64Array | null;
  },
): Relaxed | null {
  const { t, limits, bench, lens } = model;
  if (lens !== null) {
    const cutoff = best === null ? -Infinity : best.outcome;
    return balance(model, lens, {
      ...{ guess, start, lowest, cutoff },
      stop: () => isLate({ best, effort }),
    });
  }
  const relaxed = relaxTree(t, limits, { bench, guess });
  return relaxed && {
    ...relaxed,
    amounts: relaxed.amounts.slice(),
    on: null,
    nodePrices: bench.price.slice(),
    multipliers: new Float64Array(0),
  };
}

/** Tries plans in which undecided entities are on beyond a share of their line. */
export function makePlans(
  search: Search,
  relaxed: Relaxed,
  undecided: Undecided | null,
): void {
  const { model, nodes } = search;
  if (undecided === null && model.rows.length === 0) return;
  if (search.best !== null && nodes > EAGER && nodes % 8 !== 0) return;
  const several = undecided === null || undecided.count > 1;
  for (const threshold of several ? [0.5, 0, 1] : [0, 1]) {
    if (isGoodEnough(search, relaxed.bound)) return;
    if (isLate(search)) return;
    tryNear(search, relaxed, threshold);
  }
}

/** Offers the best plan of the problem restricted to parts near amounts. */
export function tryNear(
  search: Search,
  relaxed: Relaxed,
  threshold: number,
): void {
  const { model } = search;
  const restricted = search.narrowed ??= createRestricted(model);
  restrict(model, restricted, {
    amounts: relaxed.amounts,
    choice: { threshold, on: relaxed.on },
  });
  const plan = solveRelaxed(search, restricted, {
    guess: relaxed.price,
    start: relaxed.multipliers,
  });
  if (plan !== null) offer(search, plan);
}

/** Keeps a plan if it is allowed and better than the best. */
export function offer(search: Search, plan: Relaxed): void {
  const { model } = search;
  const { t, rows } = model;
  const amounts = exchangeSteps(model, plan.amounts);
  for (let at = 0; at < t.size; at++) {
    if (!isAllowed(t, at, amounts[at] as number)) return;
  }
  const outcome = sumOutcome(model, amounts, createSum());
  if (search.best !== null && outcome <= search.best.outcome) return;
  if (rows.length > 0 && !keepsSums(model.limits, amounts)) return;
  const kept = rows.every((row) => {
    if (row.penalty < Infinity) return true;
    const excess = trueExcess(t, row, amounts);
    return (row.equal ? Math.abs(excess) : excess) <= KEPT * row.scale;
  });
  if (!kept) return;
  const own = rows.length === 0 && isFinitelyPriced(plan);
  const { price, nodePrices, multipliers } = own ? plan : search.root ?? plan;
  search.best = {
    ...{ amounts, outcome, price, nodePrices, multipliers },
    ...{ upperBound: Infinity, nodes: 0 },
  };
}

/** Floors that a split has raised may leave no choice where the problem itself has one. */
function isFinitelyPriced({ price, nodePrices }: Prices): boolean {
  return price < Infinity && nodePrices.every((paid) => paid < Infinity);
}
