/**
 * What one element of LinkedIn's ad analytics means.
 *
 * Amounts are decimal text with exponents, computed in doubles: nothing may be
 * `-2E-18`. Things are told by their URNs, whatever the place.
 *
 * @module
 */
import {
  type Day,
  isDay,
  type Metrics,
  microsFromDecimal,
  RecordFault,
  type ReportRow,
  scaledFromDecimal,
} from "@moe/plugin";
import { z } from "zod";

/** Our types of entities from the top, and what LinkedIn calls them. */
export const NATIVE = {
  campaign: { urn: "sponsoredCampaignGroup", pivot: "CAMPAIGN_GROUP" },
  ad_group: { urn: "sponsoredCampaign", pivot: "CAMPAIGN" },
  ad: { urn: "sponsoredCreative", pivot: "CREATIVE" },
} as const;

export type Level = keyof typeof NATIVE;

/** Decimal places at which what LinkedIn computes in doubles is noise. */
const EXACT_PLACES = 9;

const Count = z.int().nonnegative().default(0).transform(BigInt);
const Amount = z.union([z.string(), z.number()]).default("0").transform(String);

const Measures = z.object({
  impressions: Count,
  clicks: Count,
  costInLocalCurrency: Amount,
  externalWebsiteConversions: Count,
  conversionValueInLocalCurrency: Amount,
});

const Calendar = z.object({ year: z.int(), month: z.int(), day: z.int() });

const Element = Measures.extend({
  dateRange: z.object({ start: Calendar }),
  pivotValues: z.array(z.string()),
});

/** Names of all that must be asked for. */
export const FIELDS: readonly string[] = Object.keys(Element.shape);

/**
 * Reads an element of a day.
 *
 * @param levels What it is told by, from the top.
 * @param record The element.
 * @returns Its row.
 * @throws {Error} If it makes no sense.
 */
export function toRow(levels: readonly Level[], record: unknown): ReportRow {
  const element = Element.parse(record);
  const ids = levels.map((
    level,
  ) => [level, findId(level, element.pivotValues)]);
  return {
    day: readDay(element.dateRange.start),
    entities: { channel: "social", ...Object.fromEntries(ids) },
    metrics: measure(element),
  };
}

/**
 * Reads the element of a total.
 *
 * @param record The element.
 * @returns Those metrics that the sum of rows must equal: no amounts that were
 * rounded.
 */
export function toTotals(record: unknown): Metrics {
  const told = Measures.parse(record);
  const { spend_micros, conversion_value_micros, ...counts } = measure(told);
  return {
    ...counts,
    ...(isExact(told.costInLocalCurrency) && { spend_micros }),
    ...(isExact(told.conversionValueInLocalCurrency) &&
      { conversion_value_micros }),
  };
}

function isExact(amount: string): boolean {
  const scale = 10n ** BigInt(EXACT_PLACES - 6);
  return scaledFromDecimal(amount, EXACT_PLACES) % scale === 0n;
}

function findId(level: Level, pivotValues: readonly string[]): string {
  const { urn } = NATIVE[level];
  const prefix = `urn:li:${urn}:`;
  const found = pivotValues.find((value) => value.startsWith(prefix));
  if (found !== undefined) return found.slice(prefix.length);
  throw new RecordFault("id_missing", `pivotValues name no ${urn}`);
}

function measure(told: z.infer<typeof Measures>): Metrics {
  return {
    impressions: told.impressions,
    clicks: told.clicks,
    spend_micros: microsFromDecimal(told.costInLocalCurrency),
    conversions_millionths: told.externalWebsiteConversions * 1_000_000n,
    conversion_value_micros: microsFromDecimal(
      told.conversionValueInLocalCurrency,
    ),
  };
}

function readDay({ year, month, day }: z.infer<typeof Calendar>): Day {
  const text = [year, month, day].map((part) => String(part).padStart(2, "0"))
    .join("-");
  if (isDay(text)) return text;
  throw new RecordFault("day_invalid", "dateRange.start is not a day");
}
