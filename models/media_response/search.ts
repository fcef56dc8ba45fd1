/**
 * Finds the shapes that explain the outcome best, by variable projection: for any
 * shapes the ceilings (at least 0) and the baseline follow from linear least
 * squares, so only the shapes are searched, by Levenberg–Marquardt.
 *
 * Minimised is −2 log of the posterior, noise profiled out:
 * periods · ln(squared error) + Σ ((coordinate − mean) / deviation)².
 *
 * @see Golub and Pereyra (2003), Separable nonlinear least squares
 * @see Kaufman (1975), for the shortened Jacobian
 * @module
 */
import { solvePositive } from "../math/cholesky.ts";
import { solveNonnegative } from "../math/nonnegative.ts";
import { dot, orthonormalize, removeSpan } from "../math/orthonormal.ts";
import {
  BELIEFS,
  COORDINATES,
  saturate,
  saturationSlopes,
  shapeAt,
} from "./shape.ts";

/** What is to be explained, and by what. */
export interface Problem {
  /** Scaled spend, shape [entities][periods]. */
  readonly spend: readonly Float64Array[];
  /** 1 where the outcome is known, else 0, shape [periods]. */
  readonly known: Float64Array;
  /** Orthonormal basis of the baseline, 0 where unknown. */
  readonly basis: readonly Float64Array[];
  /** Outcome beside the baseline, of deviation 1, 0 where unknown. */
  readonly target: Float64Array;
  /** Known periods. */
  readonly periods: number;
  /** Pull of the ceilings towards zero, a share of the periods. */
  readonly ridge: number;
}

/** A point of the search, with what follows from it. */
export interface Candidate {
  /** Coordinates of the shapes, shape [entities × 3]. */
  readonly point: Float64Array;
  /** Shape [entities], in deviations of the outcome, at least 0. */
  readonly ceilings: Float64Array;
  /** Saturated spend beside the baseline, shape [entities][periods]. */
  readonly columns: readonly Float64Array[];
  /** Shape [periods]. */
  readonly residual: Float64Array;
  /** Squared error with the ridge. */
  readonly error: number;
  /** What is minimised. */
  readonly value: number;
}

/** How long to search. */
export interface Effort {
  readonly steps: number;
  /** Gain of a step that is not worth another. */
  readonly tolerance: number;
}

const LEAST_ERROR = 1e-10;
const FARTHEST_STEP = 2;

/**
 * Walks downhill from a point.
 *
 * @param problem What is to be explained.
 * @param start Where to start.
 * @param effort How long.
 * @returns The best point met.
 */
export function descend(
  problem: Problem,
  start: Candidate,
  { steps, tolerance }: Effort,
): Candidate {
  let best = start;
  let damping = 0.01;
  for (let step = 0; step < steps; step++) {
    const slope = normalEquations(problem, best);
    let gained: number | null = null;
    while (gained === null && damping < 1e8) {
      const next = evaluate(problem, move(best.point, slope, damping));
      if (next.value < best.value) {
        gained = best.value - next.value;
        best = next;
        damping = Math.max(damping / 5, 1e-7);
      } else damping *= 4;
    }
    if (gained === null || gained < tolerance) break;
  }
  return best;
}

/**
 * Solves the linear part at a point.
 *
 * @param problem What is to be explained.
 * @param point Coordinates of the shapes.
 * @returns The point with ceilings, residual and value.
 */
export function evaluate(problem: Problem, point: Float64Array): Candidate {
  const { spend, known, basis, target, periods, ridge } = problem;
  const columns = spend.map((series, entity) => {
    const column = saturate(series, shapeAt(point, entity));
    mask(column, known);
    removeSpan(column, basis);
    return column;
  });
  const size = columns.length;
  const gram = new Float64Array(size * size);
  columns.forEach((left, i) => {
    for (let j = 0; j <= i; j++) {
      const product = dot(left, columns[j] as Float64Array);
      gram[i * size + j] = product;
      gram[j * size + i] = product;
    }
    gram[i * size + i] = (gram[i * size + i] as number) + ridge * periods;
  });
  const pull = Float64Array.from(columns, (column) => dot(column, target));
  const ceilings = solveNonnegative(gram, pull);
  const residual = target.slice();
  columns.forEach((column, entity) =>
    addTo(residual, column, -(ceilings[entity] as number))
  );
  const error = dot(residual, residual) +
    ridge * periods * dot(ceilings, ceilings);
  const value = periods * Math.log(error + LEAST_ERROR * periods) +
    surprise(point);
  return { point, ceilings, columns, residual, error, value };
}

