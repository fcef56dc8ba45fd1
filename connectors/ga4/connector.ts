/**
 * Visits, key events and revenue by channel and campaign, from Google Analytics 4.
 *
 * Every value comes as text, money in the property's currency, days as `YYYYMMDD` in
 * the property's zone. Data of a day is complete after up to 72 hours; credit for key
 * events moves within the look-back windows of the property, which are asked for.
 * Whatever is sampled, withheld below thresholds, or gathered in an `(other)` row is
 * told as quality.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1, read on 2026-11-26
 * @see https://developers.google.com/analytics/devguides/config/admin/v1, read on 2026-11-26
 * @module
 */
import { defineConnector, type Lent, type SourceAccount } from "@moe/plugin";
import * as z from "zod";
import { Config } from "./config.ts";
import { type Question, QUESTIONS, toRows } from "./questions.ts";
import { judge, readQuota } from "./quota.ts";
import { readRows, readTotals } from "./run_report.ts";
import { renew } from "./sign_in.ts";

const ADMIN_URL = "https://analyticsadmin.googleapis.com";
/** Hours until a day is processed whole, in days. */
const FRESH_DAYS = 3;
const LONGEST_WINDOW_DAYS = 90;

const Property = z.object({ timeZone: z.string(), currencyCode: z.string() });

const Attribution = z.object({
  reportingAttributionModel: z.string(),
  acquisitionConversionEventLookbackWindow: z.string(),
  otherConversionEventLookbackWindow: z.string(),
});

export default defineConnector<Config>({
  name: "ga4",
  apiVersion: 1,
  about: "Visits, key events and revenue of a Google Analytics 4 property",
  // No end was announced on 2026-11-26: the day to look again.
  vendorApi: { version: "v1beta", sunset: "2027-11-26" },
  config: Config,
  secrets: ["clientSecret", "refreshToken", "privateKey"],
  hosts: [
    "analyticsdata.googleapis.com",
    "analyticsadmin.googleapis.com",
    "oauth2.googleapis.com",
  ],
  emits: ["performance"],
  restatesDays: LONGEST_WINDOW_DAYS,
  // 14,000 tokens an hour for a project and property, at most reports' ten tokens.
  limits: [{ scope: "account", calls: 1400, perSeconds: 3600 }],
  quotaKeys: ({ propertyId }) => ({ account: propertyId }),
  judge,
  quota: readQuota,
  renew,
  account: readAccount,
  reports: QUESTIONS.map(toReport),
});

function toReport(question: Question) {
  const { name, level, sliceDays, breakdowns } = question;
  return {
    name,
    level,
    sliceDays,
    dimensions: Object.keys(breakdowns),
    historyDays: null,
    recordCap: null,
    callsPerSlice: 2,
    read: readRows.bind(null, question),
    totals: readTotals.bind(null, question),
    toRows: toRows.bind(null, question),
  };
}

async function readAccount(
  { config: { propertyId }, http }: Lent<Config>,
): Promise<SourceAccount> {
  const path = `properties/${propertyId}`;
  const call = { signedIn: true };
  const property = Property.parse(
    await http.json(`${ADMIN_URL}/v1beta/${path}`, call),
  );
  const settings = Attribution.parse(
    await http.json(`${ADMIN_URL}/v1alpha/${path}/attributionSettings`, call),
  );
  const acquisition = toDays(settings.acquisitionConversionEventLookbackWindow);
  const other = toDays(settings.otherConversionEventLookbackWindow);
  const model = settings.reportingAttributionModel.toLowerCase();
  return {
    id: propertyId,
    zone: property.timeZone,
    currency: property.currencyCode,
    attribution: `${model}_acquisition_${acquisition}d_other_${other}d`,
    settlesDays: Math.max(FRESH_DAYS, acquisition, other),
  };
}

/** `OTHER_CONVERSION_EVENT_LOOKBACK_WINDOW_90_DAYS` is 90. */
function toDays(lookBackWindow: string): number {
  const days = /_(\d+)_DAYS$/.exec(lookBackWindow)?.[1];
  return days === undefined ? LONGEST_WINDOW_DAYS : Number(days);
}
