/**
 * Parts the rows of a leaf between its children, each side in order, and gathers
 * the derivatives of the smaller.
 *
 * @module
 */
import type { Field } from "./field.ts";
import { CHUNK_ROWS, JOB_PART, JOB_PLACE } from "./kernels/frame.ts";
import type { Split, Stretch } from "./split.ts";

/**
 * Parts rows.
 *
 * @param field Whose rows change order.
 * @param leaf Which rows.
 * @param split Where each bin goes.
 * @returns Where the right child's rows start; whether the left is the smaller.
 */
export function partRows(
  field: Field,
  { from, until }: Stretch,
  split: Split,
): { middle: number; leftIsSmaller: boolean } {
  const { layout, crew, view } = field;
  const count = until - from;
  const chunks = Math.ceil(count / CHUNK_ROWS);
  spreadMembers(split.members, view.bytes(layout.goesLeft, 256));
  const places = [
    layout.rows + 4 * from,
    count,
    layout.bins + split.column * field.rows,
    layout.goesLeft,
    layout.left,
    layout.right,
    layout.partCounts,
  ];
  crew.run(JOB_PART, places, chunks);
  const lefts = placeChunks(field, count, chunks);
  const leftIsSmaller = 2 * lefts <= count;
  crew.run(JOB_PLACE, [
    ...places,
    layout.partPlaces,
    layout.packed,
    layout.gathered,
    leftIsSmaller ? 1 : 0,
    lefts,
  ], chunks);
  return { middle: from + lefts, leftIsSmaller };
}

/** Says where each chunk's rows go; returns how many go left. */
function placeChunks(
  { layout, view }: Field,
  count: number,
  chunks: number,
): number {
  const counts = view.words(layout.partCounts, chunks);
  const places = view.words(layout.partPlaces, 2 * chunks);
  let lefts = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    places[2 * chunk] = lefts;
    lefts += counts[chunk] as number;
  }
  let rights = lefts;
  for (let chunk = 0; chunk < chunks; chunk++) {
    places[2 * chunk + 1] = rights;
    const rows = Math.min(CHUNK_ROWS, count - chunk * CHUNK_ROWS);
    rights += rows - (counts[chunk] as number);
  }
  return lefts;
}

/** A byte for each bin, out of a bit for each. */
function spreadMembers(members: Uint8Array, out: Uint8Array): void {
  for (let bin = 0; bin < 256; bin++) {
    out[bin] = (members[bin >> 3] as number) >> (bin & 7) & 1;
  }
}
