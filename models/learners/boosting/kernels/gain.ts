/**
 * What a split gains. Sums are packed: gradient above, hessian below, 32 bits each.
 * All is in units of the whole numbers, so that nothing is scaled on the way.
 *
 *     worth(g, h) = max(|g| - l1, 0)² / (h + l2)
 *
 * @module
 */
import {
  FOUND_BIN,
  FOUND_GAIN,
  FOUND_LEFT,
  FOUND_MISSING_LEFT,
  FOUND_UNSURE,
  LIMIT_L1,
  LIMIT_L2,
  LIMIT_SURE,
  NODE_LOWER,
  NODE_UPPER,
} from "./frame";

/** Share of a node's worth that is taken for rounding, not for gain. */
const NOISE: f64 = 1e-10;

/** Gradient of packed sums. */
export function gradientOf(both: i64): f64 {
  return <f64> (both >> 32);
}

/** Hessian of packed sums. */
export function hessianOf(both: i64): i64 {
  return both & 0xffffffff;
}

/** Square of a gradient less its share of `l1`. */
export function reduced(gradient: f64, l1: f64): f64 {
  if (l1 === 0) return gradient * gradient;
  const left = Math.abs(gradient) - l1;
  return left > 0 ? left * left : 0;
}

/** Worth of a node that is not split. */
export function worthOfNode(both: i64, node: usize, bounded: bool): f64 {
  const l2 = load<f64>(LIMIT_L2);
  if (bounded) return boundedWorth(both, boundedValue(both, l2, node), l2);
  return reduced(gradientOf(both), load<f64>(LIMIT_L1)) /
    (<f64> hessianOf(both) + l2);
}

/** What the worth of a split must exceed. */
export function leastWorth(before: f64): f64 {
  return before + Math.abs(before) * NOISE;
}

/** Worth of two children within the node's bounds; below all others out of order. */
export function boundedSplit(
  left: i64,
  right: i64,
  l2: f64,
  node: usize,
  direction: i32,
): f64 {
  const low = boundedValue(left, l2, node);
  const high = boundedValue(right, l2, node);
  if (<f64> direction * (high - low) < 0) return -Infinity;
  return boundedWorth(left, low, l2) + boundedWorth(right, high, l2);
}

function boundedValue(both: i64, l2: f64, node: usize): f64 {
  const gradient = gradientOf(both);
  const size = Math.max(Math.abs(gradient) - load<f64>(LIMIT_L1), 0);
  const free = (gradient > 0 ? -size : size) / (<f64> hessianOf(both) + l2);
  return Math.max(
    load<f64>(node + NODE_LOWER),
    Math.min(load<f64>(node + NODE_UPPER), free),
  );
}

/** Twice the fall of the loss that a value brings. */
function boundedWorth(both: i64, value: f64, l2: f64): f64 {
  const curve = <f64> hessianOf(both) + l2;
  return -2 * gradientOf(both) * value - curve * value * value -
    2 * load<f64>(LIMIT_L1) * Math.abs(value);
}

/** Writes the best split so far. */
export function keep(
  found: usize,
  gain: f64,
  left: i64,
  right: i64,
  bin: i32,
  missingLeft: bool,
): void {
  const sure = load<i64>(LIMIT_SURE);
  store<f64>(found + FOUND_GAIN, gain);
  store<i64>(found + FOUND_LEFT, left);
  store<i32>(found + FOUND_BIN, bin);
  store<i32>(found + FOUND_MISSING_LEFT, missingLeft ? 1 : 0);
  store<i32>(
    found + FOUND_UNSURE,
    hessianOf(left) < sure || hessianOf(right) < sure ? 1 : 0,
  );
}
