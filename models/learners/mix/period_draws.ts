/**
 * What draws say of each period: its parts on average, and where the outcome lies.
 *
 * @module
 */
import type { Day, Random } from "@moe/plugin";
import { quantile } from "../../math/chains.ts";
import type { BuiltProblem } from "./build_problem.ts";
import type { WholeDraw } from "./fit.ts";
import type { MixPanel } from "./panel.ts";
import type { Posterior } from "./posterior.ts";
import { createPredictor, type Predictor } from "./predict.ts";
import { FREEDOM } from "./baseline_student.ts";
import { rankedScore } from "./quantiles.ts";

/** One geography's periods, all of shape [periods]. */
export interface PeriodForecast {
  readonly geo: string;
  readonly days: readonly Day[];
  /** Row of each period in the table. */
  readonly rows: readonly number[];
  /** NaN where unknown. */
  readonly actual: Float64Array;
  readonly mean: Float64Array;
  /** Ends of the 90 % interval of the outcome, noise included. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Ranked probability score; NaN where the outcome is unknown. */
  readonly score: Float64Array;
}

/** Mean parts of the outcome of all geographies, by day. */
export interface Decomposition {
  readonly days: readonly Day[];
  /** `baseline`, `trend`, `season`, `controls`, `events`, then channels. */
  readonly parts: Readonly<Record<string, Float64Array>>;
}

/** Collects draws. */
export interface PeriodCollector {
  /** Takes one in. */
  add(draw: WholeDraw): void;
  /** What all that were taken in say. */
  forecasts(): PeriodForecast[];
  decomposition(): Decomposition;
}

/** What periods are collected of. */
export interface PeriodScope {
  readonly built: BuiltProblem;
  readonly posterior: Posterior;
  /** What to predict; geographies and channels as learnt. */
  readonly panel: MixPanel;
  /** Draws to come. */
  readonly count: number;
  readonly random: Random;
}

/**
 * Prepares to collect.
 *
 * @param scope What to predict, and from what.
 * @returns The collector.
 */
export function collectPeriods(scope: PeriodScope): PeriodCollector {
  const { built, posterior, panel, count, random } = scope;
  const predictor = createPredictor(built, posterior, panel);
  const outcomes = panel.geos.map(({ days }) =>
    new Float64Array(count * days.length)
  );
  const means = panel.geos.map(({ days }) => new Float64Array(days.length));
  const parts = createParts(built, panel);
  const student = built.problem.likelihood === "student_t";
  let taken = 0;
  return {
    add({ coefficients, noise }) {
      predictor.predict(coefficients);
      predictor.geos.forEach(({ outcome }, geo) => {
        const all = outcomes[geo] as Float64Array;
        const mean = means[geo] as Float64Array;
        outcome.forEach((value, t) => {
          mean[t] = (mean[t] as number) + value / count;
          all[t * count + taken] = value + (noise[geo] as number) *
              (student ? studentNoise(random) : random.normal());
        });
      });
      parts.add(predictor, 1 / count);
      taken++;
    },
    forecasts: () =>
      panel.geos.map(({ name, days, rows, outcome }, geo) => ({
        geo: name,
        days,
        rows,
        actual: outcome,
        mean: means[geo] as Float64Array,
        ...spreadOf(outcomes[geo] as Float64Array, outcome),
      })),
    decomposition: parts.finish,
  };
}

/** Intervals and scores from draws, shape [periods × draws]. */
function spreadOf(
  draws: Float64Array,
  actual: Float64Array,
): Pick<PeriodForecast, "low" | "high" | "score"> {
  const count = draws.length / actual.length;
  const [low, high, score] = [actual.slice(), actual.slice(), actual.slice()];
  actual.forEach((value, t) => {
    const sorted = draws.subarray(t * count, (t + 1) * count).sort();
    low[t] = quantile(sorted, 0.05);
    high[t] = quantile(sorted, 0.95);
    score[t] = Number.isFinite(value) ? rankedScore(sorted, value) : NaN;
  });
  return { low, high, score };
}

/** Student noise of scale 1. */
function studentNoise(random: Random): number {
  let square = 0;
  for (let i = 0; i < FREEDOM; i++) square += random.normal() ** 2;
  return random.normal() / Math.sqrt(square / FREEDOM);
}

function createParts({ terms }: BuiltProblem, panel: MixPanel) {
  const days = [...new Set(panel.geos.flatMap(({ days }) => [...days]))].sort();
  const place = new Map(days.map((day, at) => [day, at]));
  const names = [
    ...new Set(terms.map(({ group }) => group)),
    ...panel.channels,
  ];
  const parts = Object.fromEntries(
    names.map((name) => [name, new Float64Array(days.length)]),
  );
  const places = panel.geos.map(({ days }) =>
    days.map((day) => place.get(day) as number)
  );
  return {
    add({ geos }: Predictor, weight: number): void {
      geos.forEach((one, geo) => {
        const at = places[geo] as number[];
        const addTo = (name: string, series: Float64Array) => {
          const part = parts[name] as Float64Array;
          at.forEach((day, t) =>
            part[day] = (part[day] as number) + weight * (series[t] as number)
          );
        };
        terms.forEach(({ group }, term) =>
          addTo(group, one.terms[term] as Float64Array)
        );
        panel.channels.forEach((name, channel) =>
          addTo(name, one.channels[channel] as Float64Array)
        );
      });
    },
    finish: (): Decomposition => ({ days, parts }),
  };
}
