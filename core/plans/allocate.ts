/**
 * Divides a budget among entities so that the outcome is largest, and proves how
 * large it could have been.
 *
 * @module
 */
import type {
  Allocation,
  AllocationProblem,
  BindingConstraint,
} from "../domain/plan.ts";
import { EngineError } from "../domain/error.ts";
import { branch, type Solution } from "./branch.ts";
import { findConflict } from "./conflict.ts";
import type { Limits } from "./relax.ts";
import { buildTableau, marginalAt, type Tableau } from "./tableau.ts";

/** When the search for a better plan, or a better proof, ends. */
export interface AllocateOptions {
  /** Relative gap that is good enough; by default 1e-10 below 1,000 entities and 1e-7 from there on. */
  readonly tolerance?: number;
  /** Nodes of the search tree at most; by default fewer for larger problems. */
  readonly maxNodes?: number;
}

/** An allocation, with the multipliers that certify its bound. */
export interface CertifiedAllocation extends Allocation {
  /** Outcome of one more unit of budget; infinite where the floors leave nothing to divide. */
  readonly price: number;
  /** What the members of each group pay for a unit, in the order of the groups. */
  readonly groupPrices: readonly number[];
  /** Relaxations solved in the search tree. */
  readonly nodes: number;
}

const NAMED = 12;

/**
 * Allocates.
 *
 * @param problem Amounts and bounds in one unit, not negative.
 * @param options When to stop.
 * @returns Amounts within all bounds to 1e-12 of the budget, and the certificate.
 * @throws {RangeError} If a curve, bound or name is not one.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function allocate(
  problem: AllocationProblem,
  options: AllocateOptions = {},
): CertifiedAllocation {
  checkProblem(problem);
  const found = findConflict(problem);
  if (found) throw infeasible(found);
  const size = problem.entities.length;
  const t = buildTableau(problem);
  const solution = branch(t, buildLimits(problem), {
    tolerance: options.tolerance ?? (size < 1000 ? 1e-10 : 1e-7),
    maxNodes: options.maxNodes ??
      Math.min(5000, Math.max(10, Math.round(200_000 / Math.max(size, 1)))),
  });
  if (solution === null) {
    throw infeasible({
      constraints: ["budget"],
      reason: "no allocation meets all bounds",
    });
  }
  return report(problem, t, solution);
}

/** Makes the failure that names what is in conflict. */
export function infeasible(
  { constraints, reason }: {
    readonly constraints: readonly string[];
    readonly reason: string;
  },
): EngineError {
  const more = constraints.length - NAMED;
  const named = constraints.slice(0, NAMED).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
  return new EngineError(
    "plan_infeasible",
    `Cannot allocate budget: ${reason} (${named}); relax one of these`,
    { facts: { constraints: named, conflicting: constraints.length } },
  );
}

function checkProblem({ entities, groups, budget }: AllocationProblem): void {
  const groupIds = new Set(groups.map(({ id }) => id));
  const ids = new Set(entities.map(({ id }) => id));
  if (ids.size < entities.length || groupIds.size < groups.length) {
    throw new RangeError("Cannot allocate budget: two ids are the same");
  }
  if (!(budget >= 0 && budget < Infinity)) {
    throw new RangeError(
      `Cannot allocate budget "${budget}": expected 0 or more`,
    );
  }
  for (const { id, lo, hi, group, curve } of entities) {
    const scale = curve.type === "logistic" ? curve.rate : curve.half;
    const slope = curve.type === "hill" ? curve.slope : 1;
    const shape = [scale, slope].every((x) => x > 0 && x < Infinity);
    if (!shape || !(curve.ceiling >= 0 && curve.ceiling < Infinity)) {
      throw new RangeError(
        `Cannot allocate to "${id}": its curve has no shape`,
      );
    }
    if (!(lo >= 0 && hi >= 0 && lo < Infinity && hi < Infinity)) {
      throw new RangeError(
        `Cannot allocate to "${id}": bounds must be finite and not negative`,
      );
    }
    if (group !== null && !groupIds.has(group)) {
      throw new RangeError(
        `Cannot allocate to "${id}": there is no group "${group}"`,
      );
    }
  }
}

function buildLimits(
  { entities, groups, budget, spend }: AllocationProblem,
): Limits {
  const members = groups.map((): number[] => []);
  const order = new Map(groups.map(({ id }, index) => [id, index]));
  entities.forEach(({ group }, at) => {
    if (group !== null) members[order.get(group) ?? -1]?.push(at);
  });
  return {
    budget,
    upTo: spend === "up_to",
    groupLo: Float64Array.from(groups, ({ lo }) => lo),
    groupHi: Float64Array.from(groups, ({ hi }) => hi),
    members: members.map((list) => Int32Array.from(list)),
    everyone: Int32Array.from(entities, (_, at) => at),
  };
}

function report(
  problem: AllocationProblem,
  t: Tableau,
  solution: Solution,
): CertifiedAllocation {
  const { amounts, outcome, upperBound, price, nodes } = solution;
  const marginal = amounts.map((amount, at) => marginalAt(t, at, amount));
  return {
    amounts,
    outcome,
    upperBound,
    gap: upperBound > 0 ? (upperBound - outcome) / upperBound : 0,
    binding: listBinding(problem, marginal, solution),
    marginal,
    price,
    groupPrices: [...solution.groupPrices],
    nodes,
  };
}

/**
 * What one more unit of each bound that is met would bring; negative where a
 * floor costs.
 */
function listBinding(
  { entities, groups }: AllocationProblem,
  marginal: Float64Array,
  { amounts, price, groupPrices }: Solution,
): BindingConstraint[] {
  const binding: BindingConstraint[] = [];
  const paid = new Map(groups.map(({ id }, at) => [id, groupPrices[at] ?? 0]));
  const note = (constraint: string, shadowPrice: number) => {
    if (shadowPrice !== 0 && Number.isFinite(shadowPrice)) {
      binding.push({ constraint, shadowPrice });
    }
  };
  note("budget", price < Infinity ? price : findSteepest(marginal));
  for (const { id } of groups) {
    const extra = (paid.get(id) ?? price) - price || 0;
    note(`group:${id}:${extra > 0 ? "hi" : "lo"}`, extra);
  }
  entities.forEach(({ id, group, lo, hi }, at) => {
    const amount = amounts[at] as number;
    if (hi <= lo || (amount > lo && amount < hi)) return;
    const own = group === null ? price : paid.get(group) ?? price;
    const extra = own < Infinity ? (marginal[at] as number) - own : 0;
    if (amount >= hi && extra > 0) note(`entity:${id}:hi`, extra);
    else if (lo > 0 && amount <= lo && extra < 0) {
      note(`entity:${id}:lo`, extra);
    }
  });
  return binding;
}

function findSteepest(marginal: Float64Array): number {
  return marginal.reduce(
    (most, next) => next < Infinity && next > most ? next : most,
    0,
  );
}
