/**
 * Daily delivery of campaigns and ads from Google Ads, and budgets back to it.
 *
 * Whole numbers come as text, zeros are left out, `cost_micros` is micros of the
 * account's currency and `conversions_value` is not: it is a decimal in whole
 * units. Conversions may be fractions. `segments.date` is the account's local day.
 * A conversion is credited to the day of the click and comes late, by up to the
 * lookback window of its action (90 days at most), which the account tells;
 * clicks may still fall when traffic turns out to be invalid.
 *
 * v25 came on 2026-07-22 and is projected to end in August 2027; the first of
 * that month is declared until the vendor names the day.
 *
 * @see https://developers.google.com/google-ads/api/docs/sunset-dates and
 * https://developers.google.com/ads/blog/posts/2025/09/more-frequent-releases-coming-for
 * (the projection), read on 2026-11-26
 * @module
 */
import {
  type AccessToken,
  defineConnector,
  type RenewScope,
} from "@moe/plugin";
import * as z from "zod";
import { describeAccount, LONGEST_WINDOW_DAYS } from "./account.ts";
import { budgets } from "./budgets.ts";
import { Config, nameQuotas } from "./config.ts";
import { judge } from "./failure.ts";
import { adDaily, campaignDaily } from "./reports.ts";

const TOKEN_URL = "https://oauth2.googleapis.com/token";

const Token = z.object({ access_token: z.string(), expires_in: z.int() });

export default defineConnector<Config>({
  name: "google_ads",
  apiVersion: 1,
  about: "Daily delivery of Google Ads campaigns and ads; campaign budgets",
  vendorApi: { version: "v25", sunset: "2027-08-01" },
  config: Config,
  secrets: ["clientSecret", "refreshToken", "developerToken"],
  hosts: ["googleads.googleapis.com", "oauth2.googleapis.com"],
  emits: ["performance"],
  restatesDays: LONGEST_WINDOW_DAYS,
  // Basic access. The further pages of a question are free, but count here.
  limits: [{ scope: "developer", calls: 15_000, perSeconds: 86_400 }],
  quotaKeys: nameQuotas,
  judge,
  renew,
  account: describeAccount,
  reports: [campaignDaily, adDaily],
  destination: budgets,
});

async function renew(
  { config, http, refreshToken }: RenewScope<Config>,
): Promise<AccessToken> {
  const answer = await http.json(TOKEN_URL, {
    safe: true,
    form: {
      grant_type: "refresh_token",
      client_id: config.clientId,
      client_secret: config.clientSecret,
      refresh_token: refreshToken ?? config.refreshToken,
    },
  });
  const { access_token: accessToken, expires_in: expiresInSeconds } = Token
    .parse(answer);
  return { accessToken, expiresInSeconds };
}
