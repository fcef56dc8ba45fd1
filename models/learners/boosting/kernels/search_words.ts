/**
 * The best way to part the words of a column. In the order of their smoothed
 * gradient ÷ hessian the best set is a stretch from one end or the other.
 *
 * Words of which the node has few rows have no place in the order, as chance would
 * choose it: like words that the node does not know, they go right. A missing value
 * is one more word; the set is the stretch without it, so that it goes right too.
 *
 * @see Fisher (1958), On Grouping for Maximum Homogeneity
 * @see Ke et al. (2017), LightGBM: A Highly Efficient Gradient Boosting Decision Tree
 * @module
 */
import {
  FOUND_GAIN,
  FOUND_MEMBERS,
  LIMIT_L1,
  LIMIT_L2,
  LIMIT_SMOOTHING,
  LIMIT_WEIGHT,
  LIMIT_WORD_ROWS,
  LIMIT_WORDS_L2,
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
import { roomy } from "./search_numbers";

/** Words of a column that all have a place, and cost nothing more. */
const FEW = 4;
/** Words of the shorter stretch at most. */
const MOST = 32;

/**
 * Looks through a column.
 *
 * @param histogram The node's column; bin 0 is missing.
 * @param bins Bins beside that of the missing.
 * @param node What is known of the node.
 * @param order Room for 256 bins, one byte each.
 * @param counts Rows of each bin, u32, or 0.
 * @param found Where to write.
 */
export function searchWords(
  histogram: usize,
  bins: i32,
  node: usize,
  order: usize,
  counts: usize,
  found: usize,
): void {
  const words = putInOrder(histogram, bins, node, order);
  const least = load<i64>(LIMIT_WEIGHT);
  const l2 = load<f64>(LIMIT_L2) +
    (bins > FEW ? load<f64>(LIMIT_WORDS_L2) : 0);
  const total = load<i64>(node + NODE_SUMS);
  const bounded = load<i32>(node + NODE_BOUNDED) !== 0;
  const before = worthOfNode(total, node, bounded);
  let placed: i64 = 0;
  let placedRows: i32 = 0;
  let missing: i32 = -1;
  for (let word: i32 = 0; word < words; word++) {
    const bin = <usize> load<u8>(order + <usize> word);
    placed += load<i64>(histogram + (bin << 3));
    if (counts !== 0) placedRows += load<i32>(counts + (bin << 2));
    if (bin === 0) missing = word;
  }
  let most = leastWorth(before);
  let low: i64 = 0;
  let lowRows: i32 = 0;
  let from: i32 = 0;
  let until: i32 = 0;
  store<f64>(found + FOUND_GAIN, 0);
  for (let cut: i32 = 1; cut < words; cut++) {
    const bin = <usize> load<u8>(order + <usize> (cut - 1));
    low += load<i64>(histogram + (bin << 3));
    if (counts !== 0) lowRows += load<i32>(counts + (bin << 2));
    if (cut > MOST && words - cut > MOST) continue;
    const isLow = missing >= 0
      ? cut <= missing
      : 2 * hessianOf(low) <= hessianOf(placed);
    const left = isLow ? low : placed - low;
    const right = total - left;
    if (hessianOf(left) < least || hessianOf(right) < least) continue;
    const worth = bounded
      ? boundedSplit(left, right, l2, node, 0)
      : freeWorth(left, l2) + freeWorth(right, l2);
    if (!(worth > most)) continue;
    const rows = isLow ? lowRows : placedRows - lowRows;
    if (counts !== 0 && !roomy(rows, node)) continue;
    most = worth;
    from = isLow ? 0 : cut;
    until = isLow ? cut : words;
    keep(found, worth - before, left, right, 0, false);
  }
  if (until > 0) writeMembers(found, order, from, until);
}

function freeWorth(both: i64, l2: f64): f64 {
  return reduced(gradientOf(both), load<f64>(LIMIT_L1)) /
    (<f64> hessianOf(both) + l2);
}

/**
 * Bins of rows enough, by key and, of equals, by place; returns how many. A bin's
 * rows are its share of the node's hessian, so that counts change no order.
 */
function putInOrder(
  histogram: usize,
  bins: i32,
  node: usize,
  order: usize,
): i32 {
  const rows = <f64> load<i32>(node + NODE_ROWS);
  const needed = bins > FEW
    ? load<f64>(LIMIT_WORD_ROWS) * <f64> hessianOf(load<i64>(node + NODE_SUMS))
    : 0;
  let words: i32 = 0;
  for (let bin = 0; bin <= bins; bin++) {
    const both = load<i64>(histogram + (<usize> bin << 3));
    if (both === 0 || <f64> hessianOf(both) * rows < needed) continue;
    const key = keyOf(both);
    let place = words++;
    while (place > 0) {
      const before = load<u8>(order + <usize> (place - 1));
      if (keyOf(load<i64>(histogram + (<usize> before << 3))) <= key) break;
      store<u8>(order + <usize> place, before);
      place--;
    }
    store<u8>(order + <usize> place, <u8> bin);
  }
  return words;
}

function keyOf(both: i64): f64 {
  return gradientOf(both) /
    (<f64> hessianOf(both) + load<f64>(LIMIT_SMOOTHING));
}

/** Sets the bits of a stretch of the order. */
function writeMembers(
  found: usize,
  order: usize,
  from: i32,
  until: i32,
): void {
  memory.fill(found + FOUND_MEMBERS, 0, 32);
  for (let word = from; word < until; word++) {
    const bin = load<u8>(order + <usize> word);
    const place = found + FOUND_MEMBERS + <usize> (bin >> 3);
    store<u8>(place, load<u8>(place) | (<u8> 1 << (bin & 7)));
  }
}