/** Equations of a Gauss–Newton step on half the value. */
export interface NormalEquations {
  readonly matrix: Float64Array;
  /** Minus half the gradient of the value. */
  readonly downhill: Float64Array;
}

/**
 * Linearises the problem at a point.
 *
 * @param problem What is to be explained.
 * @param candidate The point.
 * @returns Shape [coordinates × coordinates] and [coordinates].
 */
export function normalEquations(
  problem: Problem,
  candidate: Candidate,
): NormalEquations {
  const { point, error } = candidate;
  const size = point.length;
  const precision = problem.periods / (error + LEAST_ERROR * problem.periods);
  const jacobian = jacobianOf(problem, candidate);
  const matrix = new Float64Array(size * size);
  const downhill = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const { mean, deviation } = beliefOf(i);
    downhill[i] = precision * (jacobian[i]?.pull ?? 0) +
      (mean - (point[i] as number)) / deviation ** 2;
    for (let j = 0; j <= i; j++) {
      const left = jacobian[i]?.column;
      const right = jacobian[j]?.column;
      const product = left && right ? precision * dot(left, right) : 0;
      matrix[i * size + j] = product;
      matrix[j * size + i] = product;
    }
    matrix[i * size + i] = (matrix[i * size + i] as number) +
      1 / deviation ** 2;
  }
  return { matrix, downhill };
}

interface Influence {
  /** What a coordinate changes beside baseline and ceilings, shape [periods]. */
  readonly column: Float64Array;
  /** How much of the residual it would explain. */
  readonly pull: number;
}

/** Influence of each coordinate; null where the ceiling is zero. */
function jacobianOf(
  { spend, known, basis }: Problem,
  { point, ceilings, columns, residual }: Candidate,
): (Influence | null)[] {
  const active = columns.filter((_, i) => (ceilings[i] as number) > 0);
  const span = orthonormalize(active, basis);
  return spend.flatMap((series, entity) => {
    const ceiling = ceilings[entity] as number;
    if (ceiling === 0) return [null, null, null];
    return saturationSlopes(series, shapeAt(point, entity)).map((slope) => {
      const column = slope.map((value, t) =>
        ceiling * value * (known[t] as number)
      );
      const pull = dot(column, residual);
      removeSpan(column, span);
      return { column, pull };
    });
  });
}

function move(
  point: Float64Array,
  { matrix, downhill }: NormalEquations,
  damping: number,
): Float64Array {
  const size = point.length;
  const damped = matrix.slice();
  for (let i = 0; i < size; i++) {
    damped[i * size + i] = (matrix[i * size + i] as number) * (1 + damping);
  }
  const step = solvePositive(damped, downhill);
  return point.map((value, i) => {
    const { least, most } = beliefOf(i);
    const wanted = (step?.[i] as number | undefined) ?? 0;
    const taken = Math.min(FARTHEST_STEP, Math.max(-FARTHEST_STEP, wanted));
    return Math.min(most, Math.max(least, value + taken));
  });
}

function surprise(point: Float64Array): number {
  return point.reduce((sum, value, i) => {
    const { mean, deviation } = beliefOf(i);
    return sum + ((value - mean) / deviation) ** 2;
  }, 0);
}

function beliefOf(coordinate: number): (typeof BELIEFS)[number] {
  return BELIEFS[coordinate % COORDINATES] as (typeof BELIEFS)[number];
}

function mask(column: Float64Array, known: Float64Array): void {
  for (let t = 0; t < column.length; t++) {
    column[t] = (column[t] as number) * (known[t] as number);
  }
}

function addTo(
  sum: Float64Array,
  column: Float64Array,
  weight: number,
): void {
  for (let t = 0; t < sum.length; t++) {
    sum[t] = (sum[t] as number) + weight * (column[t] as number);
  }
}
