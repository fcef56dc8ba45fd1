/**
 * The basic reports of the simulated TikTok.
 *
 * @module
 */
import {
  addDays,
  countDays,
  type DayRange,
  isDay,
} from "../../core/domain/day.ts";
import { decimalFromMicros } from "../../core/domain/money.ts";
import type { ExpectedRow } from "../../plugins/conformance/vendor.ts";
import { type AdDay, type AdTruth, daysOf } from "./ad_truth.ts";
import {
  paged,
  parseList,
  type Query,
  TiktokError,
  type TiktokState,
} from "./tiktok_ads_wire.ts";
import { metricsOf, sumAds } from "./ad_totals.ts";

const LEVELS: Readonly<Record<string, string>> = {
  AUCTION_CAMPAIGN: "campaign_id",
  AUCTION_AD: "ad_id",
};
const MEASURES = [
  "spend",
  "impressions",
  "clicks",
  "conversion",
  "total_complete_payment_rate",
];
const ATTRIBUTES = ["campaign_id", "adgroup_id"];
const MOST_DAYS = 30;

/** Answers a synchronous report. */
export function answerReport(query: Query, state: TiktokState): unknown {
  const level = query["data_level"] ?? "";
  const dimension = LEVELS[level];
  if (query["report_type"] !== "BASIC" || dimension === undefined) {
    throw new TiktokError(
      40002,
      "report_type, data_level: Not a valid choice.",
    );
  }
  const dimensions = parseList(query["dimensions"], "dimensions").sort();
  if (`${dimensions}` !== `${[dimension, "stat_time_day"].sort()}`) {
    throw new TiktokError(40002, `dimensions: Not supported at ${level}.`);
  }
  const metrics = parseList(query["metrics"], "metrics");
  const known = [...MEASURES, ...(dimension === "ad_id" ? ATTRIBUTES : [])];
  const unknown = metrics.find((metric) => !known.includes(metric));
  if (unknown !== undefined) {
    throw new TiktokError(40002, `metrics: Invalid metric field: ${unknown}`);
  }
  const totals = totalsOf(state.truth, parseRange(query), dimension);
  const rows = totals.map((total, at) =>
    toRecord(total, { metrics, dimension, at })
  );
  return {
    ...paged(rows, query, state),
    ...(query["enable_total_metrics"] === "true" && {
      total_metrics: toMetrics(sumAds(totals), metrics),
    }),
  };
}

function parseRange(query: Query): DayRange {
  const { start_date: from = "", end_date: last = "" } = query;
  if (!isDay(from) || !isDay(last) || last < from) {
    throw new TiktokError(40002, "start_date, end_date: Not a valid date.");
  }
  const range = { from, until: addDays(last, 1) };
  if (countDays(range) > MOST_DAYS) {
    throw new TiktokError(40002, "The time span must be no more than 30 days");
  }
  return range;
}

/** Totals of a day at one level; ids of the levels below are of the last ad in it. */
function totalsOf(truth: AdTruth, range: DayRange, dimension: string): AdDay[] {
  return daysOf(range).flatMap((day) => {
    const of = ({ ad, campaign }: AdDay) =>
      dimension === "ad_id" ? ad.id : campaign.id;
    return [...Map.groupBy(truth.on(day), of).values()].map(sumAds);
  });
}

/** Ids of every other record are JSON numbers. */
function toRecord(total: AdDay, { metrics, dimension, at }: {
  readonly metrics: readonly string[];
  readonly dimension: string;
  readonly at: number;
}): unknown {
  const print = at % 2 === 0 ? (id: string) => id : rawJson;
  const { campaign, adGroup, ad } = total;
  const asked = (name: string) => metrics.includes(name);
  return {
    dimensions: {
      stat_time_day: `${total.day} 00:00:00`,
      [dimension]: print(dimension === "ad_id" ? ad.id : campaign.id),
    },
    metrics: {
      ...toMetrics(total, metrics),
      ...(asked("campaign_id") && { campaign_id: print(campaign.id) }),
      ...(asked("adgroup_id") && { adgroup_id: print(adGroup.id) }),
    },
  };
}

function toMetrics(
  total: AdDay,
  metrics: readonly string[],
): Readonly<Record<string, unknown>> {
  const cents = total.conversionValueMicros / 10_000n;
  const all = {
    spend: decimalFromMicros(total.spendMicros, 2),
    impressions: String(total.impressions),
    clicks: Number(total.clicks),
    conversion: String(total.conversionsMillionths / 1_000_000n),
    "total_complete_payment_rate": rawJson(`${cents}e-2`),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => metrics.includes(name)),
  );
}

/** A JSON number with exactly these digits. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

/** What a perfect connector would hold. */
export function expectTiktokRows(
  truth: AdTruth,
  range: DayRange,
  account: string,
): ExpectedRow[] {
  return Object.values(LEVELS).flatMap((dimension) =>
    totalsOf(truth, range, dimension).map((total) => ({
      report: dimension === "ad_id" ? "ad_daily" : "campaign_daily",
      day: total.day,
      entities: {
        account,
        channel: "social",
        campaign: total.campaign.id,
        ...(dimension === "ad_id" && {
          ad_group: total.adGroup.id,
          ad: total.ad.id,
        }),
      },
      breakdowns: {},
      metrics: metricsOf(total),
    }))
  );
}
