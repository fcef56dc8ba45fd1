/**
 * Whether constraints admit any allocation, and if not, a few of them that
 * conflict: with any one of these left out, the others agree.
 *
 * Floors and caps of a tree are compared from the bottom up, which finds every
 * conflict among them. What steps, gaps, numbers and rows forbid is found by
 * halving the list of constraints again and again (QuickXplain). Where the work for
 * that runs out, what is named conflicts all the same, but some of it may be spared.
 *
 * @see Junker (2004), QuickXplain: Preferred Explanations and Relaxations for
 * Over-Constrained Problems
 * @module
 */
import type { AllocationProblem } from "../../domain/allocation.ts";
import { listConstraints, without } from "./constraints.ts";
import { findFeasible, type Work } from "./solver/feasible.ts";
import { findTreeConflict } from "./tree_conflict.ts";

/** Constraints that no allocation satisfies together. */
export interface Conflict {
  /** `entity:<id>:lo`, `group:<id>:hi`, `linear:<id>:lo`, `returns:<id>`, `budget`, … */
  readonly constraints: readonly string[];
  /** What they ask for, for a person. */
  readonly reason: string;
  /** Whether it was not shown that none of them can be spared. */
  readonly loose?: true;
}

/** Bounds of single entities are not named in conflicts of larger problems, where rows are involved. */
const SINGLED_OUT = 5000;
/** Relaxations for one look at what is left of the constraints; fewer for larger problems. */
const LOOK = 200;
const LOOKS = 40;

/**
 * Finds a conflict.
 *
 * @param stop Whether time is up; by default it never is, and the work is limited.
 * @returns One, minimal unless it says otherwise; null if an allocation exists, or no
 * proof of the contrary was found.
 */
export function findConflict(
  problem: AllocationProblem,
  stop = () => false,
): Conflict | null {
  const found = findTreeConflict(problem);
  if (found !== null || !isIntricate(problem)) return found;
  const whole = { nodes: Infinity, stop };
  if (findFeasible(problem, { work: whole }).feasible !== false) return null;
  const most = Math.min(LOOK, Math.max(10, 20_000 / problem.entities.length));
  const filter = createFilter(problem, {
    maxNodes: Math.round(most),
    work: { nodes: Math.round(most * LOOKS), stop },
  });
  const named = listConstraints(problem);
  const given = problem.entities.length > SINGLED_OUT
    ? named.filter((name) => name.startsWith("entity:"))
    : [];
  const kept = new Set(given);
  const constraints = filter.explain({
    given,
    grown: false,
    open: named.filter((name) => !kept.has(name)),
  });
  return {
    constraints,
    reason: `no amounts satisfy ${constraints.length} constraints together`,
    ...filter.isLoose() ? { loose: true } : {},
  };
}

function isIntricate(
  { entities, groups, linear = [], returns = [] }: AllocationProblem,
): boolean {
  return linear.length > 0 || returns.length > 0 ||
    groups.some(({ most }) => most !== undefined) ||
    entities.some(({ off, step = 0 }) => off || step > 0);
}

/** Part of the constraints, of which those given are kept. */
interface Part {
  readonly given: readonly string[];
  /** Whether any was given since the last look. */
  readonly grown: boolean;
  readonly open: readonly string[];
}

function createFilter(
  problem: AllocationProblem,
  { maxNodes, work }: { readonly maxNodes: number; readonly work: Work },
) {
  let loose = false;
  const conflicts = (given: readonly string[]): boolean => {
    const kept = keepOnly(problem, given);
    if (findTreeConflict(kept) !== null) return true;
    const { feasible } = findFeasible(kept, { maxNodes, work });
    loose ||= feasible === null;
    return feasible === false;
  };
  /** The open constraints of a conflict with those given. */
  const explain = ({ given, grown, open }: Part): readonly string[] => {
    if (grown && conflicts(given)) return [];
    if (open.length <= 1) return open;
    if (work.nodes <= 0 || work.stop()) {
      loose = true;
      return open;
    }
    const half = open.length >> 1;
    const [first, second] = [open.slice(0, half), open.slice(half)];
    const later = explain({
      given: [...given, ...first],
      grown: true,
      open: second,
    });
    const earlier = explain({
      given: [...given, ...later],
      grown: later.length > 0,
      open: first,
    });
    return [...earlier, ...later];
  };
  return { explain, isLoose: () => loose };
}

function keepOnly(
  problem: AllocationProblem,
  kept: readonly string[],
): AllocationProblem {
  const left = new Set(kept);
  return without(
    problem,
    new Set(listConstraints(problem).filter((name) => !left.has(name))),
  );
}
