/**
 * A media mix as charts: return of each channel, where the outcome came from, response
 * curves, and what was predicted of what happened. Bands and whiskers hold 90 %.
 *
 * @module
 */
import type { PeriodForecast } from "../../../models/learners/mix/period_draws.ts";
import type {
  CurvePoint,
  MixChannelSummary,
  MixSummary,
} from "../../../models/learners/mix/summary.ts";
import { barChart } from "../../charts/bar_chart.ts";
import { lineChart, type LineSeries } from "../../charts/line_chart.ts";
import type { Mark } from "../../charts/marks.ts";
import { stackedChart } from "../../charts/stacked_chart.ts";

/** Geographies that are drawn by themselves; of more, only the first. */
const MOST_GEOS = 12;

/** Draws the charts of a media mix: SVG by name. */
export function drawMix(summary: MixSummary): Map<string, string> {
  const { channels, forecasts, decomposition } = summary;
  return new Map([
    ["roas", drawReturns(channels)],
    [
      "contributions",
      stackedChart({
        title: "Where the outcome came from",
        x: { label: "Period" },
        y: { label: "Outcome a period" },
        xs: decomposition.days,
        layers: Object.entries(decomposition.parts)
          .map(([name, values]) => ({ name, values: [...values] })),
      }),
    ],
    ...channels.map((channel, at): [string, string] => [
      `response_${fileName(channel.name, at)}`,
      drawResponse(channel),
    ]),
    ...forecasts.slice(0, MOST_GEOS).map((one, at): [string, string] => [
      forecasts.length === 1
        ? "predicted"
        : `predicted_${fileName(one.geo, at)}`,
      drawPredicted(one, forecasts.length > 1),
    ]),
  ]);
}

function drawReturns(channels: readonly MixChannelSummary[]): string {
  return barChart({
    title: "Return on spend, with 90 % intervals",
    label: "Outcome for each unit spent",
    bars: channels.map(({ name, roas }) => ({
      name,
      value: roas.mean,
      interval: roas.interval,
    })),
  });
}

/** Solid as far as it was ever spent, dashed beyond. */
function drawResponse({ name, curve }: MixChannelSummary): string {
  const last = curve.findLastIndex(({ seen }) => seen);
  const seen = curve.slice(0, last + 1);
  const beyond = curve.slice(Math.max(0, last));
  const usual = curve[(curve.length - 1) / 2];
  const most = seen.length < curve.length ? seen.at(-1) : undefined;
  return lineChart({
    title: `Response to ${name}, with 90 % interval`,
    x: { label: "Steady spend a period" },
    y: { label: "Outcome a period" },
    series: [
      lineOf("As far as was spent", seen),
      ...beyond.length > 1
        ? [{ ...lineOf("Beyond: extrapolated", beyond), dashed: true }]
        : [],
    ],
    marks: [...markAt(usual, "usual spend"), ...markAt(most, "most spent")],
  });
}

function lineOf(name: string, points: readonly CurvePoint[]): LineSeries {
  return {
    name,
    points: points.map(({ spend, outcome }) => [spend, outcome.mean]),
    band: points.map(({ spend, outcome: { interval } }) => [
      spend,
      ...interval,
    ]),
  };
}

function markAt(point: CurvePoint | undefined, label: string): Mark[] {
  return point ? [{ x: point.spend, y: point.outcome.mean, label }] : [];
}

function drawPredicted(
  { geo, days, actual, mean, low, high }: PeriodForecast,
  named: boolean,
): string {
  return lineChart({
    title: `Predicted and actual outcome${named ? ` of ${geo}` : ""}`,
    x: { label: "Period", names: days },
    y: { label: "Outcome a period" },
    series: [
      {
        name: "Predicted, with 90 % interval",
        points: Array.from(mean, (value, t) => [t, value]),
        band: Array.from(mean, (_, t) => [
          t,
          low[t] as number,
          high[t] as number,
        ]),
      },
      {
        name: "Actual",
        points: Array.from(actual, (value, t) => [t, value]),
        dashed: true,
      },
    ],
  });
}

/** A name that any file system takes, told apart by its place. */
function fileName(name: string, at: number): string {
  const plain = name.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 60);
  return `${at + 1}_${plain}`;
}
