/**
 * What a leaf says, and what bounds hold below it.
 *
 * @module
 */
import type { Scales } from "./derivatives.ts";
import type { Field } from "./field.ts";
import {
  LIMIT_L1,
  LIMIT_L2,
  LIMIT_ROWS,
  LIMIT_SMOOTHING,
  LIMIT_SURE,
  LIMIT_WEIGHT,
  LIMIT_WORD_ROWS,
  LIMIT_WORDS_L2,
  NODE_BOUNDED,
  NODE_COLUMNS,
  NODE_LOWER,
  NODE_ROWS,
  NODE_SUMS,
  NODE_UPPER,
} from "./kernels/frame.ts";
import type { Settings } from "./settings.ts";
import type { Stretch, Sums } from "./split.ts";

/** Least and greatest value that a leaf below a node may have. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/** No bounds. */
export const FREE: Bounds = { lower: -Infinity, upper: Infinity };

/**
 * Value of a leaf before the learning rate: the step that lowers the loss most.
 *
 * @param sums Of its rows.
 * @param bounds Of its node.
 * @param options What the whole numbers stand for; `l1` and `l2`.
 * @returns The step, within the bounds.
 */
export function stepOf(
  sums: Sums,
  bounds: Bounds,
  { scales, l1, l2 }: { scales: Scales; l1: number; l2: number },
): number {
  const gradient = sums.gradient / scales.gradient;
  const size = Math.max(Math.abs(gradient) - l1, 0);
  const step = size / (sums.hessian / scales.hessian + l2);
  const free = Number.isFinite(step) ? -Math.sign(gradient) * step : 0;
  return Math.min(bounds.upper, Math.max(bounds.lower, free));
}

/**
 * Bounds of two children: where a column must rise, all leaves on the left stay
 * below the middle of the two, and all on the right above it.
 *
 * @param bounds Of the node.
 * @param direction 1 to rise, -1 to fall, 0 for neither.
 * @param steps Of the two children.
 * @returns Bounds of the left and the right child.
 */
export function boundChildren(
  bounds: Bounds,
  direction: number,
  [left, right]: readonly [number, number],
): [Bounds, Bounds] {
  if (direction === 0) return [bounds, bounds];
  const middle = left / 2 + right / 2;
  const under = { ...bounds, upper: middle };
  const over = { ...bounds, lower: middle };
  return direction > 0 ? [under, over] : [over, under];
}

/**
 * Tells the kernels what splits of a tree must respect.
 *
 * @param field Where to write.
 * @param scales What the tree's whole numbers stand for.
 * @param settings The limits.
 */
export function writeLimits(
  { view: { data } }: Field,
  { gradient, hessian, least, greatest }: Scales,
  settings: Settings,
): void {
  const rows = Math.max(1, Math.ceil(settings.minChildRows));
  const weight = Math.ceil(settings.minChildWeight * hessian);
  const room = 2 ** 33;
  data.setFloat64(LIMIT_L1, settings.l1 * gradient, true);
  data.setFloat64(LIMIT_L2, settings.l2 * hessian, true);
  data.setFloat64(LIMIT_SMOOTHING, settings.categorySmoothing * hessian, true);
  data.setFloat64(LIMIT_WORD_ROWS, settings.categorySmoothing, true);
  data.setFloat64(LIMIT_WORDS_L2, settings.categoryL2 * hessian, true);
  data.setInt32(LIMIT_ROWS, rows, true);
  const needed = Math.min(room, Math.max(1, weight, rows * least));
  data.setBigInt64(LIMIT_WEIGHT, BigInt(needed), true);
  const sure = Math.min(room, (rows - 1) * greatest + 1);
  data.setBigInt64(LIMIT_SURE, BigInt(rows > 1 ? sure : 0), true);
}

/** A node to be searched. */
export interface Candidate extends Stretch {
  readonly sums: Sums;
  readonly bounds: Bounds;
}

/**
 * Tells the kernels of a node that they will search.
 *
 * @param field Where to write.
 * @param slot Which of the two places.
 * @param options The node; what the whole numbers stand for.
 * @returns Where it was written.
 */
export function writeNode(
  { view: { data }, layout }: Field,
  slot: 0 | 1,
  { node, scales }: { node: Candidate; scales: Scales },
): number {
  const place = layout.nodes[slot];
  const { sums, bounds } = node;
  const unit = scales.gradient / scales.hessian;
  data.setUint32(place + NODE_SUMS, sums.hessian, true);
  data.setInt32(place + NODE_SUMS + 4, sums.gradient, true);
  data.setFloat64(place + NODE_LOWER, bounds.lower * unit, true);
  data.setFloat64(place + NODE_UPPER, bounds.upper * unit, true);
  data.setInt32(place + NODE_BOUNDED, bounds === FREE ? 0 : 1, true);
  data.setUint32(place + NODE_COLUMNS, layout.nodeColumns[slot], true);
  data.setInt32(place + NODE_ROWS, node.until - node.from, true);
  return place;
}
