/**
 * The learners on a real randomised e-mail experiment and on one whose effects are
 * known, where present. A single split of the real one cannot rank learners: the
 * goals hold for 20 of them, which `MOE_UPLIFT_SPLITS=20` runs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { BaseParams } from "../../../../models/learners/uplift/params.ts";
import { equalChances } from "../../../../models/learners/uplift/propensity.ts";
import { intervalOf } from "../../../domain/uplift_replicates.ts";
import { BASELINE, CANDIDATES, splitInHalves } from "./compare_learners.ts";
import { type Experiment, readExperiment } from "./read_experiment.ts";
import { runSplits } from "./run_splits.ts";

const DATA = new URL("../../../../../shared/data/", import.meta.url);
const present = isPresent();
const note = present ? "" : " (skipped: ../shared/data is absent)";
const splits = Number(Deno.env.get("MOE_UPLIFT_SPLITS") ?? 2);

function run(
  experiment: Experiment,
  options: {
    learners: readonly string[];
    sides: readonly Uint8Array[];
    replicates: number;
  },
) {
  return runSplits(experiment, {
    candidates: CANDIDATES.filter(({ name }) =>
      options.learners.includes(name)
    ),
    eligible: options.learners.slice(0, 1),
    params: BaseParams.parse({}),
    chances: equalChances(experiment),
    splits: options.sides,
    replicates: options.replicates,
    costs: [0, 0],
    seed: 1,
    report: () => {},
  });
}

Deno.test({
  name: `learners find whom Hillstrom's e-mail moves to visit${note}`,
  ignore: !present,
  async fn() {
    const experiment = await readExperiment(
      new URL("hillstrom/hillstrom.csv", DATA).pathname,
      {
        treatment: "segment",
        outcome: "visit",
        control: "No E-Mail",
        arms: ["Womens E-Mail"],
        categorical: ["history_segment", "zip_code", "channel"],
        drop: ["conversion", "spend"],
      },
    );
    assert.equal(experiment.label.length, 42_693);
    const learners = ["s_trees", BASELINE, "x_trees", "t_logistic"];
    const sides = Array.from(
      { length: splits },
      (_, at) => splitInHalves(experiment, 1 + at),
    );
    const { measures, differences } = await run(experiment, {
      learners,
      sides,
      replicates: splits < 20 ? 20 : 200,
    });
    const qini = (name: string) => measures[name]?.["qini"]?.value ?? NaN;
    say(learners.map((name) => `${name} ${qini(name).toFixed(4)}`).join(", "));
    const least = splits < 20 ? 0.04 : 0.059;
    assert.ok(qini("t_logistic") >= least, "two logistic regressions");
    assert.ok(qini("s_trees") >= least, "one model of trees");
    const [low] = intervalOf(
      measures["s_trees"]?.["qini"]?.draws ?? new Float64Array(),
      0.9,
    );
    assert.ok(low > 0, "heterogeneity is detected");
    if (splits < 20) return;
    for (const name of ["x_trees", "t_logistic"]) {
      const { value = NaN, draws = new Float64Array() } =
        differences[name]?.["qini"] ?? {};
      const [margin, most] = intervalOf(draws, 0.9);
      say(`${name} more than ${BASELINE}: ${value}, ${margin} to ${most}`);
      assert.ok(qini(name) >= 0.0537 && margin > 0, `${name}: paired margin`);
    }
  },
});

Deno.test({
  name:
    `learners treat the 30 % whom treatment moves most, where that is known${note}`,
  ignore: !present,
  async fn() {
    const path = new URL(
      "uplift_synthetic/uplift_known_truth.csv",
      DATA,
    ).pathname;
    const options = {
      treatment: "treatment",
      outcome: "y",
      arms: [],
      categorical: [],
      splitColumn: "split",
    };
    const experiment = await readExperiment(path, {
      ...options,
      drop: ["true_tau"],
    });
    const [truth] = (await readExperiment(path, {
      ...options,
      drop: experiment.names,
    })).columns;
    const { last } = await run(experiment, {
      learners: ["s_logistic", BASELINE, "s_trees"],
      sides: [experiment.split ?? assert.fail()],
      replicates: 20,
    });
    const { effects, test } = last;
    const known = Float64Array.from(test, (row) => truth?.[row] ?? NaN);
    const oracle = meanOfFirst(known, known);
    for (const [name, least] of [["s_logistic", 0.957], ["s_trees", 0.9]]) {
      const score = effects[String(name)]?.[0] ?? assert.fail();
      const all = known.reduce((sum, tau) => sum + tau, 0) / known.length;
      const share = (meanOfFirst(known, score) - all) / (oracle - all);
      say(`${name}: ${share.toFixed(4)} of the oracle's gain at 30 %`);
      assert.ok(share >= Number(least), `${name}: ${share}`);
    }
  },
});

/** Mean of values over the 30 % of highest score. */
function meanOfFirst(values: Float64Array, score: Float64Array): number {
  const first = Array.from(score.keys())
    .sort((a, b) => (score[b] ?? NaN) - (score[a] ?? NaN))
    .slice(0, Math.floor(score.length * 0.3));
  return first.reduce((sum, row) => sum + (values[row] ?? NaN), 0) /
    first.length;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`  ${text}\n`));
}

function isPresent(): boolean {
  try {
    return Deno.statSync(new URL("hillstrom/", DATA)).isDirectory;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}
