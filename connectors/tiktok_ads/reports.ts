/**
 * TikTok's basic reports, by day.
 *
 * Traps: both ends of a date range are in it; a day is `2026-10-25 00:00:00` of the
 * account's zone; metrics are text or numbers as it comes, ids too;
 * `total_complete_payment_rate` is no rate but the value of completed payments.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1740302848100353, read in 2026-08
 * @module
 */
import {
  addDays,
  isDay,
  type Metrics,
  microsFromDecimal,
  RecordFault,
  type ReportRow,
  scaledFromDecimal,
  type SliceScope,
  type SourceReport,
} from "@moe/plugin";
import { z } from "zod";
import { ask, type Config, Id, pages } from "./api.ts";

const PATH = "/report/integrated/get/";
/** Most days that a daily question may span. */
const SLICE_DAYS = 30;

const Amount = z.union([z.string(), z.number()]).transform(String);
const Count = z.union([z.string().regex(/^\d{1,18}$/), z.int().nonnegative()])
  .transform(BigInt);

const Measures = z.object({
  spend: Amount,
  impressions: Count,
  clicks: Count,
  conversion: Amount,
  total_complete_payment_rate: Amount,
});

const Row = z.object({
  dimensions: z.object({
    stat_time_day: z.string(),
    campaign_id: Id.optional(),
    ad_id: Id.optional(),
  }),
  metrics: Measures.extend({
    campaign_id: Id.optional(),
    adgroup_id: Id.optional(),
  }),
});

const Totals = z.object({
  page_info: z.object({ total_number: z.int().nonnegative() }),
  total_metrics: z.unknown(),
});

/** A level at which TikTok reports. */
interface Level extends Pick<SourceReport, "name" | "level"> {
  readonly dataLevel: string;
  readonly dimension: "campaign_id" | "ad_id";
  /** Ids of what is above it, asked for beside the metrics. */
  readonly above: readonly string[];
}

const LEVELS: readonly Level[] = [
  {
    name: "campaign_daily",
    level: "campaign",
    dataLevel: "AUCTION_CAMPAIGN",
    dimension: "campaign_id",
    above: [],
  },
  {
    name: "ad_daily",
    level: "ad",
    dataLevel: "AUCTION_AD",
    dimension: "ad_id",
    above: ["campaign_id", "adgroup_id"],
  },
];

/** Both reports. */
export const reports: readonly SourceReport<Config>[] = LEVELS.map((level) => ({
  name: level.name,
  level: level.level,
  dimensions: [],
  sliceDays: SLICE_DAYS,
  historyDays: null,
  recordCap: null,

  async *read(scope) {
    for await (const records of pages(scope, PATH, question(level, scope))) {
      yield { records };
    }
  },

  toRows: (record) => [toRow(level, record)],

  async totals(scope) {
    const query = {
      ...question(level, scope),
      "enable_total_metrics": "true",
      page: "1",
      "page_size": "1",
    };
    const data = Totals.parse(await ask(scope, PATH, { query }));
    return data.page_info.total_number === 0
      ? null
      : measure(Measures.parse(data.total_metrics));
  },
}));

function question(
  { dataLevel, dimension, above }: Level,
  { config, range }: SliceScope<Config>,
): Readonly<Record<string, string>> {
  return {
    advertiser_id: config.advertiserId,
    report_type: "BASIC",
    data_level: dataLevel,
    dimensions: JSON.stringify([dimension, "stat_time_day"]),
    metrics: JSON.stringify([...Object.keys(Measures.shape), ...above]),
    start_date: range.from,
    end_date: addDays(range.until, -1),
  };
}

function toRow({ dimension }: Level, record: unknown): ReportRow {
  const { dimensions, metrics } = Row.parse(record);
  const ids = { ...metrics, ...dimensions };
  return {
    day: readDay(dimensions.stat_time_day),
    entities: {
      channel: "social",
      campaign: demand(ids.campaign_id),
      ...(dimension === "ad_id" && {
        ad_group: demand(ids.adgroup_id),
        ad: demand(ids.ad_id),
      }),
    },
    metrics: measure(metrics),
  };
}

function readDay(text: string): string {
  const day = text.slice(0, 10);
  if (isDay(day) && text.slice(10) === " 00:00:00") return day;
  throw new RecordFault("day_invalid", "stat_time_day is not a day");
}

function demand(id: string | undefined): string {
  if (id !== undefined) return id;
  throw new RecordFault("id_missing", "the row does not say what it is of");
}

function measure(metrics: z.infer<typeof Measures>): Metrics {
  return {
    impressions: metrics.impressions,
    clicks: metrics.clicks,
    spend_micros: microsFromDecimal(metrics.spend),
    conversions_millionths: scaledFromDecimal(metrics.conversion, 6),
    conversion_value_micros: microsFromDecimal(
      metrics.total_complete_payment_rate,
    ),
  };
}
