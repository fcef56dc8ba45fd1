/**
 * Parameters that the families of responses have in common.
 *
 * @module
 */
import type { TunableRange } from "@moe/plugin";
import { z } from "zod";

const share = z.number().gt(0).max(1);

/** Members of a parameter schema, each with a default. */
export const CHANCE_PARAMS = {
  /** What learns the chance. */
  base: z.enum(["trees", "logistic"]).default("trees"),
  /** Pull of a regression's weights towards zero. */
  weightL2: z.number().positive().default(10),
  /** Trees at most; early stopping may keep fewer. */
  trees: z.int().min(1).max(5000).default(200),
  /** Leaves of a tree at most. */
  leaves: z.int().min(2).max(255).default(15),
  /** Factor on what each tree says. */
  learningRate: share.default(0.05),
  /** Pull of the leaves towards zero. */
  l2: z.number().nonnegative().default(5),
  /** Least weight of a leaf: for chances, sum of chance × (1 - chance). */
  minChildWeight: z.number().positive().default(5),
  /** Share of the rows that each tree sees. */
  rowShare: share.default(0.8),
  /** Share of the columns that each tree sees. */
  columnShare: share.default(0.8),
  /** Trees without progress before it stops. */
  patience: z.int().min(1).default(30),
  /** Least validation rows for a calibration; fewer would only add noise. */
  calibrationRows: z.int().min(100).default(2000),
};

/** What a tuner may choose of them. */
export const CHANCE_TUNABLE: Readonly<Record<string, TunableRange>> = {
  leaves: { from: 4, to: 63, log: true, whole: true },
  learningRate: { from: 0.02, to: 0.2, log: true },
  l2: { from: 0.5, to: 50, log: true },
  minChildWeight: { from: 1, to: 50, log: true },
  columnShare: { from: 0.4, to: 1 },
};
