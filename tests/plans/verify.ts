/**
 * Checks an allocation the obvious way, with none of the allocator's code.
 *
 * Feasibility is added up; the certificate is a dual bound at the multipliers
 * that the allocation names, each maximum found by a fine grid and a golden
 * section around its best point. An infinite price says that floors leave no
 * choice: the entity or group stands at its least.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationProblem,
} from "../../core/domain/plan.ts";
import type { CertifiedAllocation } from "../../core/plans/allocate.ts";
import { respond } from "../../core/domain/response.ts";

/** What was found. */
export interface Verification {
  /** What does not hold, for a person; empty if all does. */
  readonly violations: readonly string[];
  /** Upper bound on every allocation's outcome, found independently. */
  readonly dualBound: number;
}

const GRID = 400;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Verifies an allocation; sums may be off by 1e-9 of the budget, outcomes by 1e-9. */
export function verifyAllocation(
  problem: AllocationProblem,
  allocation: CertifiedAllocation,
): Verification {
  const violations = [...listViolations(problem, allocation)];
  const dualBound = boundOutcome(problem, allocation);
  const outcome = problem.entities.reduce(
    (sum, { curve }, at) => sum + respond(curve, allocation.amounts[at] ?? NaN),
    0,
  );
  const slack = 1e-9 * Math.abs(dualBound);
  if (!(Math.abs(outcome - allocation.outcome) <= slack)) {
    violations.push(`outcome is ${outcome}, not ${allocation.outcome}`);
  }
  if (outcome > allocation.upperBound + slack) {
    violations.push("outcome is above its own upper bound");
  }
  if (allocation.upperBound > dualBound + slack) {
    violations.push("upper bound is above the dual bound at its multipliers");
  }
  return { violations, dualBound };
}

function* listViolations(
  { entities, groups, budget, spend }: AllocationProblem,
  { amounts }: CertifiedAllocation,
): Generator<string> {
  const slack = 1e-9 * budget;
  let total = 0;
  const sums = new Map<string, number>();
  for (const [at, { id, lo, hi, group }] of entities.entries()) {
    const amount = amounts[at] ?? NaN;
    if (!(amount >= lo - slack && amount <= hi + slack)) {
      yield `"${id}" gets ${amount}, outside ${lo} to ${hi}`;
    }
    total += amount;
    if (group !== null) sums.set(group, (sums.get(group) ?? 0) + amount);
  }
  for (const { id, lo, hi } of groups) {
    const sum = sums.get(id) ?? 0;
    if (sum < lo - slack || sum > hi + slack) {
      yield `group "${id}" gets ${sum}, outside ${lo} to ${hi}`;
    }
  }
  if (total > budget + slack) yield `total ${total} is above ${budget}`;
  if (spend === "all" && total < budget - slack) {
    yield `total ${total} is below ${budget}`;
  }
}

function boundOutcome(
  { entities, groups, budget }: AllocationProblem,
  { price, groupPrices }: CertifiedAllocation,
): number {
  const paid = new Map(
    groups.map(({ id }, at) => [id, groupPrices[at] ?? price]),
  );
  const total = price < Infinity ? price : 0;
  let bound = total * budget;
  for (const entity of entities) {
    const own = entity.group === null ? price : paid.get(entity.group) ?? price;
    bound += own < Infinity
      ? maximize(entity, own)
      : respond(entity.curve, entity.lo) - total * entity.lo;
  }
  for (const { id, lo, hi } of groups) {
    const inside = entities.filter(({ group }) => group === id);
    const least = inside.reduce((sum, entity) => sum + entity.lo, 0);
    const most = inside.reduce((sum, entity) => sum + entity.hi, 0);
    const own = paid.get(id) ?? price;
    if (own === Infinity) continue;
    const floor = (own - total) * Math.max(lo, least);
    const cap = (own - total) * Math.min(hi, most);
    bound += price < Infinity ? Math.max(floor, cap) : floor;
  }
  return bound;
}

/** Largest curve(x) − price·x between the entity's bounds. */
function maximize({ curve, lo, hi }: AllocationEntity, price: number): number {
  const worth = (x: number) => respond(curve, x) - price * x;
  const point = (step: number) => lo + (hi - lo) * (step / GRID) ** 3;
  let best = 0;
  for (let step = 1; step <= GRID; step++) {
    if (worth(point(step)) > worth(point(best))) best = step;
  }
  let left = point(Math.max(best - 1, 0));
  let right = point(Math.min(best + 1, GRID));
  for (let step = 0; step < 90; step++) {
    const width = GOLDEN * (right - left);
    if (worth(right - width) >= worth(left + width)) right = left + width;
    else left = right - width;
  }
  return Math.max(worth((left + right) / 2), worth(point(best)));
}
