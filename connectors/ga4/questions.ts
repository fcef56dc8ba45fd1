/**
 * The questions that are asked of Google Analytics, and what a row means.
 *
 * Dimensions that begin with `session` describe the visit (last click that was not
 * direct); those without describe the key event, credited by the property's
 * attribution model, in fractions where that is data-driven. Sessions are not asked
 * for beside the latter: only those with a key event would be counted.
 *
 * A campaign that was tagged without an id has the id `(not set)` and is known by
 * its name. Id and name are both kept as breakdowns, so that rows stay distinct.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema, read on 2026-11-26
 * @see https://support.google.com/analytics/answer/11080067, read on 2026-11-26
 * @module
 */
import {
  isDay,
  type Metric,
  type Metrics,
  RecordFault,
  type ReportRow,
  scaledFromDecimal,
} from "@moe/plugin";
import * as z from "zod";

/** One question. */
export interface Question {
  readonly name: string;
  readonly level: "channel" | "campaign";
  readonly sliceDays: number;
  /** Dimension that names the channel. */
  readonly channel: string;
  /** Dimensions by the name of their breakdown. */
  readonly breakdowns: Readonly<Record<string, string>>;
  /** The vendor's metrics that are always asked for. */
  readonly metrics: readonly string[];
}

const NOT_SET = "(not set)";

/** Metrics of the vendor: what each is here, and how many decimals are kept. */
const METRICS: Readonly<Record<string, readonly [Metric, number]>> = {
  sessions: ["sessions", 0],
  keyEvents: ["conversions_millionths", 6],
  totalRevenue: ["conversion_value_micros", 6],
  advertiserAdCost: ["spend_micros", 6],
  advertiserAdClicks: ["clicks", 0],
  advertiserAdImpressions: ["impressions", 0],
};

/** Asked for where the property has linked or imported advertising. */
export const AD_METRICS = [
  "advertiserAdCost",
  "advertiserAdClicks",
  "advertiserAdImpressions",
] as const;

export const QUESTIONS: readonly Question[] = [
  {
    name: "channel_daily",
    level: "channel",
    sliceDays: 31,
    channel: "sessionDefaultChannelGroup",
    breakdowns: {},
    metrics: ["sessions", "keyEvents", "totalRevenue"],
  },
  {
    name: "source_campaign_daily",
    level: "campaign",
    sliceDays: 7,
    channel: "sessionDefaultChannelGroup",
    breakdowns: {
      source_medium: "sessionSourceMedium",
      campaign_id: "sessionCampaignId",
      campaign_name: "sessionCampaignName",
    },
    metrics: ["sessions", "keyEvents", "totalRevenue"],
  },
  {
    name: "attributed_campaign_daily",
    level: "campaign",
    sliceDays: 7,
    channel: "defaultChannelGroup",
    breakdowns: {
      source_medium: "sourceMedium",
      campaign_id: "campaignId",
      campaign_name: "campaignName",
    },
    metrics: ["keyEvents", "totalRevenue"],
  },
];

/** Names of the dimensions of a question, the day first. */
export function dimensionsOf({ channel, breakdowns }: Question): string[] {
  return ["date", channel, ...Object.values(breakdowns)];
}

const Row = z.record(z.string(), z.unknown());

/**
 * Says what a row means.
 *
 * @param question Which was asked.
 * @param record Values by the vendor's names of dimensions and metrics.
 */
export function toRows(question: Question, record: unknown): ReportRow[] {
  const row = Row.parse(record);
  const breakdowns = Object.fromEntries(
    Object.entries(question.breakdowns)
      .map(([name, dimension]) => [name, demandText(row, dimension)]),
  );
  const channel = demandText(row, question.channel) || NOT_SET;
  question.metrics.forEach((name) => demandText(row, name));
  const { campaign_id: id = "", campaign_name: name = "" } = breakdowns;
  const campaign = (id === NOT_SET ? name : id) || NOT_SET;
  return [{
    day: toDay(demandText(row, "date")),
    entities: question.level === "channel"
      ? { channel }
      : { channel, campaign },
    breakdowns,
    metrics: readMetrics(row, () => true),
  }];
}

/**
 * Reads the counts that are there. Amounts are floating point at the vendor: its sum
 * of them is not the sum of rows that were each rounded to millionths.
 */
export function toCounts(row: Readonly<Record<string, unknown>>): Metrics {
  return readMetrics(row, isCount);
}

/** Whether a metric of the vendor is a whole number. */
export function isCounted(name: string): boolean {
  const metric = METRICS[name];
  return metric !== undefined && isCount(metric);
}

function isCount([, places]: readonly [Metric, number]): boolean {
  return places === 0;
}

function readMetrics(
  row: Readonly<Record<string, unknown>>,
  isWanted: (metric: readonly [Metric, number]) => boolean,
): Metrics {
  return Object.fromEntries(
    Object.entries(METRICS)
      .filter(([name, metric]) => row[name] !== undefined && isWanted(metric))
      .map(([name, [metric, places]]) => [
        metric,
        scaledFromDecimal(bound(demandText(row, name)), places),
      ]),
  );
}

/** Floating point at the vendor: digits far below a millionth mean nothing. */
function bound(text: string): string {
  return text.replace(/(\.\d{18})\d+/, "$1");
}

function demandText(
  row: Readonly<Record<string, unknown>>,
  name: string,
): string {
  const text = row[name];
  if (typeof text === "string") return text;
  throw new RecordFault("record_malformed", `${name} is missing`);
}

function toDay(date: string): string {
  const day = date.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
  if (isDay(day)) return day;
  throw new RecordFault("day_invalid", "date is not YYYYMMDD");
}
