/**
 * `moe learn mix`: what each channel brought, from a file.
 *
 * @module
 */
import type { Finding } from "../../domain/evidence.ts";
import { seededRandom } from "../../domain/random.ts";
import {
  checkForecasts,
  type ForecastChecks,
  planOrigins,
} from "../../../models/learners/mix/checks.ts";
import { drawChains } from "../../../models/learners/mix/draw_chains.ts";
import {
  type BeliefShift,
  findTroubles,
  measureShifts,
} from "../../../models/learners/mix/findings.ts";
import {
  collectChains,
  drawLaplace,
  type MixFit,
  planChain,
  prepareMix,
} from "../../../models/learners/mix/fit.ts";
import type { MixPanel } from "../../../models/learners/mix/panel.ts";
import type { PeriodForecast } from "../../../models/learners/mix/period_draws.ts";
import type { MixSpec } from "../../../models/learners/mix/spec.ts";
import {
  type MixSummary,
  summarizeMix,
} from "../../../models/learners/mix/summary.ts";
import { drawSeeds } from "../../../models/math/streams.ts";
import { type Command, type CommandScope } from "../command.ts";
import { type Options, textOption } from "../command.ts";
import { type MixInput, readMixInput } from "./mix_data.ts";
import {
  describeChecks,
  describeMix,
  measureForecasts,
  printMix,
} from "./mix_result.ts";
import { type MeasuredFit, measureFit } from "./output.ts";
import { writeLearnt, writePredictions } from "./output.ts";
import { writeCharts } from "../write_charts.ts";

/** `moe learn mix`. */
export const learnMix: Command = {
  name: "learn mix",
  about:
    "learn what each channel brought and would bring: a Bayesian media mix",
  operands: [],
  options: {
    "csv*": "table: a row for each period (and geography)",
    "spec": "JSON: which column is what; guessed from the header if absent",
    "mode": "nuts or laplace (fast, rough); over the specification's",
    "threads": "threads that draw; over the specification's",
    "seed": "seed; over the specification's",
    "folds":
      "times to forecast held-out periods from; over the specification's",
    "plots": "folder for charts as SVG",
    "out": "file for the predictions",
    "json!": "print the result as JSON",
  },
  async run(scope, _operands, options) {
    const csv = textOption(options, "csv", "");
    const { mode, spec } = options;
    const input = await readMixInput(
      csv,
      typeof spec === "string" ? spec : null,
      {
        ...typeof mode === "string" ? { mode } : {},
        ...numberOf(options, "threads"),
        ...numberOf(options, "seed"),
        ...numberOf(options, "folds"),
      },
    );
    const json = options.json === true;
    if (input.ignored !== null && !json) tellGuess(scope, input);
    const fitted = await measureFit(() => fitAll(scope, input));
    const { summary, warnings, held } = fitted.result;
    const metrics = {
      ...measureForecasts(summary.forecasts),
      ...describeChecks(held?.overall),
    };
    const out = typeof options.out === "string" ? options.out : undefined;
    const predictions = await writePredictions(
      predictionColumns(input, summary.forecasts),
      { file: csv, out },
    );
    const plots = await plot(options.plots, summary);
    const told = { ...fitted, input, metrics, predictions, plots };
    writeLearnt(scope, { json }, {
      result: toJson(told),
      lines: [
        ...printMix(summary, { metrics, warnings }),
        `fitted in ${
          fitted.fitSeconds.toFixed(1)
        } s; predictions in ${predictions}`,
        ...plots.map((path) => `chart in ${path}`),
      ],
    });
    return 0;
  },
};

/** All that the command tells. */
interface Told extends MeasuredFit<AllFitted> {
  readonly input: MixInput;
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: string;
  readonly plots: readonly string[];
}

