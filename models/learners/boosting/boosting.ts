/**
 * Gradient boosting of trees on histograms, for chances, means, counts and
 * quantiles. Missing values take the way that lowers the loss most; words are
 * parted into sets; columns may be bound to rise or fall.
 *
 * The same rows, options and seed give the same trees, on any number of threads.
 *
 * @module
 */
import { deriveLoss, unpackSums } from "./derivatives.ts";
import { type Field, prepareField } from "./field.ts";
import { type Ground, type Grown, growTree } from "./grow.ts";
import { CHUNK_ROWS, JOB_GATHER } from "./kernels/frame.ts";
import { LOSSES, meanLoss } from "./losses.ts";
import type {
  BoostingOptions,
  BoostingRows,
  BoostingScope,
  Ensemble,
} from "./options.ts";
import { sample } from "./sample.ts";
import { addToScores, addToValidation, setValues } from "./scores.ts";
import { type Settings, settle } from "./settings.ts";
import { addTree, plantTree, type Tree } from "./tree.ts";

/**
 * Boosts trees.
 *
 * @param dataset Rows to learn from, NaN where missing.
 * @param options How to boost.
 * @param scope Rows to stop early on, or null; seeded chance; progress.
 * @returns The trees up to the best on the validation rows.
 * @throws {EngineError} `dataset_invalid` if there is no row or no column, a label,
 * a weight or a direction cannot be learnt from, or the rows do not fit into 4 GiB.
 */
export function fitBoosting(
  dataset: BoostingRows,
  options: BoostingOptions,
  scope: BoostingScope,
): Ensemble {
  const settings = settle(options, dataset);
  const field = prepareField(dataset, scope.validation, settings);
  try {
    const { loss, quantile } = settings;
    const base = Math.fround(LOSSES[loss].start(dataset, quantile));
    field.view.numbers(field.layout.scores, field.rows).fill(base);
    const trees = boost(field, settings, { ...scope, base, dataset });
    const columns = dataset.columns.length;
    return { loss, columns, base, trees };
  } finally {
    field.crew.end();
  }
}

interface Course extends BoostingScope {
  readonly base: number;
  readonly dataset: BoostingRows;
}

function boost(
  field: Field,
  settings: Settings,
  { validation, random, report, base, dataset }: Course,
): Tree[] {
  const watch = validation &&
    createWatch(field, settings, { validation, base });
  const trees: Tree[] = [];
  while (trees.length < settings.trees) {
    const ground = prepareGround(field, settings, random);
    const grown = growTree(ground);
    setValues(ground, grown, dataset);
    addToScores(ground, grown);
    trees.push(trim(grown));
    report("boosting", trees.length / settings.trees);
    if (watch && watch.see() >= settings.patience) break;
  }
  const kept = watch ? trees.slice(0, watch.best()) : trees;
  return kept.length > 0 ? kept : [plantTree(1)];
}

/** Derives the loss and samples what the next tree grows from. */
function prepareGround(
  field: Field,
  settings: Settings,
  random: BoostingScope["random"],
): Ground {
  const { layout, view, cuts } = field;
  const { scales, sums } = deriveLoss(field, settings);
  const chosen = sample(field.rows, settings.rowShare, random);
  const columns = sample(cuts.length, settings.columnShare, random);
  const whole = chosen.length === field.rows;
  view.words(layout.rows, chosen.length).set(chosen);
  return {
    field,
    settings,
    scales,
    sums: whole ? sums : gatherSums(field, chosen.length),
    rows: chosen.length,
    whole,
    columns,
    random,
  };
}

/** Gathers the derivatives of the sampled rows; returns their sums. */
function gatherSums({ layout, crew, view }: Field, rows: number) {
  const chunks = Math.ceil(rows / CHUNK_ROWS);
  const { packed, gathered, packedSums } = layout;
  crew.run(
    JOB_GATHER,
    [layout.rows, rows, packed, gathered, packedSums],
    chunks,
  );
  return unpackSums(view.longs(packedSums, chunks));
}

/** Remembers after how many trees the loss on unseen rows was least. */
function createWatch(
  field: Field,
  settings: Settings,
  { validation, base }: { validation: BoostingRows; base: number },
) {
  const { layout, view, validationRows } = field;
  const scores = view.numbers(layout.validationScores, validationRows);
  scores.fill(base);
  let seen = 0;
  let best = { trees: 0, loss: meanLoss(settings, scores, validation) };
  function see(): number {
    addToValidation(field);
    seen++;
    const loss = meanLoss(settings, scores, validation);
    if (loss < best.loss) best = { trees: seen, loss };
    return seen - best.trees;
  }
  return { see, best: () => best.trees };
}

/** Lets go of nodes that the tree did not grow to. */
function trim({ tree, leaves }: Grown): Tree {
  const nodes = 2 * leaves.length - 1;
  return {
    ...tree,
    columns: tree.columns.slice(0, nodes),
    cuts: tree.cuts.slice(0, nodes),
    missingLeft: tree.missingLeft.slice(0, nodes),
    lefts: tree.lefts.slice(0, nodes),
    values: tree.values.slice(0, nodes),
    covers: tree.covers.slice(0, nodes),
  };
}

/**
 * Adds up the trees.
 *
 * @param ensemble The trees.
 * @param columns Shape [columns][rows]; NaN is missing.
 * @returns Log odds, log means, or numbers, shape [rows].
 */
export function scoreEnsemble(
  { base, trees }: Ensemble,
  columns: readonly Float64Array[],
): Float64Array {
  const singles = columns.map((column) => Float32Array.from(column));
  const scores = new Float64Array(columns[0]?.length ?? 0).fill(base);
  for (const tree of trees) addTree(scores, tree, singles);
  return scores;
}

/**
 * Predicts chances, or numbers.
 *
 * @param ensemble The trees.
 * @param columns Shape [columns][rows]; NaN is missing.
 * @returns Shape [rows].
 */
export function predictEnsemble(
  ensemble: Ensemble,
  columns: readonly Float64Array[],
): Float64Array {
  return scoreEnsemble(ensemble, columns).map(LOSSES[ensemble.loss].predict);
}
