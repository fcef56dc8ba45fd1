/**
 * Mail of a simulated SendGrid account: by category, and some without one.
 *
 * @module
 */
import type { Metrics } from "../../core/domain/signal.ts";
import type { AdTruth } from "./ad_truth.ts";

/** A day's mail of one category; without a name, mail that has none. */
export interface Category {
  readonly name: string | null;
  readonly delivered: bigint;
  readonly opens: bigint;
  readonly clicks: bigint;
}

/** Statistics as the vendor words them. */
export interface Stats {
  readonly type?: string;
  readonly name?: string | null;
  readonly metrics: Readonly<Record<string, number>>;
}

/** All mail of a day, as it is known now; every category, also those with none. */
export function mailOn(truth: AdTruth, day: string): Category[] {
  const sent = new Map(truth.on(day).map((ad) => [ad.campaign.id, ad]));
  const categories = truth.campaigns.map(({ id, name }): Category => {
    const ad = sent.get(id);
    return {
      name,
      delivered: ad?.impressions ?? 0n,
      opens: (ad?.conversionsMillionths ?? 0n) / 10_000n,
      clicks: ad?.clicks ?? 0n,
    };
  });
  const other = sent.size === 0 ? 0n : 101n;
  return [
    ...categories,
    { name: null, delivered: other, opens: other / 2n, clicks: other / 10n },
  ];
}

/** The vendor's sixteen counts. */
export function toStats(
  { delivered, opens, clicks }: Category,
): Readonly<Record<string, number>> {
  const bounces = Number(delivered / 50n);
  const processed = Number(delivered) + bounces;
  const drops = Number(delivered / 200n);
  return {
    blocks: 0,
    bounce_drops: drops,
    bounces,
    clicks: Number(clicks),
    deferred: 0,
    delivered: Number(delivered),
    invalid_emails: 0,
    opens: Number(opens),
    processed,
    requests: processed + drops,
    spam_report_drops: 0,
    spam_reports: 0,
    unique_clicks: Number(clicks),
    unique_opens: Number(opens / 2n),
    unsubscribe_drops: 0,
    unsubscribes: Number(delivered / 100n),
  };
}

/** Adds statistics up. */
export function addStats(
  all: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const stats of all) {
    for (const [name, count] of Object.entries(stats)) {
      sums[name] = (sums[name] ?? 0) + count;
    }
  }
  return sums;
}

/** What a perfect connector makes of statistics. */
export function toRow(stats: Readonly<Record<string, number>>): Metrics {
  const count = (name: string) => BigInt(stats[name] ?? 0);
  return {
    sends: count("processed"),
    delivered: count("delivered"),
    opens: count("opens"),
    email_clicks: count("clicks"),
    bounces: count("bounces"),
    unsubscribes: count("unsubscribes"),
  };
}

/** Whether nothing was counted. */
export function isNothing(metrics: Metrics): boolean {
  return Object.values(metrics).every((count) => count === 0n);
}
