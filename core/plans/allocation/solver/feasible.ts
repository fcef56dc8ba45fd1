/**
 * Whether a problem admits any allocation: the least by which its rows must be
 * broken, outcomes left aside.
 *
 * @module
 */
import { branch } from "./branch.ts";
import type { AnyProblem } from "./columns.ts";
import { prepare, type Prepared } from "./prepare.ts";

/** What was found. */
export interface Feasibility {
  /** Whether there is an allocation; null if that was not settled. */
  readonly feasible: boolean | null;
  /** The one that breaks rows least, in the order of the tree; null if none was found. */
  readonly amounts: Float64Array | null;
  /** No allocation breaks them by less in all. */
  readonly least: number;
  /** Null if time was up before. */
  readonly prepared: Prepared | null;
}

/** What may still be spent on looking; it is used up. */
export interface Work {
  /** Relaxations that may be solved. */
  nodes: number;
  /** Whether time is up. */
  stop(): boolean;
}

/** How to look. */
export interface FeasibilityOptions {
  /** What each unit costs by which a row is broken; by default all that matters is whether any must be. */
  penaltyOf?(constraint: string, scale: number): number;
  /** Relaxations at most. */
  readonly maxNodes?: number;
  /** Shared with others; by default without end. */
  readonly work?: Work;
}

/** Rows broken by less than this part of their size are kept. */
const KEPT = 1e-11;
/** A bound that proves that they cannot all be kept. */
const BROKEN = -10 * KEPT;
const NODES = 2000;

/** Looks for an allocation. */
export function findFeasible(
  problem: AnyProblem,
  {
    penaltyOf,
    maxNodes = NODES,
    work = { nodes: Infinity, stop: () => false },
  }: FeasibilityOptions = {},
): Feasibility {
  if (work.nodes <= 0 || work.stop()) {
    return { feasible: null, amounts: null, least: -Infinity, prepared: null };
  }
  const prepared = prepare(problem, {
    worth: 0,
    penaltyOf: penaltyOf ?? ((_constraint, scale) => 1 / scale),
  });
  const { model } = prepared;
  const { solution, bound, complete, nodes } = branch(model, {
    effort: {
      ...{ tolerance: 1e-9, guess: NaN, enough: -KEPT },
      ...{ spare: 0, divides: false },
      useful: penaltyOf === undefined ? BROKEN : -Infinity,
      maxNodes: Math.min(maxNodes, work.nodes),
      blindNodes: Math.min(4 * maxNodes, work.nodes),
      stop: () => work.stop(),
      giveUp: () => work.stop(),
    },
    lowest: -Infinity,
  });
  work.nodes -= nodes;
  const kept = solution !== null && solution.outcome >= -KEPT;
  const broken = solution === null ? complete : bound < BROKEN;
  return {
    feasible: kept ? true : broken ? false : null,
    amounts: solution?.amounts ?? null,
    least: -bound,
    prepared,
  };
}
