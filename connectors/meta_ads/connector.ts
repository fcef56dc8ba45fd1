/**
 * Daily delivery of campaigns and ads from Meta's Insights, and their daily budgets.
 *
 * Days are the account's local days. Conversions are credited to the day of the
 * click or view and become known later; Meta changes nothing after 28 days.
 *
 * Meta has not said when v26.0 ends; the day declared is that of the version before
 * it, which it cannot precede.
 *
 * @see https://developers.facebook.com/docs/marketing-api/insights, read on 2026-11-26
 * @see https://developers.facebook.com/docs/marketing-api/marketing-api-changelog/versions, read on 2026-11-26
 * @module
 */
import { defineConnector } from "@moe/plugin";
import { FROZEN_AFTER_DAYS, readAccount } from "./account.ts";
import { judge } from "./answers.ts";
import { budgets } from "./budget.ts";
import { Config } from "./config.ts";
import { VERSION } from "./graph.ts";
import { insightsReport } from "./insights.ts";
import { readQuota } from "./usage.ts";

export default defineConnector<Config>({
  name: "meta_ads",
  apiVersion: 1,
  about: "Delivery of campaigns and ads on Meta, and their daily budgets",
  vendorApi: { version: VERSION, sunset: "2027-02-23" },
  config: Config,
  secrets: ["accessToken", "appSecret"],
  hosts: ["graph.facebook.com"],
  emits: ["performance"],
  restatesDays: FROZEN_AFTER_DAYS,
  limits: [{ scope: "account", calls: 9000, perSeconds: 300 }],
  quotaKeys: ({ accountId, appId }) => ({
    developer: appId,
    account: accountId,
  }),
  judge,
  quota: readQuota,
  account: readAccount,
  reports: [
    insightsReport({
      name: "campaign_daily",
      level: "campaign",
      dimensions: [],
      sliceDays: 14,
    }),
    insightsReport({
      name: "ad_daily",
      level: "ad",
      dimensions: [],
      sliceDays: 3,
    }),
    insightsReport({
      name: "campaign_daily_by_platform",
      level: "campaign",
      dimensions: ["publisher_platform"],
      sliceDays: 7,
    }),
  ],
  destination: budgets,
});
