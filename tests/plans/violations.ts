/**
 * What amounts bring, and what they break, added up the obvious way with none of the
 * allocator's code.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationGroup,
  AllocationProblem,
} from "../../core/domain/allocation.ts";
import { respond } from "../../core/domain/response.ts";

/** What the objective says of amounts. */
export function sumOutcome(
  { entities, objective }: AllocationProblem,
  amounts: ArrayLike<number>,
): number {
  return entities.reduce((sum, { curve, weight = 1 }, at) => {
    const amount = amounts[at] ?? NaN;
    const cost = objective === "profit" ? amount : 0;
    return sum + weight * respond(curve, amount) - cost;
  }, 0);
}

/** What amounts break, for a person; sums may be off by a part of the budget. */
export function* listViolations(
  problem: AllocationProblem,
  amounts: ArrayLike<number>,
  part = 1e-9,
): Generator<string> {
  const { entities, budget, spend } = problem;
  const slack = part * budget;
  for (const [at, entity] of entities.entries()) {
    const amount = amounts[at] ?? NaN;
    if (!isAllowed(entity, amount, slack)) {
      yield `"${entity.id}" gets ${amount}, outside ${entity.lo} to ${entity.hi}`;
    }
  }
  yield* listGroupViolations(problem, amounts, slack);
  yield* listRowViolations(problem, amounts, part);
  const total = Array.from(amounts).reduce((sum, amount) => sum + amount, 0);
  if (total > budget + slack) yield `total ${total} is above ${budget}`;
  if (spend === "all" && total < budget - slack) {
    yield `total ${total} is below ${budget}`;
  }
}

function isAllowed(
  { lo, hi, off, step = 0 }: AllocationEntity,
  amount: number,
  slack: number,
): boolean {
  if (off && Math.abs(amount) <= slack) return true;
  if (!(amount >= lo - slack && amount <= hi + slack)) return false;
  const steps = step > 0 ? (amount - lo) / step : 0;
  return Math.abs(steps - Math.round(steps)) * step <= slack;
}

function* listGroupViolations(
  problem: AllocationProblem,
  amounts: ArrayLike<number>,
  slack: number,
): Generator<string> {
  for (const { id, lo, hi, most = Infinity } of problem.groups) {
    const inside = [...problem.entities.keys()].filter((at) =>
      isBelow(problem.groups, problem.entities[at]?.group ?? null, id)
    );
    const sum = inside.reduce((all, at) => all + (amounts[at] ?? NaN), 0);
    if (!(sum >= lo - slack && sum <= hi + slack)) {
      yield `group "${id}" gets ${sum}, outside ${lo} to ${hi}`;
    }
    const on = inside.filter((at) => (amounts[at] ?? NaN) > 0).length;
    if (on > most) yield `group "${id}" has ${on} on, more than ${most}`;
  }
}

function* listRowViolations(
  { entities, groups, budget, linear = [], returns = [] }: AllocationProblem,
  amounts: ArrayLike<number>,
  part: number,
): Generator<string> {
  for (const { id, terms, lo = -Infinity, hi = Infinity } of linear) {
    let sum = 0;
    let size = 0;
    entities.forEach((entity, at) => {
      const term = (terms[entity.id] ?? 0) * (amounts[at] ?? NaN);
      sum += term;
      size = Math.max(size, Math.abs((terms[entity.id] ?? 0) * entity.hi));
    });
    const slack = part * size;
    if (!(sum >= lo - slack && sum <= hi + slack)) {
      yield `linear "${id}" is ${sum}, outside ${lo} to ${hi}`;
    }
  }
  for (const { id, group, least } of returns) {
    let rest = 0;
    entities.forEach(({ group: own, curve, weight = 1 }, at) => {
      if (group !== null && !isBelow(groups, own, group)) return;
      const amount = amounts[at] ?? NaN;
      rest += weight * respond(curve, amount) - least * amount;
    });
    if (!(rest >= -part * Math.abs(least) * budget)) {
      yield `returns "${id}" misses by ${-rest}`;
    }
  }
}

/** Whether a group is another, or stands below it. */
export function isBelow(
  groups: readonly AllocationGroup[],
  from: string | null,
  to: string,
): boolean {
  for (let id = from; id !== null;) {
    if (id === to) return true;
    id = groups.find((group) => group.id === id)?.parent ?? null;
  }
  return false;
}
