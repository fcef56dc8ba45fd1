/**
 * What is known of people, each under a pseudonym: attributes, and what they did.
 *
 * @module
 */
import type { FeatureDefinition, FeatureView } from "../../domain/feature.ts";
import { events, overWindows } from "./windowed.ts";

const DAY_SECONDS = 86_400;
const CRM = { owner: "crm", purposes: ["optimization"] } as const;

/** The latest that a profile said. */
function attribute(
  [name, unit]: readonly [string, string],
  property: string,
  about: string,
): FeatureDefinition {
  return {
    name,
    about,
    unit,
    aggregation: { how: "last", of: `properties.${property}` },
    where: { types: ["Audience Profiled"] },
    window: null,
  };
}

/** Views of subjects. */
export const PEOPLE_VIEWS: readonly FeatureView[] = [
  {
    ...CRM,
    name: "audience",
    version: 1,
    entity: "subject",
    about: "Attributes of a person from the latest profile",
    ttlSeconds: 30 * DAY_SECONDS,
    source: { grain: "event" },
    features: [
      attribute(
        ["recency_months", "months"],
        "recency",
        "Months since the last purchase",
      ),
      attribute(
        ["history_value", "currency units"],
        "history",
        "Money spent in the past year",
      ),
      attribute(["mens_flag", "flag"], "mens", "Bought men's goods: 1 or 0"),
      attribute(
        ["womens_flag", "flag"],
        "womens",
        "Bought women's goods: 1 or 0",
      ),
      attribute(["newbie_flag", "flag"], "newbie", "New in a year: 1 or 0"),
      attribute(
        ["zip_code_category", "category"],
        "zip_code",
        "Kind of place of the postal code",
      ),
      attribute(
        ["channel_category", "category"],
        "channel",
        "Channels of past purchases",
      ),
    ],
  },
  {
    ...CRM,
    name: "subject_engagement",
    version: 1,
    entity: "subject",
    about: "What a person received, opened, clicked and bought",
    ttlSeconds: 2 * DAY_SECONDS,
    source: { grain: "event" },
    features: overWindows([7, 28, 365], [
      events("Email Sent", "emails_sent_count", "E-mails sent"),
      events("Email Opened", "emails_opened_count", "E-mails opened"),
      events(
        "Email Link Clicked",
        "emails_clicked_count",
        "Clicks in e-mails",
      ),
      events("Page Viewed", "pages_viewed_count", "Pages viewed"),
      events("Order Completed", "orders_count", "Orders"),
      {
        stem: "orders_value_micros",
        about: "Value of the orders",
        unit: "micros",
        aggregation: { how: "sum", of: "value_micros" },
        where: { types: ["Order Completed"] },
      },
    ]),
  },
];
