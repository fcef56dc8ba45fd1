/**
 * Sums of gradients and hessians by bin, and the best place to split them.
 *
 * One histogram holds 256 pairs (gradient, hessian) for each column, interleaved.
 *
 * @module
 */
import type { Binned } from "./bins.ts";

/** Numbers that one column takes in a histogram. */
export const STRIDE = 512;

/** First and second derivatives of the loss, shape [rows]. */
export interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** Scratch for derivatives in the order of a node's rows. */
export interface Gathered extends Derivatives {
  readonly rows: Uint32Array;
}

/**
 * Copies the derivatives of some rows side by side.
 *
 * @param from Derivatives of all rows.
 * @param rows Which rows.
 * @param scratch Room for at least as many.
 * @returns Views of the scratch.
 */
export function gather(
  from: Derivatives,
  rows: Uint32Array,
  scratch: Derivatives,
): Gathered {
  const gradient = scratch.gradient.subarray(0, rows.length);
  const hessian = scratch.hessian.subarray(0, rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    gradient[i] = from.gradient[row] as number;
    hessian[i] = from.hessian[row] as number;
  }
  return { gradient, hessian, rows };
}

/**
 * Fills a histogram.
 *
 * @param out Where to write, shape [columns × STRIDE].
 * @param binned All rows.
 * @param options Rows of the node with their derivatives; columns to fill.
 */
export function fillHistogram(
  out: Float64Array,
  binned: Binned,
  options: { readonly node: Gathered; readonly columns: readonly number[] },
): void {
  for (const column of options.columns) {
    const part = out.subarray(column * STRIDE, (column + 1) * STRIDE);
    part.fill(0);
    fillColumn(part, binned.columns[column] as Uint8Array, options.node);
  }
}

function fillColumn(
  part: Float64Array,
  bins: Uint8Array,
  { rows, gradient, hessian }: Gathered,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = 2 * (bins[rows[i] as number] as number);
    part[at] = (part[at] as number) + (gradient[i] as number);
    part[at + 1] = (part[at + 1] as number) + (hessian[i] as number);
  }
}

/**
 * Turns a parent's histogram into that of its other child.
 *
 * @param parent Changed in place.
 * @param child Histogram of one child.
 */
export function subtractHistogram(
  parent: Float64Array,
  child: Float64Array,
): void {
  for (let i = 0; i < parent.length; i++) {
    parent[i] = (parent[i] as number) - (child[i] as number);
  }
}

/** What a split must respect. */
export interface SplitLimits {
  /** Added to the hessian of a leaf. */
  readonly l2: number;
  /** Least hessian of a child. */
  readonly minChildWeight: number;
}

/** The best split of a node. */
export interface Split {
  readonly column: number;
  /** Greatest bin that goes left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Fall of the loss, twice. */
  readonly gain: number;
  /** Sums of the left child. */
  readonly left: Sums;
}

/** Sums over the rows of a node. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/**
 * Finds the best split of a node.
 *
 * @param histogram Histogram of the node.
 * @param total Sums of the node.
 * @param options Columns to try, bins of every column, limits.
 * @returns The split of most gain, the first of equals; null when none gains.
 */
export function findSplit(
  histogram: Float64Array,
  total: Sums,
  options: {
    readonly columns: readonly number[];
    readonly cuts: readonly Float32Array[];
    readonly limits: SplitLimits;
  },
): Split | null {
  let best: Split | null = null;
  let leastGain = 1e-10 * worth(total, options.limits.l2);
  for (const column of options.columns) {
    const part = histogram.subarray(column * STRIDE, (column + 1) * STRIDE);
    const bins = options.cuts[column]?.length ?? 0;
    const found = splitColumn(part, total, {
      bins,
      limits: options.limits,
      leastGain,
    });
    if (!found) continue;
    best = { column, ...found };
    leastGain = found.gain;
  }
  return best;
}

function splitColumn(
  part: Float64Array,
  total: Sums,
  { bins, limits: { l2, minChildWeight }, leastGain }: {
    bins: number;
    limits: SplitLimits;
    leastGain: number;
  },
): Omit<Split, "column"> | null {
  const missingGradient = part[0] as number;
  const missingHessian = part[1] as number;
  const someMissing = missingHessian > 1e-9 * total.hessian;
  const before = worth(total, l2);
  let best: Omit<Split, "column"> | null = null;
  let most = leastGain;
  let presentGradient = 0;
  let presentHessian = 0;
  const last = someMissing ? bins : bins - 1;
  for (let bin = 1; bin <= last; bin++) {
    presentGradient += part[2 * bin] as number;
    presentHessian += part[2 * bin + 1] as number;
    for (let way = someMissing ? 0 : 1; way < 2; way++) {
      const gradient = presentGradient + (way === 0 ? missingGradient : 0);
      const hessian = presentHessian + (way === 0 ? missingHessian : 0);
      const rest = total.hessian - hessian;
      if (hessian < minChildWeight || rest < minChildWeight) continue;
      const gain = gradient ** 2 / (hessian + l2) +
        (total.gradient - gradient) ** 2 / (rest + l2) - before;
      if (!(gain > most)) continue;
      most = gain;
      const missingLeft = someMissing ? way === 0 : hessian > rest;
      best = { bin, missingLeft, gain, left: { gradient, hessian } };
    }
  }
  return best;
}

function worth({ gradient, hessian }: Sums, l2: number): number {
  return gradient ** 2 / (hessian + l2);
}
