/**
 * The nearest problem that admits an allocation: bounds in conflict moved as little
 * as possible, and what that costs.
 *
 * The bounds that may move become rows with a price for each unit by which they are
 * broken; the least that all rows must be broken by is then itself an allocation
 * problem, with the same proof. The bounds of the conflict found move first, all others
 * left out; as long as what comes of that conflicts with others, those join in.
 *
 * @module
 */
import type {
  AllocationProblem,
  LinearConstraint,
} from "../../domain/allocation.ts";
import { respond } from "../../domain/response.ts";
import { allocate, Infeasible } from "./allocate.ts";
import { type Conflict, findConflict } from "./conflict.ts";
import { readName } from "./constraints.ts";
import { roundBound } from "./round_bound.ts";
import {
  boundOf,
  listMembers,
  loosen,
  type Soft,
  soften,
  type Softened,
} from "./soft_bounds.ts";
import { findFeasible, type Work } from "./solver/feasible.ts";

/** A bound that moved. */
export interface Move {
  /** Which. */
  readonly constraint: string;
  /** What it was, and what it must be. */
  readonly from: number;
  readonly to: number;
  /** Its part of the price. */
  readonly cost: number;
}

/** A problem that admits an allocation, and how far it is from the one that does not. */
export interface Relaxed {
  readonly problem: AllocationProblem;
  readonly moves: readonly Move[];
  /** Σ weight · how far each bound moved; of a return, the outcome that it misses ÷ budget. */
  readonly price: number;
  /** No other way costs less than this. */
  readonly leastPrice: number;
  /** What the best allocation then brings. */
  readonly outcome: number;
}

/** How bounds are weighed, and how long it may take. */
export interface RelaxOptions {
  /**
   * Cost of a unit by which a bound moves, by constraint; by default moves count as
   * parts of their bound.
   */
  readonly weights?: Readonly<Record<string, number>>;
  /** Relaxations of one search at most; with few of them what is found is near, and `leastPrice` says how near. */
  readonly maxNodes?: number;
  /** Whether time is up; by default it never is. */
  stop?(): boolean;
}

const ROUNDS = 20;
const NODES = 2000;
/** Bounds that may move at once. */
const MOST = 60;
/** Moves of less than this part of a bound are rounding. */
const MARGIN = 1e-9;
/** And those of less than this part of the budget. */
const NOISE = 1e-12;
/** Digits of a moved bound; fewer where more of them leave no room for rounding. */
const DIGITS = [12, 10, 8];

/**
 * Relaxes.
 *
 * @param problem The problem.
 * @param conflict One that was found in it.
 * Steps do not move, nor does the least of what may be off or has steps.
 *
 * @returns The nearest relaxation; null if moving bounds does not help, or time is up
 * before one is found.
 */
export function relaxNearest(
  problem: AllocationProblem,
  conflict: Conflict,
  { weights = {}, maxNodes = NODES, stop = () => false }: RelaxOptions = {},
): Relaxed | null {
  const work = { nodes: Infinity, stop };
  const named = new Set(conflict.constraints);
  const weigh = (constraint: string, bound: number) =>
    weights[constraint] ?? 1 / (Math.abs(bound) || sizeOf(problem, constraint));
  let coarser = 0;
  let leastPrice = 0;
  for (let round = 0; round < ROUNDS && !stop(); round++) {
    const softened = soften(problem, [...named].slice(0, MOST));
    const others = round < ROUNDS - 1 ? "left out" : "kept";
    const digits = DIGITS[coarser] ?? 6;
    const relaxed = moveBounds(problem, softened, {
      weigh,
      others,
      digits,
      ...{ work, maxNodes },
    });
    if (relaxed === null) return null;
    if (others === "left out") leastPrice = relaxed.leastPrice;
    const other = findConflict(relaxed.problem, stop);
    if (other === null) {
      return settle({ ...relaxed, leastPrice }, { maxNodes, stop });
    }
    const before = named.size;
    other.constraints.forEach((name) => named.add(name));
    if (named.size === before && ++coarser === DIGITS.length) return null;
  }
  return null;
}

/** With what the best allocation brings; null if there is none, or none was found in time. */
function settle(
  relaxed: Omit<Relaxed, "outcome">,
  limits: Required<Pick<RelaxOptions, "maxNodes" | "stop">>,
): Relaxed | null {
  try {
    const { outcome } = allocate(relaxed.problem, limits);
    return { ...relaxed, outcome };
  } catch (error) {
    if (!(error instanceof Infeasible)) throw error;
    return null;
  }
}

/** Cost of a unit by which a bound moves. */
type Weigh = (constraint: string, bound: number) => number;

/** Cost of a unit by which a row is broken: of outcome, for a return. */
function weighRow(
  problem: AllocationProblem,
  constraint: string,
  weigh: Weigh,
): number {
  const weight = weigh(constraint, boundOf(problem, constraint));
  return readName(constraint).kind === "returns"
    ? weight / (problem.budget || 1)
    : weight;
}

/** What a bound of 0 is measured against. */
function sizeOf({ budget }: AllocationProblem, constraint: string): number {
  return readName(constraint).side === "most" ? 1 : budget || 1;
}

