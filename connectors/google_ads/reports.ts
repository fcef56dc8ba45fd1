/**
 * The two reports: totals of each campaign, and of each ad, by local day.
 *
 * Campaigns without ads (Performance Max) are in the first alone. Removed ones are
 * in both. A question costs one operation however many days and rows it has.
 *
 * @see https://developers.google.com/google-ads/api/fields/v25/overview, read on 2026-11-26
 * @module
 */
import {
  addDays,
  type DayRange,
  type Metrics,
  microsFromDecimal,
  type ReportRow,
  scaledFromDecimal,
  type SourceReport,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { search } from "./search.ts";

/** The fewest days that the 37 months of daily totals can have. */
const HISTORY_DAYS = 1123;

const METRICS = "metrics.impressions, metrics.clicks, metrics.cost_micros, " +
  "metrics.conversions, metrics.conversions_value";

const Id = z.union([z.string(), z.int()]).transform(String);
const Whole = z.union([z.string().regex(/^-?\d+$/), z.int()]).default("0")
  .transform(BigInt);
const Decimal = z.union([z.string(), z.number()]).default(0).transform(String);

const Totals = z.object({
  impressions: Whole,
  clicks: Whole,
  costMicros: Whole,
  conversions: Decimal,
  conversionsValue: Decimal,
}).transform((totals): Metrics => ({
  impressions: totals.impressions,
  clicks: totals.clicks,
  spend_micros: totals.costMicros,
  conversions_millionths: scaledFromDecimal(totals.conversions, 6),
  conversion_value_micros: microsFromDecimal(totals.conversionsValue),
}));

const CampaignRow = z.object({
  campaign: z.object({
    id: Id,
    advertisingChannelType: z.string().default("UNSPECIFIED"),
  }),
  segments: z.object({ date: z.iso.date() }),
  metrics: Totals,
});

const AdRow = CampaignRow.extend({
  adGroup: z.object({ id: Id }),
  adGroupAd: z.object({ ad: z.object({ id: Id }) }),
});

const SummaryRow = z.object({ metrics: Totals });

/** Totals of each campaign and day. */
export const campaignDaily = defineReport({
  name: "campaign_daily",
  level: "campaign",
  from: "campaign",
  ids: "campaign.id, campaign.advertising_channel_type",
  sliceDays: 31,
  toRow: (record) => toRow(CampaignRow.parse(record)),
});

/** Totals of each ad and day. */
export const adDaily = defineReport({
  name: "ad_daily",
  level: "ad",
  from: "ad_group_ad",
  ids: "campaign.id, campaign.advertising_channel_type, ad_group.id, " +
    "ad_group_ad.ad.id",
  sliceDays: 7,
  toRow(record) {
    const row = AdRow.parse(record);
    const { entities, ...rest } = toRow(row);
    const below = { "ad_group": row.adGroup.id, ad: row.adGroupAd.ad.id };
    return { ...rest, entities: { ...entities, ...below } };
  },
});

interface Question
  extends Pick<SourceReport<Config>, "name" | "level" | "sliceDays"> {
  /** Resource that is asked. */
  readonly from: string;
  /** Fields that tell the rows apart. */
  readonly ids: string;
  toRow(record: unknown): ReportRow;
}

function defineReport(
  { from, ids, toRow, ...report }: Question,
): SourceReport<Config> {
  const ask = (range: DayRange) =>
    `SELECT ${ids}, segments.date, ${METRICS} FROM ${from} WHERE ` +
    `segments.date BETWEEN '${range.from}' AND '${addDays(range.until, -1)}'`;
  return {
    ...report,
    dimensions: [],
    historyDays: HISTORY_DAYS,
    recordCap: null,
    async *read(scope) {
      for await (const { results } of search(scope, ask(scope.range))) {
        yield { records: results };
      }
    },
    toRows: (record) => [toRow(record)],
    async totals(scope) {
      const pages = search(scope, ask(scope.range), { totals: true });
      for await (const { summaryRow } of pages) {
        if (summaryRow !== undefined) {
          return SummaryRow.parse(summaryRow).metrics;
        }
      }
      return null;
    },
  };
}

function toRow(
  { campaign, segments, metrics }: z.infer<typeof CampaignRow>,
): ReportRow {
  const { id, advertisingChannelType: type } = campaign;
  const channel = type === "UNSPECIFIED" || type === "UNKNOWN"
    ? {}
    : { channel: type.toLowerCase() };
  return {
    day: segments.date,
    entities: { campaign: id, ...channel },
    metrics,
  };
}
