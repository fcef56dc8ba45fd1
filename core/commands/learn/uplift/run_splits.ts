/**
 * Splits one after another, and what they come to together: measures with intervals,
 * differences to the baseline, values of policies.
 *
 * @module
 */
import { mean } from "../../../domain/measures.ts";
import {
  averageReplicates,
  pairDifferences,
  type ReplicatedMeasures,
  replicateUplift,
  type ScoredTest,
} from "../../../domain/uplift_replicates.ts";
import {
  againstControl,
  BASELINE,
  compareOnSplit,
  type CompareOptions,
  type SplitResult,
} from "./compare_learners.ts";
import type { Experiment } from "./read_experiment.ts";
import { type SplitValues, valuePolicies } from "./value_policies.ts";

/** Name under which the chosen learner of each split stands. */
export const CHOSEN = "chosen";

/** How to run. */
export interface RunOptions extends CompareOptions {
  /** Side of each row, shape [splits][rows]. */
  readonly splits: readonly Uint8Array[];
  /** Draws of the bootstrap. */
  readonly replicates: number;
  /** Cost of each arm in outcome units, control first, shape [arms + 1]. */
  readonly costs: readonly number[];
  readonly report: (step: string, share: number | null) => void;
}

/** What all splits came to. */
export interface RunResult {
  /** Means over splits and arms, by learner, the chosen one among them. */
  readonly measures: ReplicatedMeasures;
  /** Those of each arm alone, shape [arms]. */
  readonly ofArms: readonly ReplicatedMeasures[];
  /** Each learner's less the baseline's. */
  readonly differences: ReplicatedMeasures;
  /** By learner and measure, over splits, shape [splits]. */
  readonly bySplit: readonly ReplicatedMeasures[];
  readonly values: readonly SplitValues[];
  /** What was chosen and how long it took, by split. */
  readonly choices: readonly Pick<SplitResult, "chosen" | "seconds">[];
  /** The last split. */
  readonly last: SplitResult;
}

/**
 * Runs all splits.
 *
 * @param experiment All rows.
 * @param options How.
 * @returns What they came to; the same for the same rows, options and seed.
 * @throws {RangeError} If there is no split.
 */
export async function runSplits(
  experiment: Experiment,
  options: RunOptions,
): Promise<RunResult> {
  const choices: Pick<SplitResult, "chosen" | "seconds">[] = [];
  let last: SplitResult | null = null;
  const values: SplitValues[] = [];
  const measured: ReplicatedMeasures[][] = [];
  for (const [at, side] of options.splits.entries()) {
    options.report("splits", at / options.splits.length);
    const seed = options.seed + at;
    const result = await compareOnSplit(experiment, side, { ...options, seed });
    choices.push({ chosen: result.chosen, seconds: result.seconds });
    last = result;
    values.push(valuePolicies(experiment, result, options));
    measured.push(measureArms(experiment, result, options));
  }
  if (last === null) throw new RangeError("Cannot compare learners: no split");
  const measures = averageReplicates(measured.flat());
  return {
    measures,
    ofArms: experiment.armNames.slice(1).map((_, at) =>
      averageReplicates(measured.map((arms) => arms[at] ?? {}))
    ),
    differences: pairDifferences(measures, BASELINE),
    bySplit: measured.map((arms) => averageReplicates(arms)),
    values,
    choices,
    last,
  };
}

/** Measures of each arm against control, drawn alike in all splits. */
function measureArms(
  { arm, arms, label }: Experiment,
  { test, effects, chosen }: SplitResult,
  { chances, replicates, seed }: RunOptions,
): ReplicatedMeasures[] {
  const pick = (values: Float64Array) =>
    Float64Array.from(test, (row) => values[row] as number);
  const held = Uint8Array.from(test, (row) => arm[row] as number);
  return Array.from({ length: arms }, (_, before) => {
    const part = againstControl(held, chances.map(pick), before + 1);
    const scores = Object.entries(effects)
      .map(([name, added]) =>
        [name, part.keep(added[before] as Float64Array)] as const
      );
    const all = Object.fromEntries(scores);
    const scored: ScoredTest = {
      places: part.places.map((place) => test[place] as number),
      outcome: part.keep(pick(label)),
      treated: part.treated,
      ...part.propensity,
      scores: { ...all, [CHOSEN]: all[chosen] as Float64Array },
    };
    return replicateUplift(scored, { population: arm, replicates, seed });
  });
}

/**
 * How much a measure differs from split to split.
 *
 * @param result What the splits came to.
 * @param learner Name of the learner.
 * @param name Name of the measure.
 * @returns Standard deviation, null of a single split.
 */
export function spreadOverSplits(
  { bySplit }: RunResult,
  learner: string,
  name: string,
): number | null {
  if (bySplit.length < 2) return null;
  const values = Float64Array.from(
    bySplit,
    (split) => split[learner]?.[name]?.value ?? NaN,
  );
  const centre = mean(values);
  const squares = values.reduce((sum, one) => sum + (one - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
