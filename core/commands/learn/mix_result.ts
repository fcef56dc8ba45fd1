/**
 * A media mix as JSON and as tables.
 *
 * @module
 */
import type { Estimate, Finding } from "../../domain/evidence.ts";
import { mape, rSquared, wape } from "../../domain/measures.ts";
import { finiteOnly, mean } from "../../domain/measures.ts";
import type { ForecastCheck } from "../../../models/learners/mix/checks.ts";
import type { PeriodForecast } from "../../../models/learners/mix/period_draws.ts";
import type {
  ChannelSummary,
  MixSummary,
} from "../../../models/learners/mix/summary.ts";
import { printTable } from "../terminal.ts";

/**
 * Measures forecasts against what happened.
 *
 * @returns `r2`, `mape`, `wape`, `crps` and `coverage_90`, the share of periods within
 * their interval; over all known periods.
 */
export function measureForecasts(
  forecasts: readonly PeriodForecast[],
): Record<string, number> {
  const join = (of: "actual" | "mean" | "low" | "high" | "score") =>
    Float64Array.from(
      forecasts.flatMap((one) =>
        [...one[of]].filter((_, t) => Number.isFinite(one.actual[t]))
      ),
    );
  const [actual, said] = [join("actual"), join("mean")];
  const [low, high] = [join("low"), join("high")];
  const inside = actual.map((value, t) =>
    value >= (low[t] as number) && value <= (high[t] as number) ? 1 : 0
  );
  return finiteOnly({
    r2: rSquared(actual, said),
    mape: mape(actual, said),
    wape: wape(actual, said),
    crps: mean(join("score")),
    coverage_90: mean(inside),
    periods: actual.length,
  });
}

/** How forecasts of held-out periods came true, as measures. */
export function describeChecks(
  check: ForecastCheck | undefined,
): Record<string, number> {
  if (!check) return {};
  return finiteOnly({
    holdout_crps: check.crps,
    holdout_skill: check.skill,
    holdout_mape: check.mape ?? NaN,
    holdout_coverage_90: check.coverage,
    holdout_outcomes: check.outcomes,
  });
}

/** The result as plain JSON. */
export function describeMix(
  { channels, decomposition, diagnostics }: MixSummary,
): Record<string, unknown> {
  const byChannel = <T>(of: (one: MixSummary["channels"][number]) => T) =>
    Object.fromEntries(channels.map((one) => [one.name, of(one)]));
  const withGeos = <T>(of: (one: ChannelSummary) => T) =>
    byChannel((one) => {
      const geos = Object.entries(one.geos);
      if (geos.length === 0) return of(one);
      const by = geos.map(([geo, own]) => [geo, of(own)]);
      return { ...of(one), geos: Object.fromEntries(by) };
    });
  return {
    contributions: withGeos(({ contribution, share }) => ({
      total: contribution.mean,
      interval: contribution.interval,
      share: share.mean,
      share_interval: share.interval,
    })),
    roas: withGeos(({ roas }) => roas),
    marginal_roas: withGeos(({ marginalRoas }) => marginalRoas),
    saturation: byChannel((one) => ({
      half_spend: one.half,
      reached: one.saturation,
      half_life_days: one.halfLifeDays,
    })),
    curves: byChannel(({ curve }) =>
      curve.map(({ spend, outcome, seen }) => ({
        spend,
        outcome: outcome.mean,
        interval: outcome.interval,
        seen,
      }))
    ),
    decomposition: {
      periods: decomposition.days,
      parts: Object.fromEntries(
        Object.entries(decomposition.parts).map((
          [name, part],
        ) => [name, [...part]]),
      ),
    },
    diagnostics: describeDiagnostics(diagnostics),
  };
}

function describeDiagnostics(
  { method, rHat, essBulk, essTail, divergences, draws, chains, shape }:
    MixSummary["diagnostics"],
): Record<string, unknown> {
  return {
    method,
    "r_hat": rHat,
    "ess_bulk": essBulk,
    "ess_tail": essTail,
    divergences,
    draws,
    chains,
    "pareto_k": shape,
  };
}

/** The result as lines for a person. */
export function printMix(
  { channels, diagnostics }: MixSummary,
  { metrics, warnings }: {
    metrics: Readonly<Record<string, number>>;
    warnings: readonly Finding[];
  },
): string[] {
  const { draws, chains, rHat, essBulk, divergences, method } = diagnostics;
  return [
    ...printTable(
      [
        { heading: "channel" },
        { heading: "contribution", numeric: true },
        { heading: "share", numeric: true },
        { heading: "90 %", numeric: true },
        { heading: "ROAS", numeric: true },
        { heading: "90 %", numeric: true },
        { heading: "marginal", numeric: true },
        { heading: "half-life, days", numeric: true },
      ],
      channels.map((one) => [
        one.name,
        print(one.contribution.mean),
        percent(one.share.mean),
        one.share.interval.map(percent).join(" – "),
        print(one.roas.mean),
        interval(one.roas),
        print(one.marginalRoas.mean),
        print(one.halfLifeDays.mean),
      ]),
    ),
    "",
    ...printTable(
      [{ heading: "measure" }, { heading: "value", numeric: true }],
      Object.entries(metrics).map(([name, value]) => [name, print(value)]),
    ),
    "",
    method === "nuts"
      ? `${chains} chains, ${draws} draws, worth ${
        print(essBulk ?? NaN)
      }; R-hat ${rHat?.toFixed(3)}; ${divergences} divergences`
      : `${draws} draws around the mode`,
    ...warnings.map(({ input, text }) =>
      `! ${input === null ? "" : `${input}: `}${text}`
    ),
  ];
}

function interval({ interval }: Estimate): string {
  return interval.map(print).join(" – ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function print(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "–";
}
