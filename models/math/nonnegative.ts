/**
 * Least squares with coefficients of at least zero, by active sets on the
 * normal equations: minimise ½ xᵀA x − bᵀx over x ≥ 0.
 *
 * @see Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23
 * @module
 */
import { solvePositive } from "./cholesky.ts";

/**
 * Solves the non-negative problem.
 *
 * @param matrix A, symmetric positive definite, shape [size × size].
 * @param rhs b, shape [size].
 * @returns x, every member at least 0.
 */
export function solveNonnegative(
  matrix: Float64Array,
  rhs: Float64Array,
): Float64Array {
  const size = rhs.length;
  let x: Float64Array = new Float64Array(size);
  const free: number[] = [];
  const rejected = new Set<number>();
  for (let round = 0; round < 3 * size + 3; round++) {
    const entering = steepest(matrix, rhs, { x, free, rejected });
    if (entering === null) break;
    free.push(entering);
    free.sort((left, right) => left - right);
    const moved = settle(matrix, rhs, { x, free });
    if (moved && (moved[entering] as number) > 0) {
      x = moved;
      rejected.clear();
    } else {
      free.splice(free.indexOf(entering), 1);
      rejected.add(entering);
    }
  }
  return x;
}

/** The member at zero whose growth pays most; null when none pays. */
function steepest(
  matrix: Float64Array,
  rhs: Float64Array,
  { x, free, rejected }: {
    x: Float64Array;
    free: readonly number[];
    rejected: ReadonlySet<number>;
  },
): number | null {
  const size = rhs.length;
  let best: number | null = null;
  let bestGain = 0;
  for (let i = 0; i < size; i++) {
    const diagonal = matrix[i * size + i] as number;
    if (free.includes(i) || rejected.has(i) || !(diagonal > 0)) continue;
    let slope = rhs[i] as number;
    const floor = 1e-12 * Math.abs(slope);
    for (const j of free) {
      slope -= (matrix[i * size + j] as number) * (x[j] as number);
    }
    const gain = slope / Math.sqrt(diagonal);
    if (slope > floor && gain > bestGain) {
      best = i;
      bestGain = gain;
    }
  }
  return best;
}

/** Moves x to the optimum over the free members, dropping those that hit zero. */
function settle(
  matrix: Float64Array,
  rhs: Float64Array,
  { x, free }: { x: Float64Array; free: number[] },
): Float64Array | null {
  const now = x.slice();
  while (free.length > 0) {
    const target = solveFree(matrix, rhs, free);
    if (!target) return null;
    let share = 1;
    free.forEach((i, at) => {
      const goal = target[at] as number;
      const from = now[i] as number;
      if (goal <= 0) share = Math.min(share, from / (from - goal));
    });
    free.forEach((i, at) => {
      const from = now[i] as number;
      now[i] = from + share * ((target[at] as number) - from);
    });
    if (share === 1) return now;
    for (let at = free.length - 1; at >= 0; at--) {
      const i = free[at] as number;
      if ((target[at] as number) > 0 || (now[i] as number) > 1e-14) continue;
      now[i] = 0;
      free.splice(at, 1);
    }
  }
  return now;
}

function solveFree(
  matrix: Float64Array,
  rhs: Float64Array,
  free: readonly number[],
): Float64Array | null {
  const count = free.length;
  const part = new Float64Array(count * count);
  free.forEach((i, row) =>
    free.forEach((j, col) => {
      part[row * count + col] = matrix[i * rhs.length + j] as number;
    })
  );
  return solvePositive(part, Float64Array.from(free, (i) => rhs[i] as number));
}
