/**
 * Daily totals of a LinkedIn ad account, and daily budgets.
 *
 * Names differ: LinkedIn's campaign group is a campaign here, its campaign an ad
 * group, its creative an ad.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting, read in 2026-08
 * @module
 */
import { type Connector, defineConnector } from "@moe/plugin";
import { account } from "./account.ts";
import { Config, judge, renew, VERSION } from "./api.ts";
import { destination } from "./budgets.ts";
import { defineReports, ELEMENT_CAP } from "./reports.ts";

/**
 * Makes the connector.
 *
 * @param elementCap Elements at which answers are cut; LinkedIn's own unless given.
 * @returns The connector.
 */
export function createLinkedinAds(elementCap = ELEMENT_CAP): Connector<Config> {
  return defineConnector({
    name: "linkedin_ads",
    apiVersion: 1,
    about:
      "Campaign groups, campaigns and creatives of a LinkedIn ad account: daily totals, daily budgets",
    vendorApi: { version: VERSION, sunset: "2027-08-01" },
    config: Config,
    secrets: ["clientSecret", "refreshToken"],
    hosts: ["api.linkedin.com", "www.linkedin.com"],
    emits: ["performance"],
    restatesDays: 90,
    quotaKeys: ({ clientId, accountId }) => ({
      developer: clientId,
      endpoint: clientId,
      account: accountId,
    }),
    judge,
    renew,
    account,
    reports: defineReports(elementCap),
    destination,
  });
}

export default createLinkedinAds();
