/**
 * Daily totals of a TikTok ad account by campaign and by ad, and the daily budgets of
 * its campaigns.
 *
 * Version 1.3 has no announced end; the declared one is the day by which its change
 * log must have been read again.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1740302848100353, read in 2026-08
 * @module
 */
import { defineConnector } from "@moe/plugin";
import { account } from "./account.ts";
import { Config, judge } from "./api.ts";
import { destination } from "./budgets.ts";
import { reports } from "./reports.ts";

export default defineConnector({
  name: "tiktok_ads",
  apiVersion: 1,
  about:
    "Campaigns and ads of a TikTok ad account: daily totals, daily budgets",
  vendorApi: { version: "v1.3", sunset: "2027-08-31" },
  config: Config,
  secrets: ["accessToken"],
  hosts: ["business-api.tiktok.com"],
  emits: ["performance"],
  restatesDays: 28,
  limits: [
    { scope: "developer", calls: 10, perSeconds: 1 },
    { scope: "developer", calls: 600, perSeconds: 60 },
  ],
  quotaKeys: ({ appId, advertiserId }) => ({
    developer: appId,
    account: advertiserId,
  }),
  judge,
  account,
  reports,
  destination,
});
