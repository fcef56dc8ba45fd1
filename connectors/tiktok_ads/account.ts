/**
 * The facts of a TikTok ad account.
 *
 * `timezone` is the offset in force, such as `Etc/GMT-1`; `display_timezone` is the
 * zone by its name, daylight saving included, and is taken where it is told. How long
 * conversions come in late is a setting of each ad group; the longest holds.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1739593083610113, read in 2026-08
 * @module
 */
import type { Lent, SourceAccount } from "@moe/plugin";
import { z } from "zod";
import { ask, type Config, pages } from "./api.ts";

const Advertisers = z.object({
  list: z.tuple([
    z.object({
      currency: z.string(),
      timezone: z.string(),
      display_timezone: z.string().nullish(),
    }),
  ]),
});

const AdGroup = z.object({
  click_attribution_window: z.string().nullish(),
  view_attribution_window: z.string().nullish(),
  engaged_view_attribution_window: z.string().nullish(),
});

const LONGEST_WINDOW_DAYS = 180;
const WINDOW_DAYS: Readonly<Record<string, number>> = {
  OFF: 0,
  ZERO_DAY: 0,
  ONE_DAY: 1,
  SEVEN_DAYS: 7,
  FOURTEEN_DAYS: 14,
  TWENTY_EIGHT_DAYS: 28,
  THIRTY_DAYS: 30,
  THIRTY_TWO_DAYS: 32,
  ONE_HUNDRED_EIGHTY_DAYS: LONGEST_WINDOW_DAYS,
};
/** Days for which costs are still corrected. */
const COSTS_SETTLE_DAYS = 2;

/**
 * Asks for the account.
 *
 * @param lent Configuration and HTTP.
 * @returns Its zone, currency, and how long its totals change.
 */
export async function account(lent: Lent<Config>): Promise<SourceAccount> {
  const { advertiserId } = lent.config;
  const data = await ask(lent, "/advertiser/info/", {
    query: {
      advertiser_ids: JSON.stringify([advertiserId]),
      fields: JSON.stringify(["currency", "timezone", "display_timezone"]),
    },
  });
  const [{ currency, timezone, display_timezone }] =
    Advertisers.parse(data).list;
  return {
    id: advertiserId,
    zone: display_timezone ?? timezone,
    currency,
    attribution: "by_ad_group",
    settlesDays: await longestWindow(lent),
  };
}

async function longestWindow(lent: Lent<Config>): Promise<number> {
  const fields = Object.keys(AdGroup.shape);
  const query = {
    "advertiser_id": lent.config.advertiserId,
    fields: JSON.stringify(["adgroup_id", ...fields]),
  };
  let longest = COSTS_SETTLE_DAYS;
  for await (const groups of pages(lent, "/adgroup/get/", query)) {
    for (const windows of z.array(AdGroup).parse(groups)) {
      longest = Math.max(longest, ...Object.values(windows).map(windowDays));
    }
  }
  return longest;
}

/** A window of another name counts as the longest: days are asked for too often at worst. */
function windowDays(window: string | null | undefined): number {
  return WINDOW_DAYS[window ?? "OFF"] ?? LONGEST_WINDOW_DAYS;
}
