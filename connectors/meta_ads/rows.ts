/**
 * What one row of Insights means. Every metric is text; `spend` and action values
 * are in units of the account's currency; what is zero may be left out.
 *
 * @module
 */
import {
  type Metrics,
  microsFromDecimal,
  RecordFault,
  type ReportRow,
  scaledFromDecimal,
  type SourceAccount,
} from "@moe/plugin";
import * as z from "zod";
import { isMixed } from "./account.ts";
import { Actions, NumberText, sumActions } from "./conversions.ts";

/** Levels that are asked for. */
export type Level = "campaign" | "ad";

const CHANNEL = "social";

const Id = z.union([z.string().min(1), z.int()]).transform(String);
const Count = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()])
  .transform((count) => BigInt(count));

const Totals = z.object({
  impressions: Count.default(0n),
  clicks: Count.default(0n),
  spend: NumberText.default("0"),
  actions: Actions.optional(),
  action_values: Actions.optional(),
});

const CampaignRow = Totals.extend({
  campaign_id: Id,
  date_start: z.iso.date(),
  date_stop: z.iso.date(),
});

const AdRow = CampaignRow.extend({ adset_id: Id, ad_id: Id });

const Counted = z.object({ conversionActions: z.array(z.string()) });

/** How a row is read. */
export interface Reading {
  readonly level: Level;
  readonly dimensions: readonly string[];
  readonly account: SourceAccount;
}

/**
 * Reads one row.
 *
 * @param record Meta's row, and the action types that count.
 * @param reading How.
 * @returns The row; without conversions where Meta does not tell them.
 * @throws {Error} If it makes no sense.
 */
export function readRow(record: unknown, reading: Reading): ReportRow {
  const { level, dimensions, account } = reading;
  const { row } = z.object({ row: z.unknown() }).parse(record);
  const { conversionActions } = Counted.parse(record);
  const { entities, totals } = level === "ad" ? readAd(row) : readCampaign(row);
  const { date_start: day, date_stop: lastDay } = totals;
  if (day !== lastDay) {
    throw new RecordFault("period_unexpected", "date_stop: not a single day");
  }
  const withheld = level !== "ad" && isMixed(account);
  return {
    day,
    entities: { channel: CHANNEL, ...entities },
    breakdowns: readBreakdowns(row, dimensions),
    metrics: toMetrics(totals, {
      counted: conversionActions,
      none: withheld ? null : 0n,
    }),
  };
}

/**
 * Reads the summary of a question.
 *
 * @param summary Meta's summary.
 * @param counted Action types that count.
 * @returns Totals; without conversions where none is listed, since Meta withholds
 * those of ad sets with different attribution settings.
 */
export function readTotals(
  summary: unknown,
  counted: readonly string[],
): Metrics {
  return toMetrics(Totals.parse(summary), { counted, none: null });
}

function readCampaign(row: unknown) {
  const totals = CampaignRow.parse(row);
  return { totals, entities: { campaign: totals.campaign_id } };
}

function readAd(row: unknown) {
  const totals = AdRow.parse(row);
  const { campaign_id: campaign, adset_id: adSet, ad_id: ad } = totals;
  return { totals, entities: { campaign, ad_group: adSet, ad } };
}

function readBreakdowns(
  row: unknown,
  dimensions: readonly string[],
): Record<string, string> {
  const shape = Object.fromEntries(
    dimensions.map((name) => [name, z.string().min(1)]),
  );
  return z.object(shape).parse(row);
}

function toMetrics(
  totals: z.infer<typeof Totals>,
  sum: { readonly counted: readonly string[]; readonly none: bigint | null },
): Metrics {
  const { impressions, clicks, spend, actions, action_values } = totals;
  const conversions = sumActions(actions, { ...sum, read: toMillionths });
  const value = sumActions(action_values, { ...sum, read: microsFromDecimal });
  return {
    impressions,
    clicks,
    spend_micros: microsFromDecimal(spend),
    ...(conversions !== null && { conversions_millionths: conversions }),
    ...(value !== null && { conversion_value_micros: value }),
  };
}

function toMillionths(text: string): bigint {
  return scaledFromDecimal(text, 6);
}
