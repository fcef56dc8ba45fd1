/**
 * Response of an outcome to the spend of several entities: carry-over, then
 * saturation, on top of a baseline.
 *
 *     y[t] = level + trend + week + year + controls
 *          + Σ ceiling · a[t]^slope / (half^slope + a[t]^slope)
 *     a[t] = (1 - decay) · x[t] + decay · a[t - 1]
 *
 * Ceilings are never negative. What the data leave open is settled by weak beliefs:
 * half near the median spend, slope near 1.3, a short memory, ceilings of the order
 * of the outcome's own ups and downs. Periods before the first count as without
 * spend.
 *
 * @see Jin et al. (2017), Bayesian Methods for Media Mix Modeling with
 * Carryover and Shape Effects
 * @module
 */
import { defineModel, type FittedCurve, type SeriesDataset } from "@moe/plugin";
import { z } from "zod";
import { learnResponse, predictOutcome, type Response } from "./response.ts";

const Params = z.strictObject({
  /** Powers of time in the trend: 0 is none, 1 is a line. */
  trendDegree: z.int().min(0).max(3).default(1),
  /** Sine and cosine pairs over the week; for daily data of four weeks and more. */
  weeklyPairs: z.int().min(0).max(3).default(3),
  /** Sine and cosine pairs over the year; for data of a year and more. */
  yearlyPairs: z.int().min(0).max(10).default(2),
  /** Points to search from. */
  starts: z.int().min(1).max(200).default(12),
});

export default defineModel({
  name: "media_response",
  version: "1.0.0",
  apiVersion: 1,
  about: "Response of an outcome to spend: carry-over and diminishing returns",
  grain: "series",
  params: Params,

  fit({ dataset, params, random, report }) {
    const model = learnResponse(dataset, params, { random, report });
    return {
      curves: dataset.spend.map((one, at) =>
        curveOf(one, model.responses[at] as Response)
      ),
      predict: (other) => predictOutcome(model, other),
    };
  },
});

function curveOf(
  { entity, parent, series }: SeriesDataset["spend"][number],
  { ceiling, half, slope, decay }: Response,
): FittedCurve {
  const spent = series.map((micros) => micros > 0 ? micros : 0);
  const range = [0, 0] as [number, number];
  if (spent.length > 0) {
    range[0] = spent.reduce((least, micros) => Math.min(least, micros));
    range[1] = spent.reduce((most, micros) => Math.max(most, micros));
  }
  return {
    entity,
    parent,
    curve: { type: "hill", ceiling, half, slope },
    decay,
    seenMicros: range,
  };
}
