/**
 * Prices of bounds, read off the marginal returns of a plan that came without them.
 *
 * An entity inside its bounds returns what a unit must bring there: the price of the
 * budget and of the groups around it. So a group that stands at its bound is worth
 * what its members return beyond that, and a bound of an entity what is left.
 *
 * @module
 */
import type { AnyProblem } from "../allocation/solver/columns.ts";
import { nameOf, readColumns } from "../allocation/solver/columns.ts";
import { buildTree } from "../allocation/solver/tree.ts";
import { sumUp } from "./measure.ts";

/** What is known of a plan. */
export interface PricedPlan {
  /** Shape [entities]. */
  readonly amounts: Float64Array;
  /** What the next unit of each brings, shape [entities]. */
  readonly marginal: Float64Array;
  /** What one more unit of budget brings. */
  readonly price: number;
}

/** Prices by name, and what a unit must bring for each entity. */
export interface InferredPrices {
  readonly shadowPrices: Readonly<Record<string, number>>;
  /** Shape [entities]. */
  readonly mustBring: Float64Array;
}

/** Distance from a bound, as a part of its size, at which it holds. */
const MET = 1e-7;

/** Infers prices; linear constraints are left aside. */
export function inferPrices(
  problem: AnyProblem,
  { amounts, marginal, price }: PricedPlan,
): InferredPrices {
  const columns = readColumns(problem);
  const tree = buildTree(problem.groups, columns.group);
  const mustBring = new Float64Array(amounts.length).fill(price);
  const shadowPrices: Record<string, number> = Object.create(null);
  shadowPrices.budget = price;
  const isFree = (at: number) =>
    !isMet(amounts[at] as number, columns.lo[at] as number) &&
    !isMet(amounts[at] as number, columns.hi[at] as number);
  for (let node = tree.count - 2; node >= 0; node--) {
    const members = tree.order.subarray(tree.first[node], tree.end[node]);
    const sum = sumUp(
      Float64Array.from(members, (at) => amounts[at] as number),
    );
    const side = isMet(sum, tree.hi[node] as number)
      ? "hi"
      : tree.lo[node] !== 0 && isMet(sum, tree.lo[node] as number)
      ? "lo"
      : null;
    const own = tree.order.subarray(tree.direct[node], tree.end[node]);
    const free = own.find(isFree);
    if (side === null || free === undefined) continue;
    const extra = (marginal[free] as number) - (mustBring[free] as number);
    if (side === "hi" ? extra <= 0 : extra >= 0) continue;
    const id = problem.groups[tree.group[node] as number]?.id;
    shadowPrices[`group:${id}:${side}`] = extra;
    for (const at of members) {
      mustBring[at] = (mustBring[at] as number) + extra;
    }
  }
  amounts.forEach((amount, at) => {
    const extra = (marginal[at] as number) - (mustBring[at] as number);
    const name = `entity:${nameOf(columns, at)}`;
    if (extra > 0 && isMet(amount, columns.hi[at] as number)) {
      shadowPrices[`${name}:hi`] = extra;
    } else if (
      extra < 0 && amount > 0 && isMet(amount, columns.lo[at] as number)
    ) shadowPrices[`${name}:lo`] = extra;
  });
  return { shadowPrices, mustBring };
}

function isMet(amount: number, bound: number): boolean {
  return Math.abs(amount - bound) <= MET * Math.abs(bound);
}
