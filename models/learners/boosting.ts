/**
 * Gradient boosting of trees on histograms, for chances (`logistic`) and numbers
 * (`squared`). Missing values take the way that lowers the loss most.
 *
 * The same rows, options and seed give the same trees.
 *
 * @module
 */
import type { Random, Report, RowDataset } from "@moe/plugin";
import { type Binned, findCuts, putInBins } from "./bins.ts";
import {
  type Ground,
  type GrowthLimits,
  growTree,
  makeScratch,
} from "./grow.ts";
import type { Derivatives } from "./histogram.ts";
import { logOdds, sigmoid } from "./logistic.ts";
import { addTree, addTreeByBins, plantTree, type Tree } from "./tree.ts";

/** What is minimised. */
export type Loss = "logistic" | "squared";

/** Trees that add up to a score: log odds, or the number itself. */
export interface Ensemble {
  readonly loss: Loss;
  /** Columns that the trees were grown on. */
  readonly columns: number;
  /** Score before any tree, float32. */
  readonly base: number;
  /** At least one. */
  readonly trees: readonly Tree[];
}

/** How to boost. */
export interface BoostingOptions extends GrowthLimits {
  readonly loss: Loss;
  /** Trees at most. */
  readonly trees: number;
  /** Share of the rows that each tree sees, (0, 1]. */
  readonly rowShare: number;
  /** Share of the columns that each tree sees, (0, 1]. */
  readonly columnShare: number;
  /** Trees without progress on the validation rows before it stops. */
  readonly patience: number;
}

type Rows = Pick<RowDataset, "columns" | "label">;

/**
 * Boosts trees.
 *
 * @param dataset Rows to learn from, NaN where missing.
 * @param options How to boost.
 * @param scope Rows to stop early on, or null; seeded chance; progress.
 * @returns The trees up to the best on the validation rows.
 */
export function fitBoosting(
  dataset: Rows,
  options: BoostingOptions,
  { validation, random, report }: {
    readonly validation: Rows | null;
    readonly random: Random;
    readonly report: Report;
  },
): Ensemble {
  const { loss } = options;
  const cuts = findCuts(dataset.columns);
  const base = startOf(loss, dataset.label);
  const grow = createGrower(track(dataset, cuts, base), options, random);
  const watch = validation && createWatch(loss, track(validation, cuts, base));
  const trees: Tree[] = [];
  while (trees.length < options.trees) {
    const tree = grow();
    trees.push(tree);
    report("boosting", trees.length / options.trees);
    if (watch && watch.see(tree) >= options.patience) break;
  }
  const kept = watch ? trees.slice(0, watch.best()) : trees;
  return {
    loss,
    columns: dataset.columns.length,
    base,
    trees: kept.length > 0 ? kept : [plantTree(1)],
  };
}

/** Grows one tree after another, each on what those before it left. */
function createGrower(
  learning: Tracked,
  options: BoostingOptions,
  random: Random,
): () => Tree {
  const { binned, label, scores } = learning;
  const scratch = makeScratch(binned, options.leaves);
  const derivatives = {
    gradient: new Float64Array(label.length),
    hessian: new Float64Array(label.length),
  };
  return () => {
    differentiate(options.loss, learning, derivatives);
    const ground = sampleGround(binned, derivatives, { ...options, random });
    const tree = growTree(ground, options, scratch);
    addTreeByBins(scores, tree, binned);
    return tree;
  };
}

/** Remembers after how many trees the loss on unseen rows was least. */
function createWatch(loss: Loss, watched: Tracked) {
  let seen = 0;
  let best = { trees: 0, loss: meanLoss(loss, watched) };
  function see(tree: Tree): number {
    addTreeByBins(watched.scores, tree, watched.binned);
    seen++;
    const now = meanLoss(loss, watched);
    if (now < best.loss) best = { trees: seen, loss: now };
    return seen - best.trees;
  }
  return { see, best: () => best.trees };
}

/**
 * Adds up the trees.
 *
 * @param ensemble The trees.
 * @param columns Shape [columns][rows]; NaN is missing.
 * @returns Log odds, or numbers, shape [rows].
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
  const scores = scoreEnsemble(ensemble, columns);
  return ensemble.loss === "logistic" ? scores.map(sigmoid) : scores;
}

interface Tracked {
  readonly binned: Binned;
  readonly label: Float64Array;
  readonly scores: Float64Array;
}

function track(
  { columns, label }: Rows,
  cuts: readonly Float32Array[],
  base: number,
): Tracked {
  const binned = { ...putInBins(columns, cuts), rows: label.length };
  return { binned, label, scores: new Float64Array(label.length).fill(base) };
}

function startOf(loss: Loss, label: Float64Array): number {
  if (loss === "logistic") return Math.fround(logOdds(label));
  const total = label.reduce((sum, value) => sum + value, 0);
  return Math.fround(total / label.length);
}

function differentiate(
  loss: Loss,
  { label, scores }: Tracked,
  { gradient, hessian }: Derivatives,
): void {
  for (let row = 0; row < label.length; row++) {
    const score = scores[row] as number;
    const said = loss === "logistic" ? sigmoid(score) : score;
    gradient[row] = said - (label[row] as number);
    hessian[row] = loss === "logistic" ? said * (1 - said) : 1;
  }
}

function meanLoss(loss: Loss, { label, scores }: Tracked): number {
  let sum = 0;
  for (let row = 0; row < label.length; row++) {
    const truth = label[row] as number;
    const score = scores[row] as number;
    sum += loss === "squared"
      ? (score - truth) ** 2
      : Math.max(score, 0) - score * truth +
        Math.log1p(Math.exp(-Math.abs(score)));
  }
  return sum / label.length;
}

function sampleGround(
  binned: Binned,
  derivatives: Derivatives,
  { rowShare, columnShare, random }: {
    rowShare: number;
    columnShare: number;
    random: Random;
  },
): Ground {
  const rows = sample(binned.rows, rowShare, random);
  const columns = Array.from(
    sample(binned.columns.length, columnShare, random),
  );
  return { binned, derivatives, rows, columns };
}

/** A share of 0 … count - 1, at least one, ascending. */
function sample(count: number, share: number, random: Random): Uint32Array {
  const wanted = share < 1 ? Math.max(1, Math.round(share * count)) : count;
  const chosen = new Uint32Array(Math.min(wanted, count));
  let filled = 0;
  for (let i = 0; i < count && filled < chosen.length; i++) {
    const needed = chosen.length - filled;
    if (needed === count - i || random.next() * (count - i) < needed) {
      chosen[filled++] = i;
    }
  }
  return chosen;
}
