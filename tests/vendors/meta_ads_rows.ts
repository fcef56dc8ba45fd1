/**
 * Rows of simulated Meta Insights: every metric is text, what is zero is left out,
 * and one purchase is listed under several action types.
 *
 * @module
 */
import type { Day } from "../../core/domain/day.ts";
import { decimalFromMicros } from "../../core/domain/money.ts";
import { sumAds } from "./ad_totals.ts";
import type { AdDay } from "./ad_truth.ts";

/** Levels that rows are told by. */
export const LEVELS = ["account", "campaign", "adset", "ad"] as const;

/** Level of a row. */
export type Level = (typeof LEVELS)[number];

/** One row, before it is printed. */
export interface MetaRow {
  readonly since: Day;
  readonly until: Day;
  /** Its totals, and the ids of its first ad. */
  readonly of: AdDay;
  /** Where it was shown; null if that was not asked. */
  readonly platform: string | null;
}

/** How ads' days become rows. */
export interface Grouping {
  readonly level: Level;
  readonly byPlatform: boolean;
  /** First and last day of the row that a day belongs to. */
  readonly periodOf: (day: Day) => { readonly since: Day; readonly until: Day };
}

const CENT = 10_000n;
const ONE = 1_000_000n;
const THOUSAND = 1_000n * ONE;

/** Adds ads' days up to a row for each entity, period and platform. */
export function gatherRows(
  days: readonly AdDay[],
  { level, byPlatform, periodOf }: Grouping,
): MetaRow[] {
  const groups = new Map<string, MetaRow[]>();
  for (const day of days) {
    const period = periodOf(day.day);
    for (const [platform, of] of byPlatform ? split(day) : [[null, day]]) {
      const key = [period.since, entityOf(day, level), platform].join();
      const row = { ...period, platform, of } as MetaRow;
      groups.set(key, [...groups.get(key) ?? [], row]);
    }
  }
  return [...groups.values()].flatMap((rows) =>
    rows.slice(0, 1).map((row) => ({
      ...row,
      of: sumAds(rows.map(({ of }) => of)),
    }))
  );
}

function entityOf(of: AdDay, level: Level): string {
  if (level === "account") return "";
  return { campaign: of.campaign, adset: of.adGroup, ad: of.ad }[level].id;
}

/** A third is shown on one platform, the rest on the other. */
function split(day: AdDay): [string, AdDay][] {
  const instagram = scale(day, (whole, unit) => whole / 3n / unit * unit);
  const facebook = scale(
    day,
    (whole, unit) => whole - whole / 3n / unit * unit,
  );
  return [["facebook", facebook], ["instagram", instagram]];
}

function scale(
  day: AdDay,
  part: (whole: bigint, unit: bigint) => bigint,
): AdDay {
  return {
    ...day,
    impressions: part(day.impressions, 1n),
    clicks: part(day.clicks, 1n),
    spendMicros: part(day.spendMicros, CENT),
    conversionsMillionths: part(day.conversionsMillionths, ONE),
    conversionValueMicros: part(day.conversionValueMicros, CENT),
  };
}

/**
 * Prints the metrics of a row.
 *
 * @param of Its totals.
 * @param withholds Whether purchases are kept back, as they are over ad sets that
 * credit them by different windows.
 * @returns Fields by Meta's names, those that are empty left out.
 */
export function printTotals(
  of: AdDay,
  withholds: boolean,
): Record<string, unknown> {
  const count = withholds ? 0n : of.conversionsMillionths / ONE;
  const value = withholds ? 0n : of.conversionValueMicros;
  const fromPixel = count - count / 4n;
  const purchases = count === 0n ? [] : [
    printAction("purchase", count),
    printAction("omni_purchase", count),
    printAction("offsite_conversion.fb_pixel_purchase", fromPixel),
  ];
  return {
    impressions: String(of.impressions),
    clicks: String(of.clicks),
    spend: printDecimal(of.spendMicros),
    actions: [
      { action_type: "link_click", value: String(of.clicks) },
      ...purchases,
    ],
    ...(value > 0n && {
      action_values: ["purchase", "omni_purchase"].map((type) => ({
        action_type: type,
        value: printDecimal(value),
        "7d_click": printDecimal(value),
      })),
    }),
  };
}

function printAction(type: string, count: bigint): Record<string, string> {
  const viewed = count / 5n;
  return {
    action_type: type,
    value: String(count),
    "7d_click": String(count - viewed),
    ...(viewed > 0n && { "1d_view": String(viewed) }),
  };
}

/** From a thousand on, and whole hundredths of it, with an exponent. */
function printDecimal(micros: bigint): string {
  return micros >= THOUSAND && micros % (THOUSAND / 100n) === 0n
    ? `${decimalFromMicros(micros / 1000n)}E+3`
    : decimalFromMicros(micros);
}
