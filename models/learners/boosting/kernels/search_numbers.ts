/**
 * The best place to split a node by one column of numbers.
 *
 * A child's rows are known by its hessian alone: at least hessian ÷ greatest,
 * at most hessian ÷ least of a row. Where that leaves it open whether a child has
 * rows enough, the split is called unsure; searched with counts, it is not.
 *
 * @module
 */
import {
  FOUND_BIN,
  FOUND_GAIN,
  FOUND_MEMBERS,
  FOUND_MISSING_LEFT,
  LIMIT_L1,
  LIMIT_L2,
  LIMIT_ROWS,
  LIMIT_WEIGHT,
  NODE_BOUNDED,
  NODE_ROWS,
  NODE_SUMS,
} from "./frame";
import {
  boundedSplit,
  gradientOf,
  hessianOf,
  keep,
  leastWorth,
  reduced,
  worthOfNode,
} from "./gain";

/**
 * Looks through a column.
 *
 * @param histogram The node's column; bin 0 is missing.
 * @param bins Bins beside that of the missing.
 * @param node What is known of the node.
 * @param direction 1 if leaves must rise with the column, -1 to fall, else 0.
 * @param counts Rows of each bin, u32, or 0.
 * @param found Where to write.
 */
export function searchNumbers(
  histogram: usize,
  bins: i32,
  node: usize,
  direction: i32,
  counts: usize,
  found: usize,
): void {
  const l1 = load<f64>(LIMIT_L1);
  const l2 = load<f64>(LIMIT_L2);
  const least = load<i64>(LIMIT_WEIGHT);
  const total = load<i64>(node + NODE_SUMS);
  const gradient = gradientOf(total);
  const hessian = hessianOf(total);
  const curves = <f64> hessian + 2 * l2;
  const missing = load<i64>(histogram);
  const bounded = load<i32>(node + NODE_BOUNDED) !== 0 || direction !== 0;
  const before = worthOfNode(total, node, bounded);
  const last = missing !== 0 ? bins : bins - 1;
  const first = missing !== 0 ? 0 : 1;
  let above = leastWorth(before);
  let below: f64 = 1;
  let best: i64 = 0;
  let bestBin = 0;
  let bestSide = 0;
  let present: i64 = 0;
  let rows: i32 = 0;
  for (let bin = 1; bin <= last; bin++) {
    const both = load<i64>(histogram + (<usize> bin << 3));
    if (counts !== 0) rows += load<i32>(counts + (<usize> bin << 2));
    if (both === 0) continue;
    present += both;
    for (let side = first; side < 2; side++) {
      const left = side === 0 ? present + missing : present;
      const weight = hessianOf(left);
      if (weight < least || hessian - weight < least) continue;
      let worth: f64;
      let under: f64 = 1;
      if (bounded) {
        worth = boundedSplit(left, total - left, l2, node, direction);
      } else {
        const slope = gradientOf(left);
        const curve = <f64> weight + l2;
        const rest = curves - curve;
        worth = reduced(slope, l1) * rest +
          reduced(gradient - slope, l1) * curve;
        under = curve * rest;
      }
      if (!(worth * below > above * under)) continue;
      if (counts !== 0) {
        const some = rows + (side === 0 ? load<i32>(counts) : 0);
        if (!roomy(some, node)) continue;
      }
      above = worth;
      below = under;
      best = left;
      bestBin = bin;
      bestSide = side;
    }
  }
  if (bestBin === 0) {
    store<f64>(found + FOUND_GAIN, 0);
    return;
  }
  const missingLeft = missing !== 0
    ? bestSide === 0
    : 2 * hessianOf(best) > hessian;
  keep(found, above / below - before, best, total - best, bestBin, missingLeft);
  writeMembers(found);
}

/** Whether both children have rows enough. */
export function roomy(left: i32, node: usize): bool {
  const least = load<i32>(LIMIT_ROWS);
  return left >= least && load<i32>(node + NODE_ROWS) - left >= least;
}

/** Sets the bits of the bins up to the split's, and of the missing. */
function writeMembers(found: usize): void {
  const last = load<i32>(found + FOUND_BIN);
  for (let byte: i32 = 0; byte < 32; byte++) {
    const bits = last + 1 - (byte << 3);
    const mask = bits >= 8 ? 255 : bits > 0 ? (1 << bits) - 1 : 0;
    store<u8>(found + FOUND_MEMBERS + <usize> byte, <u8> mask);
  }
  if (load<i32>(found + FOUND_MISSING_LEFT) === 0) {
    const first = load<u8>(found + FOUND_MEMBERS);
    store<u8>(found + FOUND_MEMBERS, first & 254);
  }
}
