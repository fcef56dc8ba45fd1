/**
 * Floors and caps that cannot be met together in a tree of groups.
 *
 * From the bottom up, a group takes at least the larger of its floor and what is
 * below it, and at most the smaller of its cap and what is below it. The conflict
 * named is minimal: the largest floors that together exceed a cap, or the caps that
 * together stay below a floor.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationProblem,
} from "../../domain/allocation.ts";
import type { Conflict } from "./conflict.ts";

const SLACK = 1e-12;

/** A group or the total, with what is below it. */
interface Branch {
  /** Null for the total. */
  readonly id: string | null;
  readonly lo: number;
  readonly hi: number;
  readonly groups: Branch[];
  readonly entities: AllocationEntity[];
  /** What it takes at least and at most. */
  least: number;
  most: number;
}

/** A bound and what it asks for. */
interface Part {
  readonly constraint: string;
  readonly amount: number;
}

/** Finds a conflict of floors and caps; null if they agree. */
export function findTreeConflict(problem: AllocationProblem): Conflict | null {
  const crossed = problem.entities.find(({ lo, hi, off }) => lo > hi && !off);
  if (crossed) {
    const { id, lo, hi } = crossed;
    return {
      constraints: [`entity:${id}:lo`, `entity:${id}:hi`],
      reason: `"${id}" must get at least ${lo} and at most ${hi}`,
    };
  }
  return compare(plant(problem), problem);
}

function plant({ entities, groups, budget, spend }: AllocationProblem): Branch {
  const grow = (id: string | null, lo: number, hi: number): Branch => ({
    ...{ id, lo, hi, groups: [], entities: [], least: 0, most: 0 },
  });
  const total = grow(null, spend === "all" ? budget : 0, budget);
  const branches = new Map(
    groups.map(({ id, lo, hi }) => [id, grow(id, lo, hi)]),
  );
  for (const { id, parent } of groups) {
    const branch = branches.get(id);
    if (branch) (branches.get(parent ?? "") ?? total).groups.push(branch);
  }
  for (const entity of entities) {
    (branches.get(entity.group ?? "") ?? total).entities.push(entity);
  }
  return total;
}

/** Compares a branch with what is below it, which comes first. */
function compare(branch: Branch, problem: AllocationProblem): Conflict | null {
  const { id, lo, hi } = branch;
  for (const below of branch.groups) {
    const found = compare(below, problem);
    if (found) return found;
    branch.least += below.least;
    branch.most += below.most;
  }
  for (const entity of branch.entities) {
    branch.least += entity.off ? 0 : entity.lo;
    branch.most += Math.max(entity.hi, 0);
  }
  const found = id !== null && lo > hi
    ? {
      constraints: [`group:${id}:lo`, `group:${id}:hi`],
      reason: `group "${id}" must get at least ${lo} and at most ${hi}`,
    }
    : compareFloors(branch) ?? compareCaps(branch);
  branch.least = Math.max(branch.least, lo);
  branch.most = Math.min(branch.most, hi);
  return found;
}

function compareFloors(branch: Branch): Conflict | null {
  const { id, hi, least } = branch;
  if (!(least > hi + SLACK * least)) return null;
  const floors = listFloors(branch).sort((a, b) => b.amount - a.amount);
  const needed: string[] = [];
  let sum = 0;
  for (const { constraint, amount } of floors) {
    if (sum > hi + SLACK * least) break;
    needed.push(constraint);
    sum += amount;
  }
  return {
    constraints: [id === null ? "budget" : `group:${id}:hi`, ...needed],
    reason: id === null
      ? `floors sum to ${least}, above the budget of ${hi}`
      : `floors in group "${id}" sum to ${least}, above its most of ${hi}`,
  };
}

function compareCaps(branch: Branch): Conflict | null {
  const { id, lo, most } = branch;
  if (!(most < lo - SLACK * lo)) return null;
  const caps = listCaps(branch).map(({ constraint }) => constraint);
  if (id !== null && caps.length === 0) {
    return {
      constraints: [`group:${id}:lo`],
      reason: `group "${id}" must get ${lo} and has no members`,
    };
  }
  return {
    constraints: [id === null ? "budget" : `group:${id}:lo`, ...caps],
    reason: id === null
      ? `caps sum to ${most}, below the budget of ${lo}, all of which must be spent`
      : `caps in group "${id}" sum to ${most}, below its least of ${lo}`,
  };
}

/** The floors below a branch that make up what it takes at least. */
function listFloors({ groups, entities }: Branch): Part[] {
  const inner = groups.flatMap((below) => {
    const parts = listFloors(below);
    const sum = parts.reduce((all, { amount }) => all + amount, 0);
    return below.lo > sum
      ? [{ constraint: `group:${below.id}:lo`, amount: below.lo }]
      : parts;
  });
  const own = entities.filter(({ lo, off }) => lo > 0 && !off)
    .map(({ id, lo }) => ({ constraint: `entity:${id}:lo`, amount: lo }));
  return [...inner, ...own];
}

/** The caps below a branch that make up what it takes at most. */
function listCaps({ groups, entities }: Branch): Part[] {
  const inner = groups.flatMap((below) => {
    const parts = listCaps(below);
    const sum = parts.reduce((all, { amount }) => all + amount, 0);
    return below.hi < sum
      ? [{ constraint: `group:${below.id}:hi`, amount: below.hi }]
      : parts;
  });
  const own = entities.map(({ id, hi }) => ({
    constraint: `entity:${id}:hi`,
    amount: hi,
  }));
  return [...inner, ...own];
}
