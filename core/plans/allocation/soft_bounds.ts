/**
 * Bounds that may move: as rows over amounts, each of which may be broken at a price.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationProblem,
} from "../../domain/allocation.ts";
import { listConstraints, readName, without } from "./constraints.ts";

/** A bound, as a row over amounts. */
export interface Soft {
  readonly constraint: string;
  readonly bound: number;
  readonly side: "lo" | "hi";
  readonly terms: Readonly<Record<string, number>>;
}

/** What moves: bounds that became rows, and by name those that are rows already. */
export interface Softened {
  readonly rows: readonly Soft[];
  readonly named: ReadonlySet<string>;
}

/** Softens constraints, as far as they are of a kind that moves. */
export function soften(
  problem: AllocationProblem,
  names: readonly string[],
): Softened {
  return {
    rows: names.flatMap((name) => makeRows(problem, name)),
    named: new Set(names.filter(isRow)),
  };
}

/** The problem without the bounds that became rows; without all others that could move, if they are left out. */
export function loosen(
  problem: AllocationProblem,
  { rows, named }: Softened,
  others: "left out" | "kept",
): AllocationProblem {
  const moved = rows.map(({ constraint }) => constraint);
  const spared = others === "kept" ? [] : listConstraints(problem).filter(
    (name) =>
      !named.has(name) && (isRow(name) || makeRows(problem, name).length > 0),
  );
  return without(problem, new Set([...moved, ...spared]));
}

/** Whether a constraint is a row of its own, whose excess the solver prices. */
function isRow(constraint: string): boolean {
  const { kind, side } = readName(constraint);
  return kind === "returns" || side === "most";
}

/** A constraint as the rows that may be broken; none if it is one that does not move. */
function makeRows(problem: AllocationProblem, constraint: string): Soft[] {
  const { entities, budget, spend, linear = [] } = problem;
  const all = (from: readonly AllocationEntity[]) =>
    Object.fromEntries(from.map(({ id }) => [id, 1]));
  if (constraint === "budget") {
    const terms = all(entities);
    return [
      { constraint, bound: budget, side: "hi", terms },
      ...spend === "all"
        ? [{ constraint, bound: budget, side: "lo" as const, terms }]
        : [],
    ];
  }
  const { kind, id, side } = readName(constraint);
  if (side !== "lo" && side !== "hi") return [];
  const bounded = kind === "entity"
    ? entities.find((one) => one.id === id)
    : kind === "group"
    ? problem.groups.find((one) => one.id === id)
    : linear.find((one) => one.id === id);
  if (bounded === undefined) return [];
  const anchored = "curve" in bounded && (bounded.off || bounded.step);
  if (anchored && side === "lo") return [];
  const terms = "terms" in bounded
    ? bounded.terms
    : kind === "entity"
    ? { [id]: 1 }
    : all(listMembers(problem, id));
  return [{ constraint, bound: bounded[side] ?? 0, side, terms }];
}

/** Entities below a group, at any depth. */
export function listMembers(
  { entities, groups }: AllocationProblem,
  group: string,
): AllocationEntity[] {
  const inside = new Set([group]);
  for (let grown = true; grown;) {
    grown = false;
    for (const { id, parent } of groups) {
      if (!inside.has(parent ?? "") || inside.has(id)) continue;
      inside.add(id);
      grown = true;
    }
  }
  return entities.filter((entity) => inside.has(entity.group ?? ""));
}

/** Bound of a constraint that is a row of its own. */
export function boundOf(
  { returns = [], groups }: AllocationProblem,
  constraint: string,
): number {
  const { kind, id } = readName(constraint);
  return kind === "returns"
    ? returns.find((one) => one.id === id)?.least ?? 0
    : groups.find((one) => one.id === id)?.most ?? 0;
}
