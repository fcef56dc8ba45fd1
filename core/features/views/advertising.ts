/**
 * How campaigns, channels, placements and accounts have fared.
 *
 * @module
 */
import type { FeatureView } from "../../domain/feature.ts";
import { type Measure, overWindows, smoothed, total } from "./windowed.ts";

const DAY_SECONDS = 86_400;
const ADVERTISING = {
  owner: "advertising",
  purposes: ["optimization"],
} as const;

const DELIVERY: readonly Measure[] = [
  total("impressions", "impressions_count", "Times shown"),
  total("clicks", "clicks_count", "Clicks"),
  total("spend_micros", "spend_micros", "Money spent"),
  total(
    "conversions_millionths",
    "conversions_millionths",
    "Conversions credited",
  ),
  total(
    "conversion_value_micros",
    "conversion_value_micros",
    "Value of the conversions credited",
  ),
];

const QUALITY: readonly Measure[] = [
  smoothed(["clicks", "impressions"], { prior: 0.01, strength: 1000 }, {
    stem: "ctr_share",
    about: "Clicks per time shown",
    unit: "share",
  }),
  smoothed(["conversions_millionths", "clicks"], {
    prior: 20_000,
    strength: 100,
  }, {
    stem: "cvr_millionths",
    about: "Millionths of a conversion per click",
    unit: "millionths",
  }),
  smoothed(["conversion_value_micros", "spend_micros"], {
    prior: 1,
    strength: 10_000_000,
  }, {
    stem: "roas_ratio",
    about: "Value credited per money spent",
    unit: "ratio",
  }),
];

const MAIL: readonly Measure[] = [
  total("sends", "sends_count", "E-mails sent"),
  total("opens", "opens_count", "E-mails opened"),
  total("email_clicks", "email_clicks_count", "Clicks in e-mails"),
  total("unsubscribes", "unsubscribes_count", "People who unsubscribed"),
  smoothed(["opens", "sends"], { prior: 0.2, strength: 100 }, {
    stem: "open_share",
    about: "Opens per e-mail sent",
    unit: "share",
  }),
  smoothed(["email_clicks", "sends"], { prior: 0.02, strength: 100 }, {
    stem: "email_click_share",
    about: "Clicks per e-mail sent",
    unit: "share",
  }),
  smoothed(["unsubscribes", "sends"], { prior: 0.002, strength: 1000 }, {
    stem: "unsubscribe_share",
    about: "Unsubscriptions per e-mail sent",
    unit: "share",
  }),
];

/** Views over performance signals. */
export const ADVERTISING_VIEWS: readonly FeatureView[] = [
  {
    ...ADVERTISING,
    name: "campaign_daily",
    version: 1,
    entity: "campaign",
    about: "Delivery, conversions and returns of a campaign",
    ttlSeconds: 2 * DAY_SECONDS,
    source: { grain: "performance", level: "campaign" },
    features: overWindows([1, 7, 28], [...DELIVERY, ...QUALITY]),
  },
  {
    ...ADVERTISING,
    name: "campaign_email",
    version: 1,
    entity: "campaign",
    about: "How an e-mail campaign is received",
    ttlSeconds: 2 * DAY_SECONDS,
    source: { grain: "performance", level: "campaign" },
    features: overWindows([7, 28], MAIL),
  },
  {
    ...ADVERTISING,
    name: "channel_quality",
    version: 1,
    entity: "channel",
    about: "How well all campaigns of a channel do together",
    ttlSeconds: 2 * DAY_SECONDS,
    source: { grain: "performance", level: "campaign" },
    features: overWindows([7, 28], [...DELIVERY, ...QUALITY]),
  },
  {
    ...ADVERTISING,
    name: "channel_totals",
    version: 1,
    entity: "channel",
    about: "What sources that report whole channels say of one",
    ttlSeconds: 8 * DAY_SECONDS,
    source: { grain: "performance", level: "channel" },
    features: overWindows([28, 91], DELIVERY),
  },
  {
    ...ADVERTISING,
    name: "placement_quality",
    version: 1,
    entity: "placement",
    about: "How well a placement does",
    ttlSeconds: 2 * DAY_SECONDS,
    source: { grain: "performance", level: "placement" },
    features: overWindows([7, 28], [...DELIVERY, ...QUALITY]),
  },
  {
    ...ADVERTISING,
    name: "account_totals",
    version: 1,
    entity: "account",
    about: "All campaigns of an account together",
    ttlSeconds: 2 * DAY_SECONDS,
    source: { grain: "performance", level: "campaign" },
    features: overWindows([1, 7, 28], DELIVERY),
  },
];
