/**
 * Where a moment stands in day, week and year, in UTC; needs no signals.
 *
 * @module
 */
import type { FeatureView, MomentAggregation } from "../../domain/feature.ts";

const PARTS: readonly (readonly [string, MomentAggregation, string, string])[] =
  [
    [
      "hour_of_day",
      { how: "calendar", part: "hour_of_day" },
      "hours",
      "Hour of the day, 0 to 23",
    ],
    [
      "day_of_week",
      { how: "calendar", part: "day_of_week" },
      "days",
      "Day of the week, 0 is Sunday",
    ],
    [
      "is_weekend",
      { how: "calendar", part: "is_weekend" },
      "flag",
      "1 on Saturday and Sunday",
    ],
    [
      "month_of_year",
      { how: "calendar", part: "month_of_year" },
      "months",
      "Month, 1 to 12",
    ],
    ["sin_week", turn("week", "sin"), "ratio", "Sine of the place in the week"],
    [
      "cos_week",
      turn("week", "cos"),
      "ratio",
      "Cosine of the place in the week",
    ],
    ["sin_year", turn("year", "sin"), "ratio", "Sine of the place in the year"],
    [
      "cos_year",
      turn("year", "cos"),
      "ratio",
      "Cosine of the place in the year",
    ],
  ];

function turn(
  period: "week" | "year",
  wave: "sin" | "cos",
): MomentAggregation {
  return { how: "fourier", period, harmonic: 1, wave };
}

/** Parts of the moment at which a decision is taken. */
export const SEASONALITY_VIEW: FeatureView = {
  name: "seasonality",
  version: 1,
  entity: "tenant",
  owner: "analytics",
  purposes: ["optimization"],
  about: "Season, week and hour of the decision",
  ttlSeconds: 1,
  source: { grain: "calendar" },
  features: PARTS.map(([name, aggregation, unit, about]) => ({
    name,
    about,
    unit,
    aggregation,
    window: null,
  })),
};
