/**
 * Checks an allocation the obvious way, with none of the allocator's code.
 *
 * Feasibility is added up; the certificate is a dual bound at the multipliers
 * that the allocation names, each maximum found over all steps, or by a fine grid
 * and a golden section around its best point. An infinite price says that floors
 * leave no choice: the entity or group stands at its least.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationGroup,
  AllocationProblem,
} from "../../core/domain/allocation.ts";
import type { CertifiedAllocation } from "../../core/plans/allocation/allocate.ts";
import { respond } from "../../core/domain/response.ts";
import { isBelow, listViolations, sumOutcome } from "./violations.ts";

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
  const violations = [...listViolations(problem, allocation.amounts)];
  const dualBound = boundOutcome(problem, allocation);
  const outcome = sumOutcome(problem, allocation.amounts);
  const { budget, objective } = problem;
  const size = Math.abs(dualBound) + (objective === "profit" ? budget : 0);
  const { price } = allocation;
  const cost = price > -Infinity && price < Infinity ? Math.abs(price) : 0;
  const slack = 1e-9 * size +
    1e-11 * (weighRows(problem, allocation) + cost * budget);
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

/** Size of what multipliers of rows add and take away again, which rounding leaves its traces of. */
function weighRows(
  { entities, groups, linear = [], returns = [], budget }: AllocationProblem,
  { rowPrices }: CertifiedAllocation,
): number {
  let size = 0;
  for (const { id, terms } of linear) {
    const y = Math.abs(rowPrices[`linear:${id}:hi`] ?? 0) +
      Math.abs(rowPrices[`linear:${id}:lo`] ?? 0);
    for (const { id: name, hi } of entities) {
      size += y * Math.abs((terms[name] ?? 0) * hi);
    }
  }
  for (const { id, least } of returns) {
    size += Math.abs((rowPrices[`returns:${id}`] ?? 0) * least) * budget;
  }
  for (const { id } of groups) {
    size += (rowPrices[`group:${id}:most`] ?? 0) * entities.length;
  }
  return size;
}

/** Multipliers as an entity or group feels them. */
interface Felt {
  /** Of its group, with the charge; infinite if floors leave no choice. */
  readonly own: number;
  /** The nearest that is finite, 0 if none is. */
  readonly finite: number;
}

function boundOutcome(
  problem: AllocationProblem,
  allocation: CertifiedAllocation,
): number {
  const { entities, groups, budget, linear = [] } = problem;
  const { price, rowPrices } = allocation;
  const charge = problem.objective === "profit" ? 1 : 0;
  const felt = feel(problem, allocation, charge);
  const top = {
    own: price + charge,
    finite: price < Infinity ? price + charge : 0,
  };
  let bound = (price < Infinity ? price : -charge) * budget;
  for (const entity of entities) {
    const at = entity.group === null ? top : felt.get(entity.group) ?? top;
    bound += maximize(problem, entity, { at, rowPrices });
  }
  for (const group of groups) {
    const at = felt.get(group.id) ?? top;
    const above = felt.get(group.parent ?? "") ?? top;
    if (at.own === Infinity) continue;
    const [least, most] = rangeOf(problem, group);
    const extra = at.own - above.finite;
    bound += extra > 0 && above.own < Infinity ? extra * most : extra * least;
  }
  for (const { id, lo = -Infinity, hi = Infinity } of linear) {
    const cap = rowPrices[`linear:${id}:hi`] ?? 0;
    const floor = rowPrices[`linear:${id}:lo`] ?? 0;
    if (cap !== 0) bound += cap * hi;
    if (floor !== 0) bound -= floor * lo;
  }
  for (const { id, most } of groups) {
    bound += (rowPrices[`group:${id}:most`] ?? 0) * (most ?? 0);
  }
  return bound;
}

