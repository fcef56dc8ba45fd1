/**
 * The constraints of a problem by name, and the problem without some of them.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationGroup,
  AllocationProblem,
  LinearConstraint,
} from "../../domain/allocation.ts";

/** Names every constraint that excludes something, widest first. */
export function listConstraints(problem: AllocationProblem): string[] {
  const { entities, groups, linear = [], returns = [] } = problem;
  return [
    "budget",
    ...linear.flatMap(({ id, lo, hi }) => [
      ...lo === undefined ? [] : [`linear:${id}:lo`],
      ...hi === undefined ? [] : [`linear:${id}:hi`],
    ]),
    ...returns.map(({ id }) => `returns:${id}`),
    ...groups.flatMap(({ id, lo, hi, most }) => [
      ...lo > 0 ? [`group:${id}:lo`] : [],
      ...hi < Infinity ? [`group:${id}:hi`] : [],
      ...most === undefined ? [] : [`group:${id}:most`],
    ]),
    ...entities.flatMap(({ id, lo, step = 0 }) => [
      ...lo > 0 ? [`entity:${id}:lo`] : [],
      `entity:${id}:hi`,
      ...step > 0 ? [`entity:${id}:step`] : [],
    ]),
  ];
}

/** A constraint's name, taken apart. */
export interface ConstraintName {
  /** `budget`, `entity`, `group`, `linear` or `returns`. */
  readonly kind: string;
  /** Whose; empty for the budget. */
  readonly id: string;
  /** Which bound: `lo`, `hi`, `step`, `most`, or `least` of a return. */
  readonly side: string;
}

/** Takes a name apart; ids may hold colons. */
export function readName(constraint: string): ConstraintName {
  if (constraint === "budget") return { kind: "budget", id: "", side: "hi" };
  const start = constraint.indexOf(":");
  const kind = constraint.slice(0, start);
  if (kind === "returns") {
    return { kind, id: constraint.slice(start + 1), side: "least" };
  }
  const end = constraint.lastIndexOf(":");
  return {
    kind,
    id: constraint.slice(start + 1, end),
    side: constraint.slice(end + 1),
  };
}

/** The problem with some constraints left out. */
export function without(
  problem: AllocationProblem,
  names: ReadonlySet<string>,
): AllocationProblem {
  const { groups, linear = [], returns = [] } = problem;
  const ample = measureAmple(problem);
  const loose = names.has("budget");
  return {
    ...problem,
    ...loose ? { budget: ample * problem.entities.length, spend: "up_to" } : {},
    entities: problem.entities.map((entity) =>
      loosenEntity(entity, names, ample)
    ),
    groups: groups.map((group) => loosenGroup(group, names)),
    linear: linear.map((row) => loosenLinear(row, names)),
    returns: returns.filter(({ id }) => !names.has(`returns:${id}`)),
  };
}

/** An amount so large that no bound of the problem needs more, nor any row to make up for one. */
export function measureAmple(
  { budget, entities, groups, linear = [] }: AllocationProblem,
): number {
  let most = budget;
  for (const { lo, hi } of entities) most = Math.max(most, lo, hi);
  for (const { lo } of groups) most = Math.max(most, lo);
  let steepest = 1;
  for (const { terms, lo = 0, hi = 0 } of linear) {
    let [least, largest] = [Infinity, 0];
    for (const value of Object.values(terms)) {
      if (value === 0) continue;
      most = Math.max(most, Math.abs(lo / value), Math.abs(hi / value));
      least = Math.min(least, Math.abs(value));
      largest = Math.max(largest, Math.abs(value));
    }
    if (largest > 0) steepest = Math.max(steepest, largest / least);
  }
  return 4 * most * steepest || 1;
}

function loosenEntity(
  { off, step, ...entity }: AllocationEntity,
  names: ReadonlySet<string>,
  ample: number,
): AllocationEntity {
  const { id, curve } = entity;
  const floored = !names.has(`entity:${id}:lo`);
  const start = curve.type === "piecewise" ? curve.points[0]?.[0] ?? 0 : 0;
  return {
    ...entity,
    lo: floored ? entity.lo : start,
    hi: names.has(`entity:${id}:hi`) ? ample : entity.hi,
    ...off && (floored || start > 0) ? { off } : {},
    ...step === undefined || names.has(`entity:${id}:step`) ? {} : { step },
  };
}

function loosenGroup(
  { most, ...group }: AllocationGroup,
  names: ReadonlySet<string>,
): AllocationGroup {
  const { id } = group;
  return {
    ...group,
    lo: names.has(`group:${id}:lo`) ? 0 : group.lo,
    hi: names.has(`group:${id}:hi`) ? Infinity : group.hi,
    ...most === undefined || names.has(`group:${id}:most`) ? {} : { most },
  };
}

function loosenLinear(
  { lo, hi, ...row }: LinearConstraint,
  names: ReadonlySet<string>,
): LinearConstraint {
  return {
    ...row,
    ...lo === undefined || names.has(`linear:${row.id}:lo`) ? {} : { lo },
    ...hi === undefined || names.has(`linear:${row.id}:hi`) ? {} : { hi },
  };
}
