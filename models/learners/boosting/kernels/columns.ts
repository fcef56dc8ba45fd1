/**
 * What is done by columns: filling the histograms of a node, taking them from its
 * parent's, and searching both for a split. A group of columns is one task.
 *
 * @module
 */
import {
  ARGUMENTS,
  COLUMN_BYTES,
  FOUND_BYTES,
  FOUND_GAIN,
  LIMIT_BINS,
  LIMIT_CODED,
  LIMIT_MONOTONE,
  NODE_COLUMNS,
} from "./frame";
import {
  fillFour,
  fillFourOfAll,
  fillOne,
  fillOneOfAll,
  subtract,
} from "./histogram";
import { searchNumbers } from "./search_numbers";
import { searchWords } from "./search_words";

const GROUP: usize = 4;
const WIDTH: usize = <usize> COLUMN_BYTES;

/** An argument of the job, by place. */
function argument(place: usize): usize {
  return load<u32>(ARGUMENTS + (place << 2));
}

/**
 * bins, rows, columns (u32 each), how many; node's rows or 0 for all in order,
 * count, derivatives; its histogram, node, found; parent's histogram or 0, other
 * node, found.
 */
export function doColumns(task: usize, scratch: usize): void {
  const first = task * GROUP;
  const last = min(first + GROUP, argument(3));
  fillGroup(first, last);
  for (let at = first; at < last; at++) {
    const own = argument(7) + at * WIDTH;
    search(at, own, argument(8), argument(9), scratch);
    if (argument(10) === 0) continue;
    const other = argument(10) + at * WIDTH;
    subtract(other, own, binsOf(at) + 1);
    search(at, other, argument(11), argument(12), scratch);
  }
}

/** Searches a column again, its rows by bin counted. */
export function searchAgain(
  at: usize,
  histogram: usize,
  node: usize,
  found: usize,
  counts: usize,
  scratch: usize,
): void {
  searchColumn(at, histogram + at * WIDTH, node, found, counts, scratch);
}

function fillGroup(first: usize, last: usize): void {
  const out = argument(7) + first * WIDTH;
  const rows = argument(4);
  const count = argument(5);
  const packed = argument(6);
  memory.fill(out, 0, (last - first) * WIDTH);
  if (last - first === GROUP) {
    const a = columnAt(first);
    const b = columnAt(first + 1);
    const c = columnAt(first + 2);
    const d = columnAt(first + 3);
    if (rows === 0) fillFourOfAll(out, a, b, c, d, packed, count);
    else fillFour(out, a, b, c, d, rows, packed, count);
    return;
  }
  for (let at = first; at < last; at++) {
    const one = out + (at - first) * WIDTH;
    if (rows === 0) fillOneOfAll(one, columnAt(at), packed, count);
    else fillOne(one, columnAt(at), rows, packed, count);
  }
}

function search(
  at: usize,
  histogram: usize,
  node: usize,
  found: usize,
  scratch: usize,
): void {
  if (node === 0) return;
  if (load<u8>(<usize> load<u32>(node + NODE_COLUMNS) + at) === 0) {
    store<f64>(found + at * <usize> FOUND_BYTES + FOUND_GAIN, 0);
    return;
  }
  searchColumn(at, histogram, node, found, 0, scratch);
}

function searchColumn(
  at: usize,
  histogram: usize,
  node: usize,
  found: usize,
  counts: usize,
  scratch: usize,
): void {
  const column = numberAt(at);
  const place = found + at * <usize> FOUND_BYTES;
  const bins = binsOf(at);
  if (load<u8>(<usize> load<u32>(LIMIT_CODED) + column) !== 0) {
    searchWords(histogram, bins, node, scratch, counts, place);
    return;
  }
  const monotone = <usize> load<u32>(LIMIT_MONOTONE);
  const direction = <i32> load<i8>(monotone + column);
  searchNumbers(histogram, bins, node, direction, counts, place);
}

/** Which column is at a place of the tree's list. */
function numberAt(at: usize): usize {
  return load<u32>(argument(2) + (at << 2));
}

function columnAt(at: usize): usize {
  return argument(0) + numberAt(at) * argument(1);
}

function binsOf(at: usize): i32 {
  const bins = <usize> load<u32>(LIMIT_BINS);
  return load<i32>(bins + (numberAt(at) << 2));
}
