/**
 * What a comparison of learners says, as JSON and as lines.
 *
 * @module
 */
import type { Overlap } from "../../../../models/learners/uplift/overlap.ts";
import { mean } from "../../../domain/measures.ts";
import type { PolicyValue } from "../../../domain/policy_value.ts";
import {
  intervalOf,
  type ReplicatedMeasures,
} from "../../../domain/uplift_replicates.ts";
import { printTable } from "../../terminal.ts";
import { CANDIDATES } from "./compare_learners.ts";
import type { Experiment } from "./read_experiment.ts";
import { CHOSEN, type RunResult, spreadOverSplits } from "./run_splits.ts";
import type { SplitValues } from "./value_policies.ts";

const LEVEL = 0.9;

/** What else the description tells. */
export interface RunFacts {
  readonly overlap: Overlap;
  readonly warnings: readonly string[];
  readonly seed: number;
  readonly replicates: number;
}

/**
 * Describes a comparison.
 *
 * @param experiment The rows.
 * @param run What the splits came to.
 * @param facts What else to tell.
 * @returns What is printed under `--json`, without what the fit took.
 */
export function describeRun(
  experiment: Experiment,
  run: RunResult,
  { overlap, warnings, seed, replicates }: RunFacts,
) {
  const chosen = countNames(run.choices.map(({ chosen }) => chosen));
  return {
    metrics: valuesOf(run.measures, CHOSEN),
    intervals: intervalsOf(run.measures, CHOSEN),
    best_learner: Object.keys(chosen)[0] ?? null,
    chosen,
    verdict: judge(run),
    learners: CANDIDATES.filter(({ name }) => run.measures[name])
      .map((candidate) => describeLearner(run, candidate)),
    arms: Object.fromEntries(
      experiment.armNames.slice(1).map((name, at) => [name, {
        metrics: valuesOf(run.ofArms[at] ?? {}, CHOSEN),
        intervals: intervalsOf(run.ofArms[at] ?? {}, CHOSEN),
      }]),
    ),
    overlap,
    policies: describePolicies(run),
    warnings,
    rows: experiment.label.length,
    splits: run.choices.length,
    interval_level: LEVEL,
    replicates,
    seed,
  };
}

/** What a comparison says. */
export type RunDescription = ReturnType<typeof describeRun>;

function describeLearner(
  run: RunResult,
  { name, learner, base }: typeof CANDIDATES[number],
) {
  return {
    name,
    learner,
    base,
    seconds: mean(
      Float64Array.from(run.choices, ({ seconds }) => seconds[name] ?? NaN),
    ),
    measures: Object.fromEntries(
      Object.entries(run.measures[name] ?? {}).map(([measure, one]) => [
        measure,
        {
          mean: one.value,
          sd: spreadOverSplits(run, name, measure),
          interval: intervalOf(one.draws, LEVEL),
        },
      ]),
    ),
    difference: Object.fromEntries(
      Object.entries(run.differences[name] ?? {}).map(([measure, one]) => [
        measure,
        { mean: one.value, interval: intervalOf(one.draws, LEVEL) },
      ]),
    ),
  };
}

/** Whether people differ in what the treatment does to them, as far as can be told. */
function judge({ measures }: RunResult) {
  const [low, high] = intervalOf(
    measures[CHOSEN]?.["qini"]?.draws ?? new Float64Array(),
    LEVEL,
  );
  if (Number.isNaN(low)) {
    return {
      heterogeneity: false,
      text:
        "heterogeneity cannot be measured: the outcome does not vary among the rows held out",
    };
  }
  const interval = `the Qini's 90 % interval is ${round(low)} to ${
    round(high)
  }`;
  const detected = low > 0;
  return {
    heterogeneity: detected,
    text: detected
      ? `treatment moves some more than others: ${interval}`
      : `no detectable heterogeneity: ${interval}; treat all alike`,
  };
}

function describePolicies({ values }: RunResult) {
  const names = Object.keys(values[0]?.policies ?? {});
  const [best] = Object.keys(countNames(values.map((one) => one.bestConstant)));
  return {
    values: names.map((name) => describePolicy(values, name)),
    best_constant: best ?? null,
    ...describeGain(values, best),
  };
}

