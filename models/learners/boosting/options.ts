/**
 * How to boost trees, and what comes of it.
 *
 * @module
 */
import type { Random, Report, RowDataset } from "@moe/plugin";
import type { Tree } from "./tree.ts";

/**
 * What is minimised: `logistic` for chances (log loss), `squared` for means,
 * `poisson` for counts (log link), `quantile` for a quantile (pinball loss).
 */
export type Loss = "logistic" | "squared" | "poisson" | "quantile";

/** How to boost. */
export interface BoostingOptions {
  readonly loss: Loss;
  /** Which quantile, (0, 1); only for loss `quantile`; 0.5 if absent. */
  readonly quantile?: number;
  /** Trees at most. */
  readonly trees: number;
  /** Leaves of a tree at most, 2 to 4096. */
  readonly leaves: number;
  /** Factor on what a leaf says. */
  readonly learningRate: number;
  /** Splits between the root and a leaf at most; no bound if absent. */
  readonly maxDepth?: number;
  /** Taken off the size of a leaf's gradient; 0 if absent. */
  readonly l1?: number;
  /** Added to the hessian of a leaf. */
  readonly l2: number;
  /** Least hessian of a child. */
  readonly minChildWeight: number;
  /** Least rows of a child; 1 if absent. */
  readonly minChildRows?: number;
  /** Bins of a column at most, beside that of the missing, 2 to 255; 255 if absent. */
  readonly maxBins?: number;
  /** Share of the rows that each tree sees, (0, 1]. */
  readonly rowShare: number;
  /** Share of the columns that each tree sees, (0, 1]. */
  readonly columnShare: number;
  /** Share of a tree's columns that each node sees, (0, 1]; 1 if absent. */
  readonly nodeColumnShare?: number;
  /**
   * For each column 1 to rise with it, -1 to fall, 0 for neither; all 0 if absent,
   * as they must be with loss `quantile`.
   */
  readonly monotone?: readonly number[];
  /**
   * Added to the hessian of a word before words are put in order, and the rows of a
   * node below which a word, of more than four, has no place there; 10 if absent.
   */
  readonly categorySmoothing?: number;
  /** Added to `l2` where words are parted; 10 if absent. */
  readonly categoryL2?: number;
  /** Trees without progress on the validation rows before it stops. */
  readonly patience: number;
  /** Threads at most, this one included; 1 if absent. Never changes the trees. */
  readonly threads?: number;
}

/** Rows to learn from, or to stop early on; messages name columns where they can. */
export type BoostingRows =
  & Pick<RowDataset, "columns" | "label" | "weight" | "coded">
  & Partial<Pick<RowDataset, "names">>;

/** What boosting is lent. */
export interface BoostingScope {
  /** Rows to stop early on, or null. */
  readonly validation: BoostingRows | null;
  /** Seeded. */
  readonly random: Random;
  /** Progress. */
  readonly report: Report;
}

/** Trees that add up to a score: log odds, log mean, or the number itself. */
export interface Ensemble {
  readonly loss: Loss;
  /** Columns that the trees were grown on. */
  readonly columns: number;
  /** Score before any tree, float32. */
  readonly base: number;
  /** At least one. */
  readonly trees: readonly Tree[];
}
