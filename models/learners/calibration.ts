/**
 * Calibration of boosted chances: a straight line on the log odds, fitted to rows
 * that the trees have not seen and folded into the trees themselves, so that what
 * is served stays trees and nothing else.
 *
 * @see Platt (1999), Probabilistic Outputs for Support Vector Machines
 * @module
 */
import type { RowDataset } from "@moe/plugin";
import { type Ensemble, scoreEnsemble } from "./boosting.ts";
import { fitLogistic } from "./logistic.ts";

const L2 = 1;

/**
 * Calibrates trees for chances.
 *
 * @param ensemble Trees with logistic loss.
 * @param unseen Rows that the trees were not grown on.
 * @returns Trees whose log odds are a + b times the old, b above 0; the same
 * trees when the rows speak for no such line.
 */
export function calibrate(
  ensemble: Ensemble,
  unseen: Pick<RowDataset, "columns" | "label">,
): Ensemble {
  const odds = scoreEnsemble(ensemble, unseen.columns);
  const line = fitLogistic(
    { columns: [odds], label: unseen.label },
    { l2: L2, steps: 100 },
  );
  const stretch = (line.weights[0] as number) * (line.scales[0] as number);
  if (!(stretch > 0)) return ensemble;
  const shift = line.intercept - stretch * (line.centres[0] as number);
  return {
    ...ensemble,
    base: Math.fround(shift + stretch * ensemble.base),
    trees: ensemble.trees.map((tree) => ({
      ...tree,
      values: tree.values.map((value) => stretch * value),
    })),
  };
}