/** Moves softened bounds as little as needed, with or without regard to those that could move as well. */
function moveBounds(
  problem: AllocationProblem,
  softened: Softened,
  { weigh, others, digits, work, maxNodes }: {
    readonly weigh: Weigh;
    readonly others: "left out" | "kept";
    readonly digits: number;
    readonly work: Work;
    readonly maxNodes: number;
  },
): Omit<Relaxed, "outcome"> | null {
  const { rows, named } = softened;
  const loose = loosen(problem, softened, others);
  const added = rows.map(({ terms, side, bound }, at): LinearConstraint => ({
    id: `~${at}`,
    terms,
    [side]: bound,
  }));
  const { amounts, least, prepared } = findFeasible(
    { ...loose, linear: [...loose.linear ?? [], ...added] },
    {
      ...{ work, maxNodes },
      penaltyOf(constraint) {
        const one = rows[Number(/^linear:~(\d+):/.exec(constraint)?.[1])];
        if (one) return weigh(one.constraint, one.bound);
        if (!named.has(constraint)) return Infinity;
        return weighRow(problem, constraint, weigh);
      },
    },
  );
  if (amounts === null || prepared === null) return null;
  const given = new Float64Array(amounts.length);
  prepared.tree.order.forEach((from, at) => {
    given[from] = amounts[at] as number;
  });
  const moves = [
    ...listMoves(problem, { rows, given, digits, weigh }),
    ...listRowMoves(problem, { named, given, digits, weigh }),
  ];
  return {
    problem: moves.reduce(moveBound, problem),
    moves,
    price: moves.reduce((sum, { cost }) => sum + cost, 0),
    leastPrice: Math.max(least, 0),
  };
}

/** What the draft of an allocation asks of bounds. */
interface Draft {
  readonly given: Float64Array;
  readonly digits: number;
  readonly weigh: Weigh;
}

function listMoves(
  { entities, budget, spend }: AllocationProblem,
  { rows, given, digits, weigh }: Draft & { readonly rows: readonly Soft[] },
): Move[] {
  return rows.flatMap(({ constraint, bound, side, terms }) => {
    const sum = entities.reduce(
      (all, { id }, at) => all + (terms[id] ?? 0) * (given[at] as number),
      0,
    );
    const excess = side === "hi" ? sum - bound : bound - sum;
    const margin = MARGIN * Math.max(Math.abs(bound), Math.abs(sum));
    const reach = Math.max(...Object.values(terms).map(Math.abs), 0) * budget;
    if (excess <= margin + NOISE * reach) return [];
    const exact = constraint === "budget" && spend === "all";
    const dust = Math.abs(sum) <= 10 ** -digits * reach;
    const to = dust ? 0 : roundBound(sum, digits, exact ? "near" : side);
    const least = constraint.startsWith("linear:") ? -Infinity : 0;
    const moved = Math.max(to, least);
    const cost = weigh(constraint, bound) * Math.abs(moved - bound);
    return [{ constraint, from: bound, to: moved, cost }];
  });
}

function listRowMoves(
  problem: AllocationProblem,
  { named, given, digits, weigh }: Draft & {
    readonly named: ReadonlySet<string>;
  },
): Move[] {
  return [...named].flatMap((constraint) => {
    const from = boundOf(problem, constraint);
    const weight = weighRow(problem, constraint, weigh);
    const { kind, id } = readName(constraint);
    if (kind === "group") {
      const inside = new Set(listMembers(problem, id).map((one) => one.id));
      const on = problem.entities.filter((one, at) =>
        inside.has(one.id) && (given[at] as number) > 0
      ).length;
      const cost = weight * (on - from);
      return on > from ? [{ constraint, from, to: on, cost }] : [];
    }
    const target = problem.returns?.find((one) => one.id === id);
    const group = target?.group ?? null;
    const members = group === null
      ? problem.entities
      : listMembers(problem, group);
    const counted = new Set(members.map((one) => one.id));
    let [spent, brought] = [0, 0];
    problem.entities.forEach(({ id: name, curve, weight = 1 }, at) => {
      if (!counted.has(name)) return;
      spent += given[at] as number;
      brought += weight * respond(curve, given[at] as number);
    });
    const excess = from * spent - brought;
    if (excess <= MARGIN * Math.abs(from) * spent) return [];
    const to = roundBound(brought / spent, digits, "lo");
    return [{ constraint, from, to, cost: weight * excess }];
  });
}

function moveBound(
  problem: AllocationProblem,
  { constraint, to }: Move,
): AllocationProblem {
  if (constraint === "budget") return { ...problem, budget: to };
  const { kind, id, side } = readName(constraint);
  const move = <T extends { readonly id: string }>(list: readonly T[]): T[] =>
    list.map((one) => one.id === id ? { ...one, [side]: to } : one);
  switch (kind) {
    case "entity":
      return { ...problem, entities: move(problem.entities) };
    case "group":
      return { ...problem, groups: move(problem.groups) };
    case "returns":
      return { ...problem, returns: move(problem.returns ?? []) };
    default:
      return { ...problem, linear: move(problem.linear ?? []) };
  }
}
