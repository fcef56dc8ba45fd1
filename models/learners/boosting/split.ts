/**
 * The best split of a node, out of what the kernels found in its columns.
 *
 * @module
 */
import type { Field } from "./field.ts";
import {
  COLUMN_BYTES,
  FOUND_BIN,
  FOUND_BYTES,
  FOUND_GAIN,
  FOUND_LEFT,
  FOUND_MEMBERS,
  FOUND_MISSING_LEFT,
  FOUND_UNSURE,
} from "./kernels/frame.ts";

/** Sums over the rows of a node, in whole numbers. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/** A split. */
export interface Split {
  readonly column: number;
  /** Greatest bin that goes left; 0 where words are parted. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Twice the fall of the loss, in units of the whole numbers. */
  readonly gain: number;
  /** Sums of the left child. */
  readonly left: Sums;
  /** A bit for each bin that goes left, 32 bytes. */
  readonly members: Uint8Array;
}

/** Rows of a node, in the order of the field's rows. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** A node that was searched. */
export interface Searched extends Stretch {
  /** Which of the two places of searched nodes. */
  readonly slot: 0 | 1;
  /** Place of its histogram. */
  readonly histogram: number;
}

/**
 * Chooses the split of most gain, the first column's of equals.
 *
 * Where rows were not counted and a child may have too few, they are counted, in
 * that column alone, and it is searched again: a count can only lower a gain.
 *
 * @param field Where the node was searched.
 * @param columns Columns of the tree.
 * @param node The node.
 * @returns The split; null when none gains.
 */
export function chooseSplit(
  field: Field,
  columns: Uint32Array,
  node: Searched,
): Split | null {
  const { view: { data }, layout } = field;
  const found = layout.found[node.slot];
  for (;;) {
    const at = mostGaining(data, found, columns.length);
    const place = found + at * FOUND_BYTES;
    const gain = data.getFloat64(place + FOUND_GAIN, true);
    if (!(gain > 0)) return null;
    const column = columns[at] as number;
    if (data.getInt32(place + FOUND_UNSURE, true) === 0) {
      return readSplit(field, place, { column, gain });
    }
    countAndSearch(field, node, { at, column });
  }
}

function mostGaining(data: DataView, found: number, columns: number): number {
  let best = 0;
  let most = 0;
  for (let at = 0; at < columns; at++) {
    const gain = data.getFloat64(found + at * FOUND_BYTES + FOUND_GAIN, true);
    if (gain > most) {
      most = gain;
      best = at;
    }
  }
  return best;
}

function readSplit(
  { view }: Field,
  place: number,
  { column, gain }: { column: number; gain: number },
): Split {
  return {
    column,
    gain,
    bin: view.data.getInt32(place + FOUND_BIN, true),
    missingLeft: view.data.getInt32(place + FOUND_MISSING_LEFT, true) === 1,
    left: {
      gradient: view.data.getInt32(place + FOUND_LEFT + 4, true),
      hessian: view.data.getUint32(place + FOUND_LEFT, true),
    },
    members: view.bytes(place + FOUND_MEMBERS, 32).slice(),
  };
}

function countAndSearch(
  { layout, crew, rows, view }: Field,
  { slot, histogram, from, until }: Searched,
  { at, column }: { at: number; column: number },
): void {
  const { kernels, scratch } = crew;
  const bins = layout.bins + column * rows;
  kernels.countBins(layout.rows + 4 * from, until - from, bins, layout.counts);
  kernels.searchAgain(
    at,
    histogram,
    layout.nodes[slot],
    layout.found[slot],
    layout.counts,
    scratch,
  );
  const place = layout.found[slot] + at * FOUND_BYTES + FOUND_UNSURE;
  view.data.setInt32(place, 0, true);
}

/**
 * Where a leaf's histogram is.
 *
 * @param field The field.
 * @param place Which histogram.
 * @param columns Columns of a histogram.
 * @returns Bytes from the start of the memory.
 */
export function histogramAt(
  { layout }: Field,
  place: number,
  columns: number,
): number {
  return layout.histograms + place * columns * COLUMN_BYTES;
}
