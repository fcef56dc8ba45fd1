/**
 * What the leaves of a grown tree say, and the scores that it is added to.
 *
 * @module
 */
import type { Field } from "./field.ts";
import type { Ground, Grown, Leaf } from "./grow.ts";
import { CHUNK_ROWS, JOB_ADD_LEAVES, JOB_ADD_TREE } from "./kernels/frame.ts";
import { stepOf } from "./leaf.ts";
import type { BoostingRows } from "./options.ts";
import { weightedQuantile } from "./weighted_quantile.ts";

/**
 * Gives the leaves of a tree their values.
 *
 * A gradient of the pinball loss says only which side a label is on, so that with
 * loss `quantile`, which knows no bounds, a leaf says the quantile of what its rows
 * still lack.
 *
 * @param ground What the tree grew from.
 * @param grown The tree; its values are set.
 * @param dataset Labels and weights.
 */
export function setValues(
  ground: Ground,
  { tree, leaves }: Grown,
  dataset: BoostingRows,
): void {
  const { settings, scales } = ground;
  for (const leaf of leaves) {
    const step = settings.loss === "quantile"
      ? missingQuantile(ground, leaf, dataset)
      : stepOf(leaf.sums, leaf.bounds, { ...settings, scales });
    tree.values[leaf.node] = settings.learningRate * step;
  }
}

function missingQuantile(
  { field: { layout, view, rows: all }, settings }: Ground,
  { from, until }: Leaf,
  { label, weight }: BoostingRows,
): number {
  const scores = view.numbers(layout.scores, all);
  const rows = view.words(layout.rows + 4 * from, until - from);
  const lacking = Float64Array.from(
    rows,
    (row) => (label[row] as number) - (scores[row] as number),
  );
  const weights = weight
    ? Float64Array.from(rows, (row) => weight[row] as number)
    : null;
  return weightedQuantile(lacking, weights, settings.quantile);
}

/**
 * Adds a tree to the scores of the rows that it was grown on, and of the rows that
 * were not sampled for it.
 *
 * @param ground What the tree grew from.
 * @param grown The tree.
 */
export function addToScores(ground: Ground, grown: Grown): void {
  const { field, whole } = ground;
  const { layout, crew } = field;
  writeTree(field, grown);
  if (!whole) {
    return addByBins(field, {
      bins: layout.bins,
      rows: field.rows,
      scores: layout.scores,
    });
  }
  const { leaves, tree } = grown;
  leaves.forEach(({ from, until, node }, at) => {
    const place = layout.leaves + 16 * at;
    field.view.data.setUint32(place, from, true);
    field.view.data.setUint32(place + 4, until - from, true);
    field.view.data.setFloat64(place + 8, tree.values[node] as number, true);
  });
  const places = [layout.rows, layout.leaves, layout.scores];
  crew.run(JOB_ADD_LEAVES, places, leaves.length);
}

/**
 * Adds the tree that was last added to the scores to those of the validation rows.
 *
 * @param field Whose rows.
 */
export function addToValidation(field: Field): void {
  addByBins(field, {
    bins: field.layout.validationBins,
    rows: field.validationRows,
    scores: field.layout.validationScores,
  });
}

function writeTree(
  { layout, view }: Field,
  { tree, members }: Grown,
): void {
  view.bytes(layout.members, members.length).set(members);
  for (let node = 0; node < tree.columns.length; node++) {
    const place = layout.tree + 16 * node;
    view.data.setInt32(place, tree.columns[node] as number, true);
    view.data.setInt32(place + 4, tree.lefts[node] as number, true);
    view.data.setFloat64(place + 8, tree.values[node] as number, true);
  }
}

function addByBins(
  { layout, crew }: Field,
  { bins, rows, scores }: { bins: number; rows: number; scores: number },
): void {
  const places = [bins, rows, layout.tree, layout.members, scores];
  crew.run(JOB_ADD_TREE, places, Math.ceil(rows / CHUNK_ROWS));
}