function feel(
  { groups }: AllocationProblem,
  { price, groupPrices }: CertifiedAllocation,
  charge: number,
): Map<string, Felt> {
  const felt = new Map<string, Felt>();
  const look = (id: string | null | undefined): Felt => {
    const at = groups.findIndex((group) => group.id === id);
    const own = (at < 0 ? price : groupPrices[at] ?? NaN) + charge;
    const finite = own < Infinity
      ? own
      : at < 0
      ? 0
      : look(groups[at]?.parent).finite;
    return { own, finite };
  };
  for (const { id } of groups) felt.set(id, look(id));
  return felt;
}

/** Least and most that a group can take, all bounds below it respected. */
function rangeOf(
  problem: AllocationProblem,
  group: AllocationGroup,
): readonly [number, number] {
  let least = 0;
  let most = 0;
  for (const { group: own, lo, hi, off } of problem.entities) {
    if (own !== group.id) continue;
    least += off || isCounted(problem, own) && lo === 0 ? 0 : lo;
    most += hi;
  }
  for (const child of problem.groups) {
    if ((child.parent ?? null) !== group.id) continue;
    const [lo, hi] = rangeOf(problem, child);
    least += lo;
    most += hi;
  }
  return [Math.max(least, group.lo), Math.min(most, group.hi)];
}

/** Whether a group above limits how many are on. */
function isCounted(
  { groups }: AllocationProblem,
  group: string | null,
): boolean {
  return groups.some(({ id, most }) =>
    most !== undefined && isBelow(groups, group, id)
  );
}

/** Largest gain·curve(x) − price·x − fee over what the entity may receive. */
function maximize(
  problem: AllocationProblem,
  entity: AllocationEntity,
  { at, rowPrices }: {
    readonly at: Felt;
    readonly rowPrices: Readonly<Record<string, number>>;
  },
): number {
  const { groups, linear = [], returns = [] } = problem;
  const { id, curve, lo, off, weight = 1 } = entity;
  let [shift, gain, fee] = [0, 1, 0];
  for (const { id: name, terms } of linear) {
    const cap = rowPrices[`linear:${name}:hi`] ?? 0;
    const floor = rowPrices[`linear:${name}:lo`] ?? 0;
    shift += (cap - floor) * (terms[id] ?? 0);
  }
  for (const { id: name, group, least } of returns) {
    if (group !== null && !isBelow(groups, entity.group, group)) continue;
    const y = rowPrices[`returns:${name}`] ?? 0;
    shift += y * least;
    gain += y;
  }
  for (const { id: name } of groups) {
    if (!isBelow(groups, entity.group, name)) continue;
    fee += rowPrices[`group:${name}:most`] ?? 0;
  }
  const mayBeOff = off || lo === 0 && isCounted(problem, entity.group);
  const floored = at.own === Infinity;
  const price = at.finite + shift;
  const worth = (x: number) => gain * weight * respond(curve, x) - price * x;
  if (floored) return mayBeOff ? worth(0) : worth(lo) - fee;
  const on = findLargest(entity, worth) - fee;
  return mayBeOff ? Math.max(on, worth(0)) : on;
}

function findLargest(
  { curve, lo, hi, step = 0 }: AllocationEntity,
  worth: (x: number) => number,
): number {
  if (step > 0) {
    let most = -Infinity;
    for (let k = 0; lo + k * step <= hi * (1 + 1e-9); k++) {
      most = Math.max(most, worth(lo + k * step));
    }
    return most;
  }
  const point = (index: number) => lo + (hi - lo) * (index / GRID) ** 3;
  let best = 0;
  for (let index = 1; index <= GRID; index++) {
    if (worth(point(index)) > worth(point(best))) best = index;
  }
  let left = point(Math.max(best - 1, 0));
  let right = point(Math.min(best + 1, GRID));
  for (let count = 0; count < 90; count++) {
    const width = GOLDEN * (right - left);
    if (worth(right - width) >= worth(left + width)) right = left + width;
    else left = right - width;
  }
  const corners = curve.type === "piecewise"
    ? curve.points.map(([x]) => x).filter((x) => x >= lo && x <= hi)
    : [];
  return Math.max(
    worth((left + right) / 2),
    worth(point(best)),
    ...corners.map(worth),
  );
}
