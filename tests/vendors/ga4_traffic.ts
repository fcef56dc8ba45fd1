/**
 * Visits of a simulated Google Analytics property: those that advertising brought,
 * and others without a campaign, or with one that was tagged without an id. One tag
 * has the same text for id and name, to be kept apart from one with the name alone.
 *
 * @module
 */
import type { Metrics } from "../../core/domain/signal.ts";
import type { AdTruth, Named } from "./ad_truth.ts";

/** Visits of a day from one place. */
export interface Traffic {
  readonly day: string;
  readonly channel: string;
  readonly sourceMedium: string;
  readonly campaign: Named;
  readonly sessions: bigint;
  /** What is credited: key events, revenue, and what advertising cost. */
  readonly attributed: Metrics;
}

const NOT_SET = "(not set)";

/** All visits of a day, as they are known now. */
export function trafficOn(truth: AdTruth, day: string): Traffic[] {
  const paid = truth.on(day).map((ad): Traffic => ({
    day,
    channel: "Paid Search",
    sourceMedium: "google / cpc",
    campaign: ad.campaign,
    sessions: ad.clicks,
    attributed: {
      conversions_millionths: ad.conversionsMillionths,
      conversion_value_micros: ad.conversionValueMicros,
      spend_micros: ad.spendMicros,
      clicks: ad.clicks,
      impressions: ad.impressions,
    },
  }));
  const visits = paid.reduce((sum, { sessions }) => sum + sessions, 0n);
  if (visits === 0n) return [];
  return [
    ...paid,
    ...UNPAID.map(([channel, sourceMedium, id, name], at): Traffic => ({
      day,
      channel,
      sourceMedium,
      campaign: { id, name },
      sessions: visits + BigInt(at),
      attributed: unpaid(visits * BigInt(at + 1)),
    })),
  ];
}

const UNPAID = [
  ["Organic Search", "google / organic", NOT_SET, "(organic)"],
  ["Direct", "(direct) / (none)", NOT_SET, "(direct)"],
  ["Email", "newsletter / email", NOT_SET, "spring"],
  ["Email", "newsletter / email", "spring", "spring"],
  ["Unassigned", NOT_SET, NOT_SET, NOT_SET],
] as const;

function unpaid(share: bigint): Metrics {
  return {
    conversions_millionths: share * 12_345n,
    conversion_value_micros: share * 7_310_000n,
    spend_micros: 0n,
    clicks: 0n,
    impressions: 0n,
  };
}

/**
 * Adds visits up.
 *
 * @param traffic Visits.
 * @param keyOf What they are added up by.
 * @returns One for each key, with the names of its first.
 */
export function sumBy(
  traffic: readonly Traffic[],
  keyOf: (one: Traffic) => string,
): Traffic[] {
  const groups = Map.groupBy(traffic, keyOf);
  return [...groups.values()].map((group) => group.reduce(add));
}

function add(sum: Traffic, one: Traffic): Traffic {
  const attributed = Object.fromEntries(
    Object.entries(sum.attributed).map(([metric, total]) => [
      metric,
      total + (one.attributed[metric as keyof Metrics] ?? 0n),
    ]),
  );
  return { ...sum, sessions: sum.sessions + one.sessions, attributed };
}
