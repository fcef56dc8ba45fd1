/**
 * The rows of nodes: parting them, bringing them to their places, gathering their
 * derivatives, and adding to their scores.
 *
 * @module
 */

/**
 * Parts rows in order, without a branch: those that go left to one side of the
 * spare memory, the others to the other.
 *
 * @returns How many go left.
 */
export function part(
  rows: usize,
  count: usize,
  bins: usize,
  goesLeft: usize,
  left: usize,
  right: usize,
): i32 {
  const start = left;
  const end = rows + (count << 2);
  for (; rows < end; rows += 4) {
    const row = load<u32>(rows);
    const bin = <usize> load<u8>(bins + <usize> row);
    const goes = <usize> load<u8>(goesLeft + bin) << 2;
    store<u32>(left, row);
    store<u32>(right, row);
    left += goes;
    right += 4 - goes;
  }
  return <i32> ((left - start) >> 2);
}

/** Copies derivatives of rows side by side. */
export function gather(
  rows: usize,
  count: usize,
  packed: usize,
  out: usize,
): void {
  const end = rows + (count << 2);
  for (; rows < end; rows += 4, out += 8) {
    store<i64>(out, load<i64>(packed + (<usize> load<u32>(rows) << 3)));
  }
}

/** Adds up packed derivatives. */
export function sumOf(packed: usize, count: usize): i64 {
  let sum: i64 = 0;
  for (let at: usize = 0; at < count << 3; at += 8) {
    sum += load<i64>(packed + at);
  }
  return sum;
}

/** Counts rows by bin, u32. */
export function countBins(
  rows: usize,
  count: usize,
  bins: usize,
  out: usize,
): void {
  memory.fill(out, 0, 1024);
  const end = rows + (count << 2);
  for (; rows < end; rows += 4) {
    const bin = <usize> load<u8>(bins + <usize> load<u32>(rows));
    store<u32>(out + (bin << 2), load<u32>(out + (bin << 2)) + 1);
  }
}

/** Adds one value to the scores of rows. */
export function addValue(
  rows: usize,
  count: usize,
  scores: usize,
  value: f64,
): void {
  const end = rows + (count << 2);
  for (; rows < end; rows += 4) {
    const score = scores + (<usize> load<u32>(rows) << 3);
    store<f64>(score, load<f64>(score) + value);
  }
}

/**
 * Adds what a tree says of rows in bins.
 *
 * @param from First row.
 * @param until Row after the last.
 * @param bins Columns one after another.
 * @param stride Rows of a column.
 * @param tree Column, left child and value of each node, 4, 4 and 8 bytes; the
 * column of a leaf is -1.
 * @param members A bit for each bin that goes left, 32 bytes for each node.
 * @param scores Added to.
 */
export function addTree(
  from: usize,
  until: usize,
  bins: usize,
  stride: usize,
  tree: usize,
  members: usize,
  scores: usize,
): void {
  for (let row = from; row < until; row++) {
    let node: usize = 0;
    let column = load<i32>(tree);
    while (column >= 0) {
      const bin = <usize> load<u8>(bins + <usize> column * stride + row);
      const byte = <usize> load<u8>(members + (node << 5) + (bin >> 3));
      const goes = (byte >> (bin & 7)) & 1;
      node = <usize> load<i32>(tree + (node << 4), 4) + 1 - goes;
      column = load<i32>(tree + (node << 4));
    }
    const score = scores + (row << 3);
    store<f64>(score, load<f64>(score) + load<f64>(tree + (node << 4), 8));
  }
}
