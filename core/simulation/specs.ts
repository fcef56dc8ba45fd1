/**
 * What is trained on the company's data, and how its mailer and site would use it.
 *
 * @module
 */
import { ARMS } from "./email.ts";

/** Which e-mail, if any, brings a visit. */
export const EMAIL_SPEC = {
  model: "email_visit",
  grain: "rows",
  family: "propensity_logistic",
  seed: 7,
  use: {
    kind: "action",
    valueMicros: "4000000",
    currency: "EUR",
    actions: [...ARMS],
    costMicros: { "new-arrivals": "20000", "win-back": "20000" },
    control: "none",
  },
  label: {
    start: "Email Assigned",
    actionProperty: "arm",
    outcome: "Page Viewed",
    matchOn: "subject",
    withinDays: 14,
  },
  features: [
    "audience.recency_months",
    "audience.history_value",
    "audience.mens_flag",
    "audience.newbie_flag",
    "audience.zip_code_category",
    "audience.channel_category",
  ],
} as const;

/** How likely a click is to bring an order. */
export const CLICK_SPEC = {
  model: "click_conversion",
  grain: "rows",
  family: "propensity_trees",
  seed: 7,
  params: { trees: 60, leaves: 7, learningRate: 0.08 },
  use: {
    kind: "bid",
    valueMicros: "65000000",
    currency: "EUR",
    targetReturnPermille: 3000,
  },
  label: {
    start: "Ad Clicked",
    outcome: "Order Completed",
    matchOn: "subject",
    withinDays: 2,
  },
  features: [
    "placement_quality.cvr_millionths_28d",
    "campaign_daily.cvr_millionths_28d",
    "campaign_daily.roas_ratio_28d",
    "seasonality.hour_of_day",
    "seasonality.is_weekend",
  ],
} as const;

/** What each campaign's spend brings. */
export const RESPONSE_SPEC = {
  model: "campaign_response",
  grain: "series",
  family: "media_response",
  seed: 7,
  use: { kind: "plan", currency: "EUR" },
  spend: { level: "campaign", by: "campaign", parent: "channel" },
  outcome: {
    metric: "conversion_value_micros",
    level: "campaign",
    by: "campaign",
  },
} as const;
