/**
 * What a fitted media mix says: contributions, returns, curves, parts over time, and
 * how well the posterior was explored. Intervals hold 90 %.
 *
 * @module
 */
import type { Estimate, Random } from "@moe/plugin";
import {
  coordinateChains,
  type QuantityChains,
  summarizeQuantity,
} from "../../math/chains.ts";
import {
  type ChannelDraws,
  collectChannels,
  CURVE_STEPS,
} from "./channel_draws.ts";
import { type MixFit, walkDraws } from "./fit.ts";
import type { MixPanel } from "./panel.ts";
import {
  collectPeriods,
  type Decomposition,
  type PeriodForecast,
} from "./period_draws.ts";
import { createPosterior } from "./posterior.ts";
import { estimate } from "./quantiles.ts";

/** Response to a steady spend. */
export interface CurvePoint {
  /** Money a period. */
  readonly spend: number;
  /** Outcome a period. */
  readonly outcome: Estimate;
  /** Whether so much was ever spent. */
  readonly seen: boolean;
}

/** What is said of a channel, in one geography or in all. */
export interface ChannelSummary {
  /** Outcome that its spend brought. */
  readonly contribution: Estimate;
  /** Share of the outcome. */
  readonly share: Estimate;
  /** Outcome for each unit spent. */
  readonly roas: Estimate;
  /** Outcome for the next unit, spent like those before. */
  readonly marginalRoas: Estimate;
  /** Money spent in all. */
  readonly spent: number;
}

/** What is said of a channel in all geographies. */
export interface MixChannelSummary extends ChannelSummary {
  readonly name: string;
  /** Steady spend a period at which half the ceiling is reached, in every geography. */
  readonly half: Estimate;
  /** Share of the ceiling that the usual spend reaches. */
  readonly saturation: Estimate;
  /** Days until half of a spend's effect has come. */
  readonly halfLifeDays: Estimate;
  readonly curve: readonly CurvePoint[];
  /** By geography; empty if there is one. */
  readonly geos: Readonly<Record<string, ChannelSummary>>;
}

/** How well the posterior was explored, by its worst coordinate. */
export interface MixDiagnostics {
  readonly method: MixFit["method"];
  readonly draws: number;
  readonly chains: number;
  /** Null without chains, as the three that follow. */
  readonly rHat: number | null;
  readonly essBulk: number | null;
  readonly essTail: number | null;
  readonly divergences: number | null;
  /** Shape of the importance weights of a Laplace fit. */
  readonly shape: number | null;
}

/** All that a media mix says. */
export interface MixSummary {
  readonly channels: readonly MixChannelSummary[];
  readonly decomposition: Decomposition;
  readonly forecasts: readonly PeriodForecast[];
  readonly diagnostics: MixDiagnostics;
}

const MOST_DRAWS = 2000;
const MOST_FORECAST_DRAWS = 500;

/**
 * Summarises a fit.
 *
 * @param fit What was drawn.
 * @param random Chance, for what was integrated out and for noise.
 * @returns The summary.
 */
export function summarizeMix(fit: MixFit, random: Random): MixSummary {
  const { panel, built, chains, size } = fit;
  const drawn = chains.reduce((sum, one) => sum + one.length / size, 0);
  const count = Math.min(MOST_DRAWS, drawn);
  const every = Math.ceil(count / MOST_FORECAST_DRAWS);
  const posterior = createPosterior(built.problem);
  const channels = collectChannels(panel, built.scales, count);
  const periods = collectPeriods({
    built,
    posterior,
    panel,
    count: Math.ceil(count / every),
    random,
  });
  walkDraws(fit, { posterior, most: count, random }, (draw, at) => {
    channels.add(draw, at);
    if (at % every === 0) periods.add(draw);
  });
  const forecasts = periods.forecasts();
  const outcomes = forecasts.map(totalOutcome);
  return {
    channels: panel.channels.map((name, at) => ({
      name,
      ...describeAll(channels.all[at] as ChannelDraws, panel.periodDays),
      ...describe(
        channels.all[at] as ChannelDraws,
        outcomes.reduce((sum, one) => sum + one, 0),
      ),
      geos: panel.geos.length < 2 ? {} : Object.fromEntries(
        panel.geos.map((geo, which) => [
          geo.name,
          describe(
            channels.geos[which]?.[at] as ChannelDraws,
            outcomes[which] as number,
          ),
        ]),
      ),
    })),
    decomposition: periods.decomposition(),
    forecasts,
    diagnostics: diagnose(fit, drawn),
  };
}

/**
 * Forecasts periods.
 *
 * @param fit What was drawn.
 * @param panel Periods from the first learnt from on, so that spend carries over.
 * @param random Chance.
 * @returns One forecast for each geography.
 */
export function forecastMix(
  fit: MixFit,
  panel: MixPanel,
  random: Random,
): PeriodForecast[] {
  const { built, chains, size } = fit;
  const drawn = chains.reduce((sum, one) => sum + one.length / size, 0);
  const count = Math.min(MOST_FORECAST_DRAWS, drawn);
  const posterior = createPosterior(built.problem);
  const periods = collectPeriods({ built, posterior, panel, count, random });
  walkDraws(fit, { posterior, most: count, random }, periods.add);
  return periods.forecasts();
}

/** Outcome in all; what is unknown counts as forecast. */
function totalOutcome({ actual, mean }: PeriodForecast): number {
  return actual.reduce(
    (sum, value, t) =>
      sum + (Number.isFinite(value) ? value : mean[t] as number),
    0,
  );
}

function describe(
  { brought, growth, spent }: ChannelDraws,
  outcome: number,
): ChannelSummary {
  const per = (draws: Float64Array, whole: number) =>
    estimate(draws.map((one) => whole === 0 ? 0 : one / whole));
  return {
    contribution: estimate(brought),
    share: per(brought, outcome),
    roas: per(brought, spent),
    marginalRoas: per(growth, spent),
    spent,
  };
}

function describeAll(
  { half, halfLife, curve, usual, most, ceiling }: ChannelDraws,
  periodDays: number,
) {
  const middle = curve[(CURVE_STEPS - 1) / 2] as Float64Array;
  return {
    half: estimate(half),
    saturation: estimate(
      middle.map((outcome, at) => outcome / (ceiling[at] as number)),
    ),
    halfLifeDays: estimate(halfLife.map((periods) => periods * periodDays)),
    curve: curve.map((draws, step) => {
      const spend = usual * 2 * step / (CURVE_STEPS - 1);
      return { spend, outcome: estimate(draws), seen: spend <= most };
    }),
  };
}

function diagnose(fit: MixFit, draws: number): MixDiagnostics {
  const { method, chains, size, divergences, shape } = fit;
  const common = { method, draws, chains: chains.length, divergences, shape };
  if (method === "laplace") {
    return { ...common, rHat: null, essBulk: null, essTail: null };
  }
  let [rHat, essBulk, essTail] = [1, Infinity, Infinity];
  for (let at = 0; at < size; at++) {
    const own: QuantityChains = coordinateChains(chains, size, at);
    const { rHat: r, bulkDraws, tailDraws } = summarizeQuantity(own);
    if (Number.isNaN(r)) continue;
    rHat = Math.max(rHat, r);
    essBulk = Math.min(essBulk, bulkDraws);
    essTail = Math.min(essTail, tailDraws);
  }
  return { ...common, rHat, essBulk, essTail };
}
