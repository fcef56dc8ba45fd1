/**
 * `moe learn uplift`: uplift learners compared on a file, with what treating by the
 * best of them is worth.
 *
 * @module
 */
import { requireOverlap } from "../../../models/learners/uplift/overlap.ts";
import { inspectArms } from "../../../models/learners/uplift/prepare.ts";
import { seededRandom } from "../../domain/random.ts";
import type { Command } from "../command.ts";
import { findMerged } from "./merged_numbers.ts";
import { measureFit, writeLearnt, writePredictions } from "./output.ts";
import { describeRun, printRun } from "./uplift/describe_run.ts";
import { findOutcomeLike } from "./uplift/outcome_like.ts";
import { plotQini } from "./uplift/plot_qini.ts";
import { type Experiment, readExperiment } from "./uplift/read_experiment.ts";
import {
  placeOptions,
  runOptions,
  scaleOptions,
} from "./uplift/read_options.ts";
import { type RunResult, runSplits } from "./uplift/run_splits.ts";

/** Compares uplift learners. */
export const learnUplift: Command = {
  name: "learn uplift",
  about: "learn whom a treatment moves, from a CSV file of an experiment",
  operands: [],
  options: {
    "csv*": "file with a header",
    "treatment*": "column of the treatment: 0 and 1, or words",
    "outcome*": "column of what happened: 0 and 1, or an amount",
    control:
      "word of the treatment that is control; one such as 0, no or control unless given",
    arms: "words of the treatment to learn, with commas; all unless given",
    categorical: "columns of words that look like numbers, with commas",
    drop: "columns to leave out, with commas",
    learner:
      "learners that may be chosen, such as t or t_logistic, with commas",
    params: "parameters of the outcome models, as JSON",
    splits: "random halves to learn on and to measure on; 5 unless given",
    "split-column": "column that says train or test, in place of random halves",
    "train-index": "file of the rows to learn from, from 0, one a line",
    "test-index": "file of the rows to measure on",
    cost: "cost of the treatment in outcome units, or WORD=COST with commas",
    replicates: "draws of the bootstrap; 200 unless given",
    seed: "seed of every random choice; 1 unless given",
    out: "where to write the predictions; beside the file unless given",
    plots: "folder for the Qini curves as SVG",
    "json!": "print JSON alone",
  },
  async run(scope, _operands, options) {
    const { path, out, plots } = placeOptions(options);
    const experiment = await readExperiment(path, placeOptions(options));
    const scale = scaleOptions(options);
    const { overlap, chances, warnings } = await inspect(
      experiment,
      scale.seed,
    );
    warnings.forEach((text) => scope.terminal.warn(`warning: ${text}`));
    const asked = await runOptions(experiment, options);
    const run = {
      ...scale,
      ...asked,
      chances,
      report: scope.terminal.progress,
    };
    const { result, fitSeconds, peakBytes } = await measureFit(() =>
      runSplits(experiment, run)
    );
    const said = describeRun(experiment, result, {
      ...scale,
      overlap,
      warnings,
    });
    const predictions = await writeUplift(experiment, result, {
      file: path,
      out,
    });
    const left = {
      "fit_seconds": fitSeconds,
      "peak_bytes": peakBytes,
      predictions,
      plots: plots ? await plotQini(experiment, result, { ...run, plots }) : [],
    };
    writeLearnt(scope, { json: options["json"] === true }, {
      result: { ...said, ...left },
      lines: [...printRun(said), `predictions: ${predictions}`],
    });
    return 0;
  },
};

/** Whether uplift can be learnt from the rows, and what to beware of. */
async function inspect(experiment: Experiment, seed: number) {
  const random = seededRandom(seed);
  const { kind } = experiment;
  const { overlap, chances } = await inspectArms(experiment, { kind, random });
  requireOverlap(overlap);
  const warnings = [...findOutcomeLike(experiment), ...findMerged(experiment)];
  if (overlap.verdict === "warn") warnings.push(overlap.text);
  return { overlap, chances, warnings };
}

/** Writes what the chosen learner of the last split says of the rows it had not seen. */
async function writeUplift(
  experiment: Experiment,
  { last }: RunResult,
  place: { file: string; out: string | undefined },
): Promise<string> {
  const effects = last.effects[last.chosen] ?? [];
  const names = experiment.armNames.slice(1);
  const rows = Float64Array.from(
    last.test,
    (row) => experiment.places[row] as number,
  );
  return await writePredictions({
    row: rows,
    ...Object.fromEntries(effects.map((effect, at) => [
      names.length === 1 ? "uplift" : `uplift_${at + 1}`,
      effect,
    ])),
  }, place);
}
