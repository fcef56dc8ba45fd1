/**
 * Whether bounds admit any allocation, and if not, a few of them that conflict.
 *
 * Groups do not overlap, so that looking at each entity, each group against its
 * members, and the total against the least and most of all finds every conflict.
 * The set named is small: bounds that do not matter to the conflict (a floor of
 * zero, a group's bound that its members imply) are left out.
 *
 * @module
 */
import type { AllocationProblem } from "../domain/plan.ts";

/** Constraints that no allocation satisfies together. */
export interface Conflict {
  /** `entity:<id>:lo`, `group:<id>:hi`, `budget`, … */
  readonly constraints: readonly string[];
  /** What they ask for, for a person. */
  readonly reason: string;
}

interface Side {
  readonly total: number;
  readonly constraints: readonly string[];
}

const SLACK = 1e-12;

/** Finds a conflict; null if an allocation exists. */
export function findConflict(problem: AllocationProblem): Conflict | null {
  const crossed = problem.entities.find(({ lo, hi }) => lo > hi);
  if (crossed) {
    const { id, lo, hi } = crossed;
    return conflict([`entity:${id}:lo`, `entity:${id}:hi`], {
      reason: `"${id}" must get at least ${lo} and at most ${hi}`,
    });
  }
  const groups = new Map(problem.groups.map((group) => [group.id, group]));
  const members = Map.groupBy(problem.entities, ({ group }) => group);
  const floors: Side[] = [];
  const caps: Side[] = [];
  for (const [id, inside] of members) {
    const floor = sumBounds(inside, "lo");
    const cap = sumBounds(inside, "hi");
    const group = id === null ? undefined : groups.get(id);
    const found = group ? compareGroup(group, { floor, cap }) : null;
    if (found) return found;
    floors.push(group ? narrowFloor(floor, group) : floor);
    caps.push(group ? narrowCap(cap, group) : cap);
  }
  const empty = problem.groups.find(({ id, lo }) => lo > 0 && !members.has(id));
  if (empty) {
    return conflict([`group:${empty.id}:lo`], {
      reason: `group "${empty.id}" must get ${empty.lo} and has no members`,
    });
  }
  return compareBudget(problem, {
    floor: joinSides(floors),
    cap: joinSides(caps),
  });
}

function narrowFloor(
  floor: Side,
  { id, lo }: AllocationProblem["groups"][number],
): Side {
  return lo > floor.total
    ? { total: lo, constraints: [`group:${id}:lo`] }
    : floor;
}

function narrowCap(
  cap: Side,
  { id, hi }: AllocationProblem["groups"][number],
): Side {
  return hi < cap.total ? { total: hi, constraints: [`group:${id}:hi`] } : cap;
}

function compareBudget(
  { budget, spend }: AllocationProblem,
  { floor, cap }: { readonly floor: Side; readonly cap: Side },
): Conflict | null {
  if (floor.total > budget + SLACK * floor.total) {
    return conflict(["budget", ...floor.constraints], {
      reason: `floors sum to ${floor.total}, above the budget of ${budget}`,
    });
  }
  return spend === "all" && cap.total < budget - SLACK * budget
    ? conflict(["budget", ...cap.constraints], {
      reason:
        `caps sum to ${cap.total}, below the budget of ${budget}, all of which must be spent`,
    })
    : null;
}

function compareGroup(
  { id, lo, hi }: AllocationProblem["groups"][number],
  { floor, cap }: { readonly floor: Side; readonly cap: Side },
): Conflict | null {
  if (lo > hi) {
    return conflict([`group:${id}:lo`, `group:${id}:hi`], {
      reason: `group "${id}" must get at least ${lo} and at most ${hi}`,
    });
  }
  if (floor.total > hi + SLACK * floor.total) {
    return conflict([`group:${id}:hi`, ...floor.constraints], {
      reason:
        `floors in group "${id}" sum to ${floor.total}, above its most of ${hi}`,
    });
  }
  return cap.total < lo - SLACK * lo
    ? conflict([`group:${id}:lo`, ...cap.constraints], {
      reason:
        `caps in group "${id}" sum to ${cap.total}, below its least of ${lo}`,
    })
    : null;
}

function sumBounds(
  entities: readonly AllocationProblem["entities"][number][],
  side: "lo" | "hi",
): Side {
  return {
    total: entities.reduce((total, entity) => total + entity[side], 0),
    constraints: entities
      .filter((entity) => side === "hi" || entity.lo > 0)
      .map(({ id }) => `entity:${id}:${side}`),
  };
}

function joinSides(sides: readonly Side[]): Side {
  return {
    total: sides.reduce((sum, { total }) => sum + total, 0),
    constraints: sides.flatMap(({ constraints }) => constraints),
  };
}

function conflict(
  constraints: readonly string[],
  { reason }: { readonly reason: string },
): Conflict {
  return { constraints, reason };
}
