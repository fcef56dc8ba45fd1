/**
 * What one deal is worth, and on which day.
 *
 * A deal is one row on the local day of its close date: one conversion and its
 * amount once it is won, zeros while it is not, when it is archived, and for those
 * that were merged into it. Property values are text whatever their type; moments
 * come as milliseconds or as ISO 8601.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/crm/objects/deals/guide, read on 2026-08-22
 * @module
 */
import {
  isDay,
  localTime,
  type Metrics,
  microsFromDecimal,
  parseInstant,
  type PerformanceSignal,
  RecordFault,
} from "@moe/plugin";
import * as z from "zod";

/** The account's facts. */
export const Account = z.object({
  id: z.string(),
  zone: z.string(),
  currency: z.string(),
});

/** The account's facts. */
export type Account = z.infer<typeof Account>;

/** Properties that are asked for, beside those that name the campaign. */
export const PROPERTIES = [
  "amount",
  "closedate",
  "createdate",
  "deal_currency_code",
  "hs_analytics_source",
  "hs_is_closed_won",
  "hs_merged_object_ids",
] as const;

const Id = z.union([z.string().min(1), z.int()]).transform(String);

const Deal = z.object({
  id: Id,
  archived: z.boolean().default(false),
  createdAt: z.string().optional(),
  properties: z.record(z.string(), z.unknown()),
});

const CHANNELS: Readonly<Record<string, string>> = {
  PAID_SEARCH: "search",
  PAID_SOCIAL: "social",
  EMAIL_MARKETING: "email",
};

/**
 * Reads one deal.
 *
 * @param record As the API tells it.
 * @param account Zone and currency.
 * @param campaignProperties Properties that may name its campaign.
 * @returns Its row, and a row of zeros for each deal that was merged into it.
 * @throws {Error} If it makes no sense.
 */
export function dealRows(
  record: unknown,
  account: Account,
  campaignProperties: readonly string[],
): PerformanceSignal[] {
  const { id, archived, createdAt, properties } = Deal.parse(record);
  const text = (name: string) => readText(properties[name]);
  const won = text("hs_is_closed_won") === "true" && !archived;
  const closed = text("closedate");
  if (won && closed === undefined) {
    throw new RecordFault("close_date_missing", "a won deal has no close date");
  }
  const moment = closed ?? text("createdate") ?? createdAt;
  if (moment === undefined) {
    throw new RecordFault("date_missing", "a deal has no date at all");
  }
  const source = text("hs_analytics_source");
  const campaign = campaignProperties.map(text).find((name) => name);
  const row: PerformanceSignal = {
    grain: "performance",
    report: "deals_won",
    level: "account",
    entities: {
      account: account.id,
      ...(source && { channel: CHANNELS[source] ?? source.toLowerCase() }),
      ...(campaign && { campaign }),
    },
    day: localDay(moment, account.zone),
    periodDays: 1,
    zone: account.zone,
    currency: text("deal_currency_code") ?? account.currency,
    breakdowns: {},
    attribution: "",
    metrics: won ? worth(text("amount")) : nothing(),
    record: `deal:${id}`,
  };
  return [row, ...mergedRows(row, text("hs_merged_object_ids") ?? "")];
}

function readText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw new RecordFault("property_malformed", "a property is not text");
}

function nothing(): Metrics {
  return { conversions_millionths: 0n, conversion_value_micros: 0n };
}

function worth(amount: string | undefined): Metrics {
  return {
    conversions_millionths: 1_000_000n,
    ...(amount !== undefined && {
      conversion_value_micros: microsFromDecimal(amount),
    }),
  };
}

function mergedRows(row: PerformanceSignal, ids: string): PerformanceSignal[] {
  const { account = "" } = row.entities;
  return ids.split(";").map((id) => `deal:${id.trim()}`)
    .filter((record) => record !== "deal:" && record !== row.record)
    .map((record) => ({
      ...row,
      entities: { account },
      metrics: nothing(),
      record,
    }));
}

function localDay(text: string, zone: string): string {
  if (isDay(text)) return text;
  const at = parseInstant(/^-?\d+$/.test(text) ? Number(text) : text);
  return localTime(at, zone).day;
}
