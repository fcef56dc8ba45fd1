/**
 * Minimises a smooth function from its gradient: limited-memory BFGS with
 * backtracking.
 *
 * @see Nocedal and Wright (2006), Numerical Optimization, chapter 7
 * @module
 */

/** Value of the function at x; writes the gradient into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When to stop. */
export interface Stopping {
  /** Steps at most. */
  readonly steps: number;
  /** Largest member of the gradient that counts as zero. */
  readonly tolerance: number;
}

interface Pair {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly scale: number;
}

const MEMORY = 10;
const SUFFICIENT = 1e-4;

/**
 * Finds a minimum.
 *
 * @param objective The function.
 * @param start Where to start; left as it is.
 * @param stopping When to stop.
 * @returns The best point found, shape of `start`.
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  { steps, tolerance }: Stopping,
): Float64Array {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const pairs: Pair[] = [];
  for (let step = 0; step < steps; step++) {
    if (largest(gradient) <= tolerance) break;
    const found = search(objective, { x, gradient, value }, pairs);
    if (!found) break;
    remember(pairs, minus(found.x, x), minus(found.gradient, gradient));
    ({ x, gradient, value } = found);
  }
  return x;
}

interface Point {
  x: Float64Array<ArrayBuffer>;
  gradient: Float64Array<ArrayBuffer>;
  value: number;
}

/** A lower point along the quasi-Newton direction, or null when there is none. */
function search(
  objective: Objective,
  from: Point,
  pairs: readonly Pair[],
): Point | null {
  const direction = descend(from.gradient, pairs);
  const slope = dot(direction, from.gradient);
  let length = pairs.length > 0 ? 1 : Math.min(1, 1 / largest(from.gradient));
  const gradient = new Float64Array(from.x.length);
  for (let halvings = 0; halvings < 40; halvings++) {
    const x = from.x.map((value, i) =>
      value + length * (direction[i] as number)
    );
    const value = objective(x, gradient);
    if (value <= from.value + SUFFICIENT * length * slope) {
      return value < from.value ? { x, gradient, value } : null;
    }
    length /= 2;
  }
  return null;
}

function remember(
  pairs: Pair[],
  moved: Float64Array,
  turned: Float64Array,
): void {
  const curvature = dot(moved, turned);
  if (!(curvature > 1e-12 * dot(turned, turned))) return;
  pairs.push({ moved, turned, scale: 1 / curvature });
  if (pairs.length > MEMORY) pairs.shift();
}

/** Minus the inverse Hessian, as the pairs tell it, times the gradient. */
function descend(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights: number[] = [];
  for (const { moved, turned, scale } of pairs.toReversed()) {
    const weight = scale * dot(moved, direction);
    weights.push(weight);
    add(direction, turned, -weight);
  }
  const last = pairs.at(-1);
  if (last) {
    const shrink = 1 / (last.scale * dot(last.turned, last.turned));
    direction.forEach((value, i) => direction[i] = value * shrink);
  }
  for (const { moved, turned, scale } of pairs) {
    const weight = weights.pop() as number;
    add(direction, moved, weight - scale * dot(turned, direction));
  }
  return direction;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function minus(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value - (right[i] as number));
}

function add(to: Float64Array, what: Float64Array, weight: number): void {
  to.forEach((value, i) => to[i] = value + weight * (what[i] as number));
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, i) => sum + value * (right[i] as number), 0);
}
