/**
 * From a problem to the models that the search works on.
 *
 * @module
 */
import type { AllocationColumns } from "../../../domain/allocation.ts";
import { type AnyProblem, checkProblem, readColumns } from "./columns.ts";
import { valueAt } from "./curve.ts";
import { setDomain } from "./envelope.ts";
import type { Model } from "./evaluate.ts";
import { buildTableau } from "./layout.ts";
import { createLens } from "./lens.ts";
import { createBench } from "./market.ts";
import { limitColumns, measureReach } from "./reach.ts";
import { listRows, type Row } from "./rows.ts";
import { copyTableau, type Tableau } from "./tableau.ts";
import { buildTree, type Tree } from "./tree.ts";

/** How a problem is read. */
export interface Reading {
  /** Whether outcomes count, or only penalties. */
  readonly worth?: 0 | 1;
  /** What each unit costs by which a row is broken, given the size of the row's terms; by default none is allowed. */
  penaltyOf?(constraint: string, scale: number): number;
}

/** A problem laid out. */
export interface Prepared {
  readonly columns: AllocationColumns;
  readonly tree: Tree;
  /** Most that entities of each node are asked about, shape [nodes]. */
  readonly reach: Float64Array;
  readonly model: Model;
}

/**
 * Lays a problem out.
 *
 * @throws {RangeError} If a curve, bound or name is not one.
 */
export function prepare(problem: AnyProblem, reading: Reading = {}): Prepared {
  const { worth = 1, penaltyOf = () => Infinity } = reading;
  const given = readColumns(problem);
  checkProblem(problem, given);
  const tree = buildTree(problem.groups, given.group);
  const reach = measureReach(tree, problem.budget);
  const columns = limitColumns(given, tree, reach);
  const t = buildTableau(columns, tree.order);
  const rows = listRows({ problem, columns, tree, penaltyOf });
  allowOff(t, rows);
  const bare = rows.length === 0 && worth === 1;
  return {
    columns,
    tree,
    reach,
    model: {
      t,
      rows,
      limits: {
        tree,
        budget: problem.budget,
        upTo: problem.spend === "up_to",
        charge: problem.objective === "profit" && worth === 1 ? 1 : 0,
      },
      bench: createBench(t.size, tree.count, { rates: !bare }),
      lens: bare ? null : createLens(t, rows, worth),
      size: bare || worth === 0 ? 1 : measure(t, problem),
    },
  };
}

/** Lets entities of groups that limit their number be off where their least is 0. */
export function allowOff(t: Tableau, rows: readonly Row[]): void {
  for (const { kind, at } of rows) {
    if (kind !== "most") continue;
    for (const place of at) {
      const hi = t.hi[place] as number;
      const free = t.off[place] === 0 && t.least[place] === 0;
      if (free) setDomain(t, place, { lo: 0, hi, off: true });
    }
  }
}

/** What all bring at their most, with the charge for it. */
function measure(
  t: Tableau,
  { objective, budget }: AnyProblem,
): number {
  let size = objective === "profit" ? budget : 0;
  for (let at = 0; at < t.size; at++) {
    size += Math.abs(valueAt(t, at, t.hi[at] as number));
  }
  return size || 1;
}

/** The same model with domains that may be narrowed on their own. */
export function createRestricted(model: Model): Model {
  return { ...model, t: copyTableau(model.t) };
}

/** Less than any allocation brings, where rows are not to be broken; minus infinity where there are none. */
export function findLowest({ t, limits, lens, rows }: Model): number {
  const hard = rows.every(({ penalty }) => penalty === Infinity);
  if (rows.length === 0 || !hard) return -Infinity;
  let lowest = -limits.charge * limits.budget;
  if (lens?.worth === 0) return lowest;
  for (let at = 0; at < t.size; at++) {
    const lo = t.lo[at] as number;
    const hi = t.hi[at] as number;
    const inside = t.tabulated.get(at)?.cover(t.least[at] as number, hi).y ??
      [];
    lowest += Math.min(
      valueAt(t, at, lo),
      valueAt(t, at, hi),
      ...Array.from(inside, (value) => value * (t.ceiling[at] as number)),
    );
  }
  return lowest;
}