function toJson(
  { result, input, metrics, predictions, plots, fitSeconds, peakBytes }: Told,
): Record<string, unknown> {
  const { summary, warnings, shifts, held } = result;
  return {
    ...describeMix(summary),
    metrics,
    "time_slices": held?.origins ?? [],
    "prior_shift": Object.fromEntries(
      shifts.map(({ name, ...shift }) => [name, shift]),
    ),
    warnings,
    spec: input.stated,
    "ignored_columns": input.ignored,
    "fit_seconds": fitSeconds,
    "peak_bytes": peakBytes,
    predictions,
    ...plots.length === 0 ? {} : { plots },
  };
}

/** A number that an option sets, checked with the specification. */
function numberOf(options: Options, name: string): Record<string, number> {
  const text = options[name];
  return typeof text === "string" ? { [name]: Number(text) } : {};
}

function tellGuess({ terminal }: CommandScope, input: MixInput): void {
  terminal.line(`specification, guessed: ${JSON.stringify(input.stated)}`);
  if (input.ignored?.length) {
    terminal.line(`columns of no use: ${input.ignored.join(", ")}`);
  }
  terminal.line("");
}

interface AllFitted {
  readonly summary: MixSummary;
  readonly warnings: readonly Finding[];
  readonly shifts: readonly BeliefShift[];
  /** Forecasts of the periods held out; null without. */
  readonly held: ForecastChecks | null;
}

async function fitAll(
  scope: CommandScope,
  { spec, panel }: MixInput,
): Promise<AllFitted> {
  const random = seededRandom(spec.seed);
  scope.terminal.progress("finding the mode", null);
  const prepared = prepareMix(spec, panel);
  let fit: MixFit;
  if (spec.mode === "laplace") fit = drawLaplace(prepared, random);
  else {
    const chains = await drawChains(planChain(prepared), {
      seeds: drawSeeds(random, spec.chains),
      threads: spec.threads,
      report: (share) => scope.terminal.progress("drawing", share),
    });
    fit = collectChains(prepared, chains);
  }
  scope.terminal.progress("summarising", null);
  const summary = summarizeMix(fit, random);
  return {
    summary,
    warnings: findTroubles(fit, summary),
    shifts: measureShifts(fit),
    held: await checkAhead(scope, spec, panel),
  };
}

/** Forecasts of the latest periods, by fast fits to those before. */
async function checkAhead(
  { terminal }: CommandScope,
  spec: MixSpec,
  panel: MixPanel,
): Promise<ForecastChecks | null> {
  const periods = Math.max(...panel.geos.map(({ days }) => days.length));
  const horizon = Math.round(spec.holdout * periods);
  const origins = horizon === 0
    ? []
    : planOrigins(periods, { folds: spec.folds, horizon });
  if (origins.length === 0) return null;
  const random = seededRandom(spec.seed);
  return await checkForecasts({ ...spec, lift_tests: [] }, panel, {
    origins,
    horizon,
    draw: (prepared) => drawLaplace(prepared, random),
    random,
    report: (share) => terminal.progress("forecasting held-out periods", share),
  });
}

/** Predictions in the order of the file. */
function predictionColumns(
  { panel }: MixInput,
  forecasts: readonly PeriodForecast[],
): Record<string, ArrayLike<number | string>> {
  const total = forecasts.reduce((sum, { rows }) => sum + rows.length, 0);
  const numbers = () => new Float64Array(total);
  const period = new Array<string>(total);
  const geo = new Array<string>(total);
  const columns = {
    actual: numbers(),
    mean: numbers(),
    low: numbers(),
    high: numbers(),
  };
  for (const one of forecasts) {
    one.rows.forEach((row, t) => {
      period[row] = one.days[t] as string;
      geo[row] = `"${one.geo.replaceAll('"', '""')}"`;
      for (const name of ["actual", "mean", "low", "high"] as const) {
        columns[name][row] = one[name][t] as number;
      }
    });
  }
  return { period, ...panel.geos.length > 1 ? { geo } : {}, ...columns };
}

async function plot(
  folder: string | boolean | undefined,
  summary: MixSummary,
): Promise<string[]> {
  if (typeof folder !== "string") return [];
  const { drawMix } = await import("./mix_plots.ts");
  return await writeCharts(folder, drawMix(summary), "plots");
}
