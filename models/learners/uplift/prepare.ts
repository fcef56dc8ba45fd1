/**
 * From rows and parameters to what an uplift learner needs: outcome models of the
 * base that was chosen, and the chance of each arm.
 *
 * @module
 */
import { EngineError, type Random } from "@moe/plugin";
import { checkLabels } from "../linear/links.ts";
import { armShares } from "./effect_model.ts";
import type { UpliftOptions } from "./fit_uplift.ts";
import { linearRegressors } from "./linear_regressor.ts";
import { checkOverlap, type Overlap, requireOverlap } from "./overlap.ts";
import { equalChances, estimateChances } from "./propensity.ts";
import type { FitRegressor, OutcomeKind } from "./regressor.ts";
import type { NamedArmRows } from "./support.ts";
import { type TreeOptions, treeRegressors } from "./tree_regressor.ts";

/** What is built from. */
export interface BaseOptions extends TreeOptions {
  readonly base: "trees" | "logistic";
  /** Steps of a regression's search at most. */
  readonly steps: number;
  readonly kind: OutcomeKind;
  /** Seeded. */
  readonly random: Random;
}

/** What a learner needs beside its own options. */
export type PreparedUplift =
  & Pick<UpliftOptions, "fit" | "kind" | "chances">
  & { readonly overlap: Overlap };

/** Small trees: enough to find who could not get an arm. */
const PROPENSITY_TREES: TreeOptions = {
  trees: 50,
  leaves: 7,
  learningRate: 0.1,
  l2: 1,
  leafRows: 30,
  rowShare: 1,
  columnShare: 1,
};

/**
 * Checks rows and prepares to learn from them. Chances are the arms' shares where
 * treatment looks randomised, and estimated where not.
 *
 * @param rows Rows of an experiment.
 * @param options What to build from.
 * @returns What a learner needs.
 * @throws {EngineError} `dataset_invalid` if a label cannot be, an arm has no rows, or the arms do not overlap.
 */
export async function prepareUplift(
  rows: NamedArmRows,
  options: BaseOptions,
): Promise<PreparedUplift> {
  const { overlap, chances } = await inspectArms(rows, options);
  requireOverlap(overlap);
  return {
    fit: chooseRegressors(options),
    kind: options.kind,
    chances,
    overlap,
  };
}

/**
 * Checks rows, and estimates the chance of each arm.
 *
 * @param rows Rows of an experiment.
 * @param options Kind of the label; seeded chance.
 * @returns What was found, and the chances to learn and measure with, shape [arms + 1][rows].
 * @throws {EngineError} `dataset_invalid` if a label cannot be, or an arm has too few rows.
 */
export async function inspectArms(
  rows: NamedArmRows,
  { kind, random }: Pick<BaseOptions, "kind" | "random">,
): Promise<{ overlap: Overlap; chances: readonly Float64Array[] }> {
  checkLabels(rows.label, kind === "chance" ? "logistic" : "linear");
  checkArms(rows);
  const trees = treeRegressors(PROPENSITY_TREES, random);
  const estimated = await estimateChances(rows, trees, random);
  const overlap = checkOverlap(rows, estimated);
  return {
    overlap,
    chances: overlap.randomised ? equalChances(rows) : estimated,
  };
}

/**
 * Outcome models of the base that was chosen.
 *
 * @param options What to build from.
 * @returns Fits them.
 */
export function chooseRegressors(
  options: Omit<BaseOptions, "kind">,
): FitRegressor {
  return options.base === "trees"
    ? treeRegressors(options, options.random)
    : linearRegressors(options);
}

function checkArms(rows: NamedArmRows): void {
  const least = 2 * MINIMUM_ROWS;
  armShares(rows).forEach((share, arm) => {
    const count = Math.round(share * rows.arm.length);
    if (count >= least) return;
    throw new EngineError(
      "dataset_invalid",
      `Cannot learn uplift of "${
        rows.armNames[arm]
      }": ${count} rows got it, and ${least} are the least; leave the action out or wait for more`,
    );
  });
}

/** Rows of an arm in each half that is learnt from. */
const MINIMUM_ROWS = 10;
