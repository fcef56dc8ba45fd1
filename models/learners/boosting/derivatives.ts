/**
 * Derivatives of the loss as whole numbers, as exact as a histogram can hold.
 *
 * A histogram adds gradients in 32 bits and hessians in 32 bits. The scale is the
 * greatest power of two at which no sum over all rows can leave them: with few rows
 * the numbers are as good as exact; with a million a step is a thousandth or less
 * of the mean gradient.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { KEEP } from "./crew.ts";
import type { Field } from "./field.ts";
import { CHUNK_ROWS, JOB_DERIVE, JOB_QUANTISE } from "./kernels/frame.ts";
import { LOSSES } from "./losses.ts";
import type { Settings } from "./settings.ts";
import type { Sums } from "./split.ts";

/** What the whole numbers stand for. */
export interface Scales {
  /** Whole numbers to a gradient of one. */
  readonly gradient: number;
  /** Whole numbers to a hessian of one. */
  readonly hessian: number;
  /** Least and greatest hessian of a row, in whole numbers. */
  readonly least: number;
  readonly greatest: number;
}

const GRADIENT_ROOM = 2 ** 31 - 1;
const HESSIAN_ROOM = 2 ** 32 - 1;

/**
 * Derives the loss of all rows at their scores.
 *
 * @param field Scores, labels and weights; derivatives are written.
 * @param settings Which loss.
 * @returns What the whole numbers stand for, and their sums over all rows.
 * @throws {EngineError} `dataset_invalid` if the derivatives are not finite.
 */
export function deriveLoss(
  field: Field,
  settings: Settings,
): { scales: Scales; sums: Sums } {
  const { layout, crew, rows, view } = field;
  const chunks = Math.ceil(rows / CHUNK_ROWS);
  const { place } = LOSSES[settings.loss];
  const { scores, labels, weights, gradients, hessians, chunkSums } = layout;
  crew.setNumber(2, settings.quantile);
  crew.run(JOB_DERIVE, [
    place,
    rows,
    KEEP,
    KEEP,
    scores,
    labels,
    weights,
    gradients,
    hessians,
    chunkSums,
  ], chunks);
  const [gradient, hessian] = addChunks(view.numbers(chunkSums, 2 * chunks));
  const scales = {
    gradient: scaleFor(gradient, GRADIENT_ROOM - rows),
    hessian: scaleFor(hessian, HESSIAN_ROOM - rows),
  };
  return quantise(field, scales, chunks);
}

function quantise(
  { layout, crew, rows, view }: Field,
  scales: Pick<Scales, "gradient" | "hessian">,
  chunks: number,
): { scales: Scales; sums: Sums } {
  const { gradients, hessians, packed, ranges, packedSums } = layout;
  crew.setNumber(2, scales.gradient);
  crew.setNumber(4, scales.hessian);
  crew.run(JOB_QUANTISE, [
    gradients,
    rows,
    KEEP,
    KEEP,
    KEEP,
    KEEP,
    hessians,
    packed,
    ranges,
    packedSums,
  ], chunks);
  let least = Infinity;
  let greatest = 0;
  view.longs(ranges, 2 * chunks).forEach((range, at) => {
    if (at % 2 === 0) least = Math.min(least, Number(range));
    else greatest = Math.max(greatest, Number(range));
  });
  const sums = unpackSums(view.longs(packedSums, chunks));
  return { scales: { ...scales, least, greatest }, sums };
}

/**
 * Adds packed sums and takes them apart.
 *
 * @param packed Gradient above, hessian below, 32 bits each.
 * @returns Their sums.
 */
export function unpackSums(packed: BigInt64Array): Sums {
  let sum = 0n;
  for (const part of packed) sum += part;
  return { gradient: Number(sum >> 32n), hessian: Number(sum & 0xffffffffn) };
}

function addChunks(sums: Float64Array): [number, number] {
  const total: [number, number] = [0, 0];
  sums.forEach((sum, at) => total[at % 2 as 0 | 1] += sum);
  return total;
}

/** The greatest power of two that keeps a sum within its room. */
function scaleFor(sum: number, room: number): number {
  if (!Number.isFinite(sum)) {
    throw new EngineError(
      "dataset_invalid",
      "Cannot boost trees: labels or weights are too large to add up",
    );
  }
  return sum > 0 ? 2 ** Math.min(1000, Math.floor(Math.log2(room / sum))) : 1;
}
