/**
 * Parameters of uplift learners, with defaults for all.
 *
 * @module
 */
import { z } from "zod";
import { LEARNERS } from "./fit_uplift.ts";

const share = z.number().gt(0).max(1);

/** What the outcome models of a learner may be. */
export const BASES = ["trees", "logistic"] as const;

/** Of the outcome models, whichever learner they are for. */
export const BaseParams = z.strictObject({
  /** Parts for cross-fitting, where the learner does. */
  folds: z.int().min(2).max(20).default(2),
  /** Trees of each outcome model. */
  trees: z.int().min(1).max(5000).default(100),
  /** Leaves of a tree at most. */
  leaves: z.int().min(2).max(255).default(7),
  /** Factor on what each tree says. */
  learningRate: share.default(0.05),
  /** Pull of leaves and weights towards zero. */
  l2: z.number().positive().default(1),
  /** Least rows in a leaf. */
  leafRows: z.int().min(1).default(50),
  /** Share of the rows that each tree sees. */
  rowShare: share.default(1),
  /** Share of the columns that each tree sees. */
  columnShare: share.default(1),
  /** Steps of a regression's search at most. */
  steps: z.int().min(1).max(10_000).default(300),
});

/** Of a learner and its outcome models. */
export const UpliftParams = BaseParams.extend({
  /** How effects are learnt. */
  learner: z.enum(LEARNERS).default("s"),
  /** What the learner is built from. */
  base: z.enum(BASES).default("trees"),
});
