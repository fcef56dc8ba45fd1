/**
 * Weights that combine near-optimal points into one that keeps every row.
 *
 * Any combination of points of the dual's cuts misses the bound by no more than the
 * cuts' errors. Those of least error come first; when they do not combine, others
 * join, at the price of a gap. Weights are found by least squares under the
 * condition that none is negative.
 *
 * @see Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23
 * @module
 */
import { dot, factorize, substitute } from "./dense.ts";

/** A point, as what it makes of the rows. */
export interface Point {
  /** c of each row ÷ its scale, shape [rows]. */
  readonly excess: Float64Array;
  /** How far its cut lies below the optimum, as a part of that. */
  readonly error: number;
}

/** What the best combination makes of a row's excess: 0, 0 or less, or 0 or more where it is broken at its price. */
export type RowState = "met" | "kept" | "broken";

const TOLERANCES = [1e-13, 1e-11, 1e-9, 1e-7, 1e-5, 1e-3];
const KEPT = 2e-12;

/** Combines; null if no few points combine into one that keeps the rows. */
export function recombine(
  points: readonly Point[],
  states: readonly RowState[],
): Float64Array | null {
  for (const tolerance of TOLERANCES) {
    const chosen = points.flatMap(({ error }, at) =>
      error <= tolerance ? [at] : []
    );
    if (chosen.length === 0) continue;
    const weights = weigh(chosen.map((at) => points[at] as Point), states);
    if (weights === null) continue;
    const all = new Float64Array(points.length);
    chosen.forEach((at, index) => all[at] = weights[index] as number);
    return all;
  }
  return null;
}

/** Weights of points that keep all rows; rows that need not be met join in when they are on the wrong side. */
function weigh(
  points: readonly Point[],
  states: readonly RowState[],
): Float64Array | null {
  const met = new Set(
    states.flatMap((state, row) => state === "met" ? [row] : []),
  );
  for (let round = 0; round <= states.length; round++) {
    const used = [...met];
    const columns = points.map(({ excess }) =>
      Float64Array.of(1, ...used.map((row) => excess[row] as number))
    );
    const weights = solvePositive(columns);
    const sum = weights.reduce((all, weight) => all + weight, 0);
    if (!(Math.abs(sum - 1) < 1e-9)) return null;
    const normal = weights.map((weight) => weight / sum);
    const sums = states.map((_, row) =>
      points.reduce(
        (all, { excess }, at) =>
          all + (normal[at] as number) * (excess[row] as number),
        0,
      )
    );
    if (used.some((row) => Math.abs(sums[row] ?? 0) > KEPT)) return null;
    const wrong = states.findIndex((state, row) => {
      const excess = state === "broken" ? -(sums[row] ?? 0) : sums[row] ?? 0;
      return !met.has(row) && excess > KEPT;
    });
    if (wrong < 0) return normal;
    met.add(wrong);
  }
  return null;
}

/** min ‖Σ x_j·column_j − (1, 0, …)‖ with x ≥ 0. */
function solvePositive(columns: readonly Float64Array[]): Float64Array {
  const x = new Float64Array(columns.length);
  const goal = new Float64Array(columns[0]?.length ?? 0);
  goal[0] = 1;
  const passive = new Set<number>();
  for (let step = 0; step < 3 * columns.length; step++) {
    const rest = subtract(goal, columns, x);
    let next = -1;
    let steepest = 1e-13;
    columns.forEach((column, at) => {
      const slope = dot(column, rest);
      if (passive.has(at) || slope <= steepest) return;
      next = at;
      steepest = slope;
    });
    if (next < 0) break;
    passive.add(next);
    if (!descend({ columns, goal, passive }, x)) {
      passive.delete(next);
      break;
    }
  }
  return x;
}

/** Moves to the best point over the passive columns, leaving out those that would turn negative. */
function descend(
  { columns, goal, passive }: {
    readonly columns: readonly Float64Array[];
    readonly goal: Float64Array;
    readonly passive: Set<number>;
  },
  x: Float64Array,
): boolean {
  while (passive.size > 0) {
    const list = [...passive];
    const best = solveLeast(
      list.map((at) => columns[at] as Float64Array),
      goal,
    );
    if (best === null) return false;
    let share = 1;
    list.forEach((at, index) => {
      const [from, to] = [x[at] as number, best[index] as number];
      if (to <= 0 && from - to > 0) share = Math.min(share, from / (from - to));
    });
    list.forEach((at, index) => {
      const from = x[at] as number;
      x[at] = from + share * ((best[index] as number) - from);
      if (share < 1 && (x[at] as number) <= 1e-15) {
        x[at] = 0;
        passive.delete(at);
      }
    });
    if (share === 1) return true;
    if (passive.size === list.length) return false;
  }
  return true;
}

/** Least squares by the normal equations, refined twice. */
function solveLeast(
  columns: readonly Float64Array[],
  goal: Float64Array,
): Float64Array | null {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  columns.forEach((a, row) =>
    columns.forEach((b, column) => gram[row * size + column] = dot(a, b))
  );
  const factor = factorize(gram, size);
  if (factor === null) return null;
  const x = new Float64Array(size);
  for (let pass = 0; pass < 3; pass++) {
    const rest = subtract(goal, columns, x);
    const step = substitute(
      factor,
      Float64Array.from(columns, (a) => dot(a, rest)),
    );
    step.forEach((change, at) => x[at] = (x[at] as number) + change);
  }
  return x;
}

function subtract(
  goal: Float64Array,
  columns: readonly Float64Array[],
  x: Float64Array,
): Float64Array {
  const rest = goal.slice();
  columns.forEach((column, at) => {
    const weight = x[at] as number;
    if (weight === 0) return;
    for (let row = 0; row < rest.length; row++) {
      rest[row] = (rest[row] as number) - weight * (column[row] as number);
    }
  });
  return rest;
}
