/**
 * A solution in the problem's order and words.
 *
 * @module
 */
import type { BindingConstraint } from "../../../domain/allocation.ts";
import type { CertifiedAllocation } from "../allocate.ts";
import type { Solution } from "./incumbent.ts";
import { type AnyProblem, nameOf } from "./columns.ts";
import { marginalAt } from "./curve.ts";
import type { Prepared } from "./prepare.ts";
import type { Row } from "./rows.ts";

/** Reports; what is long to list is listed when it is asked for. */
export function report(
  problem: AnyProblem,
  prepared: Prepared,
  solution: Solution,
): CertifiedAllocation {
  const { tree, model } = prepared;
  const { outcome, upperBound, nodes } = solution;
  const { charge } = model.limits;
  let marginal: Float64Array | null = null;
  let binding: readonly BindingConstraint[] | null = null;
  const listed = Float64Array.from(solution.amounts);
  tree.order.forEach((from, at) => {
    listed[from] = solution.amounts[at] as number;
  });
  return {
    amounts: listed,
    outcome,
    upperBound,
    gap: upperBound === outcome
      ? 0
      : (upperBound - outcome) / Math.abs(upperBound),
    get binding() {
      return binding ??= listBinding(problem, prepared, solution);
    },
    get marginal() {
      return marginal ??= findMarginal(prepared, solution);
    },
    price: solution.price - charge,
    groupPrices: Array.from(
      tree.nodeOfGroup,
      (node) => (solution.nodePrices[node] as number) - charge,
    ),
    rowPrices: Object.fromEntries(
      model.rows.map(({ constraint }, row) => [
        constraint,
        solution.multipliers[row] as number,
      ]),
    ),
    nodes,
  };
}

/** d objective / d amount of each entity, in the problem's order. */
function findMarginal(
  { tree, model: { t, limits } }: Prepared,
  { amounts }: Solution,
): Float64Array {
  const marginal = new Float64Array(amounts.length);
  for (let at = 0; at < amounts.length; at++) {
    marginal[tree.order[at] as number] =
      marginalAt(t, at, amounts[at] as number) - limits.charge;
  }
  return marginal;
}

/**
 * What one more unit of each bound that is met would bring; negative where a
 * floor costs.
 */
function listBinding(
  problem: AnyProblem,
  prepared: Prepared,
  solution: Solution,
): BindingConstraint[] {
  const { tree, model: { limits, rows } } = prepared;
  const { price, nodePrices, multipliers } = solution;
  const binding: BindingConstraint[] = [];
  const note = (constraint: string, shadowPrice: number) => {
    if (shadowPrice !== 0 && Number.isFinite(shadowPrice)) {
      binding.push({ constraint, shadowPrice });
    }
  };
  note(
    "budget",
    price < Infinity ? price - limits.charge : findSteepest(prepared, solution),
  );
  problem.groups.forEach(({ id }, group) => {
    const node = tree.nodeOfGroup[group] as number;
    const outer = nodePrices[tree.parent[node] as number] as number;
    const extra = (nodePrices[node] as number) - outer || 0;
    note(`group:${id}:${extra > 0 ? "hi" : "lo"}`, extra);
  });
  rows.forEach((row, index) => {
    const y = multipliers[index] as number;
    note(row.constraint, worthOf(row, y, solution.amounts));
  });
  noteEntities(prepared, solution, note);
  return binding;
}

/** What one more unit of a row's bound would bring. */
function worthOf(
  { kind, at, constraint }: Row,
  y: number,
  amounts: Float64Array,
): number {
  if (kind === "returns") {
    return -y * at.reduce((sum, place) => sum + (amounts[place] as number), 0);
  }
  return constraint.endsWith(":lo") ? -y : y;
}

function noteEntities(
  { columns, tree, model: { t, rows } }: Prepared,
  { amounts, nodePrices, multipliers }: Solution,
  note: (constraint: string, shadowPrice: number) => void,
): void {
  const shift = new Float64Array(t.size);
  const gain = new Float64Array(t.size).fill(1);
  rows.forEach(({ kind, at, coefficient, least }, row) => {
    const y = multipliers[row] as number;
    at.forEach((place, term) => {
      if (kind === "most") return;
      const cost = kind === "linear" ? coefficient[term] as number : least;
      shift[place] = (shift[place] as number) + y * cost;
      if (kind === "returns") gain[place] = (gain[place] as number) + y;
    });
  });
  for (let at = 0; at < t.size; at++) {
    const amount = amounts[at] as number;
    const lo = t.least[at] as number;
    const hi = t.hi[at] as number;
    if (hi <= lo || amount > lo && amount < hi || amount < lo) continue;
    const own = (nodePrices[tree.nodeOf[at] as number] as number) +
      (shift[at] as number);
    if (own === Infinity) continue;
    const extra = (gain[at] as number) * marginalAt(t, at, amount) - own;
    const name = nameOf(columns, tree.order[at] as number);
    if (amount >= hi && extra > 0) note(`entity:${name}:hi`, extra);
    else if (lo > 0 && amount <= lo && extra < 0) {
      note(`entity:${name}:lo`, extra);
    }
  }
}

function findSteepest(
  { model: { t, limits } }: Prepared,
  { amounts }: Solution,
): number {
  let most = 0;
  for (let at = 0; at < t.size; at++) {
    const next = marginalAt(t, at, amounts[at] as number) - limits.charge;
    if (next < Infinity && next > most) most = next;
  }
  return most;
}
