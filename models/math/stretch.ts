/**
 * Stretches of a trajectory: what a No-U-Turn sampler remembers of the points it
 * went through, and when they turn back.
 *
 * @see Betancourt (2017), A Conceptual Introduction to Hamiltonian Monte Carlo,
 * appendix A; the criterion at the seam of two stretches is Stan's since 2.23
 * @module
 */
import { addScaled, dot, logAdd } from "./vectors.ts";

/** A point with what is known of it. */
export interface Point {
  readonly position: Float64Array;
  readonly gradient: Float64Array;
  logDensity: number;
}

/** How a point moves: its momentum, and the velocity that this is. */
export interface Edge {
  readonly momentum: Float64Array;
  readonly velocity: Float64Array;
}

/** A point that moves. */
export interface State extends Point, Edge {}

/** A stretch of points, in the direction in which it grew. */
export interface Stretch {
  first: Edge;
  last: Edge;
  /** Sum of the momenta. */
  readonly sum: Float64Array;
  /** The point drawn from it. */
  readonly proposal: Point;
  /** Logarithm of the sum of its points' weights. */
  logWeight: number;
}

/** Arrays of a state, all zero. */
export function newState(size: number): State {
  return {
    position: new Float64Array(size),
    gradient: new Float64Array(size),
    momentum: new Float64Array(size),
    velocity: new Float64Array(size),
    logDensity: 0,
  };
}

/** Arrays of a stretch, all zero. */
export function newStretch(size: number): Stretch {
  return {
    first: newState(size),
    last: newState(size),
    sum: new Float64Array(size),
    proposal: newState(size),
    logWeight: 0,
  };
}

/** Makes a stretch be one state. */
export function fillStretch(
  into: Stretch,
  state: State,
  logWeight: number,
): void {
  copyEdge(state, into.first);
  copyEdge(state, into.last);
  into.sum.set(state.momentum);
  copyPoint(state, into.proposal);
  into.logWeight = logWeight;
}

/** Makes a stretch grow from its other end next. */
export function reverse(stretch: Stretch): void {
  const { first } = stretch;
  stretch.first = stretch.last;
  stretch.last = first;
}

/** Puts the later stretch at the end of the earlier, and its proposal if asked. */
export function join(early: Stretch, late: Stretch, takeLate: boolean): void {
  if (takeLate) copyPoint(late.proposal, early.proposal);
  early.logWeight = logAdd(early.logWeight, late.logWeight);
  addScaled(early.sum, late.sum, 1);
  copyEdge(late.last, early.last);
}

/**
 * Whether two stretches, the later grown from the end of the earlier, go on: neither
 * the whole turns back, nor either with the first point of the other.
 *
 * @param scratch Overwritten.
 */
export function goesOn(
  early: Stretch,
  late: Stretch,
  scratch: Float64Array,
): boolean {
  scratch.set(early.sum);
  addScaled(scratch, late.sum, 1);
  if (!follow(early.first, late.last, scratch)) return false;
  scratch.set(early.sum);
  addScaled(scratch, late.first.momentum, 1);
  if (!follow(early.first, late.first, scratch)) return false;
  scratch.set(late.sum);
  addScaled(scratch, early.last.momentum, 1);
  return follow(early.last, late.last, scratch);
}

/** Copies what is known of a point. */
export function copyPoint(from: Point, to: Point): void {
  to.position.set(from.position);
  to.gradient.set(from.gradient);
  to.logDensity = from.logDensity;
}

/** Copies how a point moves. */
export function copyEdge(from: Edge, to: Edge): void {
  to.momentum.set(from.momentum);
  to.velocity.set(from.velocity);
}

/** Whether both ends still move along a sum of momenta. */
function follow(start: Edge, end: Edge, sum: Float64Array): boolean {
  return dot(start.velocity, sum) > 0 && dot(end.velocity, sum) > 0;
}
