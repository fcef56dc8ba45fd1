/**
 * Charts of a card.
 *
 * @module
 */
import { barChart } from "../charts/bar_chart.ts";
import { lineChart } from "../charts/line_chart.ts";
import { stackedChart } from "../charts/stacked_chart.ts";
import type { MixEvidence, ModelEvidence } from "../domain/evidence.ts";

const MOST_BARS = 20;

/** Draws what the evidence has, as SVG by file name. */
export function drawCharts(evidence: ModelEvidence): Record<string, string> {
  return {
    ...drawReliability(evidence),
    ...drawImportance(evidence),
    ...drawTuning(evidence),
    ...(evidence.mix === null ? {} : drawMix(evidence.mix)),
  };
}

function drawReliability({ reliability }: ModelEvidence) {
  if (reliability.length === 0) return {};
  const most = Math.max(
    ...reliability.flatMap(({ said, happened }) => [said, happened]),
  );
  return {
    "reliability.svg": lineChart({
      title: "What was said, and what happened",
      x: { label: "mean chance said" },
      y: { label: "share in which it happened" },
      series: [
        {
          name: "measured",
          points: reliability.map(({ said, happened }) => [said, happened]),
        },
        { name: "exact", points: [[0, 0], [most, most]], dashed: true },
      ],
    }),
  };
}

function drawImportance({ importance }: ModelEvidence) {
  if (importance.length === 0) return {};
  return {
    "importance.svg": barChart({
      title: "What moves the score",
      label: "share of its movement, percent",
      bars: importance.slice(0, MOST_BARS).map(({ name, share }) => ({
        name,
        value: 100 * share,
      })),
    }),
  };
}

function drawTuning({ trials }: ModelEvidence) {
  const full = trials.filter(({ effort, loss }) =>
    effort === 1 && loss !== null
  );
  if (full.length < 2) return {};
  let best = Infinity;
  return {
    "tuning.svg": lineChart({
      title: "Loss of the trials on all rows",
      x: { label: "trial" },
      y: { label: "loss on the rows that validate" },
      series: [
        {
          name: "trial",
          points: full.map(({ loss }, place) => [place, loss ?? NaN]),
        },
        {
          name: "best so far",
          points: full.map(({ loss }, place) => {
            best = Math.min(best, loss ?? Infinity);
            return [place, best];
          }),
          dashed: true,
        },
      ],
    }),
  };
}

function drawMix({ channels, decomposition }: MixEvidence) {
  const layers = Object.entries(decomposition).map(([name, values]) => ({
    name,
    values,
  }));
  const periods = layers[0]?.values.length ?? 0;
  return {
    "roas.svg": barChart({
      title: "Return on what was spent",
      label: "outcome for each unit spent, with 90 % intervals",
      bars: channels.map(({ name, roas: { mean, interval } }) => ({
        name,
        value: mean,
        interval,
      })),
    }),
    ...(periods > 0 && {
      "decomposition.svg": stackedChart({
        title: "What the outcome is made of",
        x: { label: "period" },
        y: { label: "mean contribution" },
        xs: Array.from({ length: periods }, (_, period) => period),
        layers,
      }),
    }),
  };
}
