/**
 * Totals over ads' days, as reports above the ad tell them.
 *
 * @module
 */
import type { Metrics } from "../../core/domain/signal.ts";
import type { AdDay } from "./ad_truth.ts";

const NOBODY = { id: "0", name: "" };
const NOTHING: AdDay = {
  day: "1970-01-01",
  campaign: NOBODY,
  adGroup: NOBODY,
  ad: NOBODY,
  impressions: 0n,
  clicks: 0n,
  spendMicros: 0n,
  conversionsMillionths: 0n,
  conversionValueMicros: 0n,
};

/** Adds up; day and ids are those of the first. */
export function sumAds(rows: readonly AdDay[]): AdDay {
  return rows.reduce((total, row) => ({
    ...total,
    impressions: total.impressions + row.impressions,
    clicks: total.clicks + row.clicks,
    spendMicros: total.spendMicros + row.spendMicros,
    conversionsMillionths: total.conversionsMillionths +
      row.conversionsMillionths,
    conversionValueMicros: total.conversionValueMicros +
      row.conversionValueMicros,
  }), { ...NOTHING, ...pickNames(rows) });
}

function pickNames([first]: readonly AdDay[]): Partial<AdDay> {
  if (!first) return {};
  const { day, campaign, adGroup, ad } = first;
  return { day, campaign, adGroup, ad };
}

/** The metrics that a perfect connector would make of it. */
export function metricsOf(total: AdDay): Metrics {
  return {
    impressions: total.impressions,
    clicks: total.clicks,
    spend_micros: total.spendMicros,
    conversions_millionths: total.conversionsMillionths,
    conversion_value_micros: total.conversionValueMicros,
  };
}
