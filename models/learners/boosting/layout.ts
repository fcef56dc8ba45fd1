/**
 * Where everything lies in the memory of a fit, planned before it is made.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { SCRATCH_BYTES } from "./kernel_module.ts";
import {
  CHUNK_ROWS,
  COLUMN_BYTES,
  FOUND_BYTES,
  FREE,
  NODE_BYTES,
} from "./kernels/frame.ts";

/** How much there is to lay out. */
export interface FieldSize {
  readonly rows: number;
  readonly validationRows: number;
  readonly columns: number;
  readonly leaves: number;
  readonly threads: number;
  readonly weighted: boolean;
}

/** Columns that are sorted, or put into bins, in one job. */
export const SLOTS = 5;

const MOST_BYTES = 4 * 2 ** 30 - 65536;

/** Places, bytes from the start of the memory. */
export type Layout = ReturnType<typeof planLayout>;

/**
 * Plans the memory.
 *
 * @param size How much there is.
 * @returns Places of all arrays, and the bytes of the whole.
 * @throws {EngineError} `dataset_invalid` if that is more than can be addressed.
 */
export function planLayout(size: FieldSize) {
  const { rows, validationRows, columns, leaves, threads } = size;
  const { take, taken } = createTake();
  const chunks = Math.ceil(rows / CHUNK_ROWS);
  const nodes = 2 * leaves - 1;
  const layout = {
    scratches: Array.from({ length: threads }, () => take(SCRATCH_BYTES)),
    bins: take(columns * rows),
    validationBins: take(columns * validationRows),
    scores: take(8 * rows),
    validationScores: take(8 * validationRows),
    labels: take(8 * rows),
    weights: size.weighted ? take(8 * rows) : 0,
    ...planGrowth(take, size),
    partCounts: take(4 * chunks),
    partPlaces: take(8 * chunks),
    chunkSums: take(16 * chunks),
    ranges: take(16 * chunks),
    packedSums: take(8 * chunks),
    histograms: take(leaves * columns * COLUMN_BYTES),
    found: [take(columns * FOUND_BYTES), take(columns * FOUND_BYTES)] as const,
    nodes: [take(NODE_BYTES), take(NODE_BYTES)] as const,
    nodeColumns: [take(columns), take(columns)] as const,
    tree: take(16 * nodes),
    members: take(32 * nodes),
    leaves: take(16 * leaves),
    columns: take(4 * columns),
    columnBins: take(4 * columns),
    coded: take(columns),
    monotone: take(columns),
    goesLeft: take(256),
    counts: take(1024),
    cuts: take(SLOTS * 1024),
  };
  const bytes = taken();
  if (bytes > MOST_BYTES) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot boost trees on ${rows} rows of ${columns} columns: they take more than 4 GiB; sample the rows or lower the leaves`,
    );
  }
  return { ...layout, bytes };
}

/** Arrays for growing trees; before there are any, columns are binned in their place. */
function planGrowth(
  take: (bytes: number) => number,
  { rows, validationRows }: FieldSize,
) {
  const gradients = take(8 * rows);
  const growth = {
    slots: gradients,
    gradients,
    hessians: take(8 * rows),
    packed: take(8 * rows),
    gathered: take(8 * rows),
    rows: take(4 * rows),
    left: take(4 * rows),
    right: take(4 * rows),
  };
  const end = growth.right + 4 * rows;
  take(Math.max(0, 4 * SLOTS * validationRows - (end - gradients)));
  return growth;
}

function createTake() {
  let next = FREE;
  return {
    take(bytes: number): number {
      const place = next;
      next += Math.ceil(bytes / 64) * 64;
      return place;
    },
    taken: () => next,
  };
}
