/**
 * Where a moment stands in day, week and year, in UTC; needs no signals.
 *
 * @module
 */
import type { CalendarPart, FeatureView } from "../../domain/feature.ts";

const PARTS: readonly (readonly [CalendarPart, string, string])[] = [
  ["hour_of_day", "hours", "Hour of the day, 0 to 23"],
  ["day_of_week", "days", "Day of the week, 0 is Sunday"],
  ["is_weekend", "flag", "1 on Saturday and Sunday"],
  ["month_of_year", "months", "Month, 1 to 12"],
  ["sin_week", "ratio", "Sine of the place in the week"],
  ["cos_week", "ratio", "Cosine of the place in the week"],
  ["sin_year", "ratio", "Sine of the place in the year"],
  ["cos_year", "ratio", "Cosine of the place in the year"],
];

/** Parts of the moment at which a decision is taken. */
export const SEASONALITY_VIEW: FeatureView = {
  name: "seasonality",
  version: 1,
  entity: "tenant",
  owner: "analytics",
  purpose: "optimization",
  about: "Season, week and hour of the decision",
  ttlSeconds: 1,
  source: { grain: "calendar" },
  features: PARTS.map(([part, unit, about]) => ({
    name: part,
    about,
    unit,
    aggregation: { how: "calendar", part },
    windowDays: null,
  })),
};