/** Values of a policy, all null if a split refuses them. */
function describePolicy(values: readonly SplitValues[], name: string) {
  const all = values.flatMap(({ policies }) => policies[name] ?? []);
  const refused = all.find((one) => one.refused !== null)?.refused ?? null;
  const over = (pick: (one: PolicyValue) => number) =>
    mean(Float64Array.from(all, pick));
  const of = (pick: (one: PolicyValue) => number) =>
    refused === null ? over(pick) : null;
  return {
    name,
    refused,
    ips: of(({ ips }) => ips.value),
    ips_standard_error: of(({ ips }) => ips.standardError),
    snips: of(({ snips }) => snips.value),
    snips_standard_error: of(({ snips }) => snips.standardError),
    dr: of(({ dr }) => dr?.value ?? NaN),
    dr_standard_error: of(({ dr }) => dr?.standardError ?? NaN),
    effective_rows: over(({ effectiveRows }) => effectiveRows),
    max_weight: over(({ maxWeight }) => maxWeight),
    share_treated: over(({ shares }) => 1 - (shares[0] ?? NaN)),
  };
}

/** What the personal policy earns beyond the best constant one. */
function describeGain(values: readonly SplitValues[], best = "") {
  const refused = values.flatMap(({ policies, bestConstant }) =>
    [policies["personal"], policies[bestConstant]]
      .flatMap((one) => one?.refused ?? [])
  );
  if (refused.length > 0) {
    return {
      gain: null,
      gain_standard_error: null,
      text: `treating by uplift cannot be valued: ${refused[0]}`,
    };
  }
  const over = (pick: (one: SplitValues) => number) =>
    mean(Float64Array.from(values, pick));
  const gain = over((one) => one.gain.value);
  const standardError = over((one) => one.gain.standardError);
  return {
    gain,
    gain_standard_error: standardError,
    text: gain > 1.645 * standardError
      ? `treating by uplift earns more than "${best}"`
      : `treating by uplift is not shown to earn more than "${best}"`,
  };
}

/** How often each name comes, the commonest first. */
function countNames(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(
    Object.entries(counts).sort(([, a], [, b]) => b - a),
  );
}

function valuesOf(measures: ReplicatedMeasures, learner: string) {
  return Object.fromEntries(
    Object.entries(measures[learner] ?? {})
      .map(([name, { value }]) => [name, value]),
  );
}

function intervalsOf(measures: ReplicatedMeasures, learner: string) {
  return Object.fromEntries(
    Object.entries(measures[learner] ?? {})
      .map(([name, { draws }]) => [name, intervalOf(draws, LEVEL)]),
  );
}

/**
 * Prints a description for a person.
 *
 * @param said The description.
 * @returns Lines.
 */
export function printRun(said: RunDescription): string[] {
  const numeric = (heading: string) => ({ heading, numeric: true });
  return [
    `${said.rows} rows, splits: ${said.splits}; ${said.overlap.text}`,
    "",
    ...printTable(
      [
        { heading: "learner" },
        ...["qini", "sd", "90 % interval", "more than two models", "uplift@30"]
          .map(numeric),
      ],
      said.learners.map(({ name, measures, difference }) => [
        name,
        round(measures["qini"]?.mean),
        round(measures["qini"]?.sd ?? NaN),
        printInterval(measures["qini"]?.interval),
        printInterval(difference["qini"]?.interval),
        round(measures["uplift_at_30"]?.mean),
      ]),
    ),
    "",
    `chosen on the rows learnt from: ${said.best_learner}, Qini ${
      round(said.metrics["qini"])
    }`,
    said.verdict.text,
    "",
    ...printTable(
      [
        { heading: "policy" },
        ...["value", "standard error", "treated %"].map(numeric),
      ],
      said.policies.values.map((one) => [
        one.name,
        round(one.snips),
        round(one.snips_standard_error),
        (100 * one.share_treated).toFixed(1),
      ]),
    ),
    ...said.policies.values.filter(({ refused }) => refused !== null)
      .map(({ name, refused }) => `"${name}" has no value: ${refused}`),
    said.policies.text,
  ];
}

function printInterval(interval: readonly [number, number] | undefined) {
  if (!interval || interval.some(Number.isNaN)) return "";
  return `${round(interval[0])} to ${round(interval[1])}`;
}

function round(value: number | null | undefined): string {
  return typeof value !== "number" || Number.isNaN(value)
    ? ""
    : value.toFixed(4);
}
