/**
 * What the simulated Google Ads tells of an account: rows of each resource, and
 * those that a perfect connector would hold.
 *
 * @module
 */
import type { DayRange } from "../../core/domain/day.ts";
import type { ExpectedRow } from "../../plugins/conformance/vendor.ts";
import { metricsOf, sumAds } from "./ad_totals.ts";
import { type AdDay, type AdTruth, daysOf } from "./ad_truth.ts";
import type { GoogleAdsBudgets } from "./google_ads_budgets.ts";
import type { Query, Row, Value } from "./google_ads_query.ts";

/** What rows are told of. */
export interface Told {
  readonly truth: AdTruth;
  readonly budgets: GoogleAdsBudgets;
  readonly customer: string;
}

const CHANNELS = ["SEARCH", "DISPLAY", "VIDEO"] as const;

/** Code, and micros of its smallest unit. */
const UNITS = [["EUR", 10_000n], ["JPY", 1_000_000n]] as const;

/** Id, status, whether it counts as `conversions`, and its two windows in days. */
const ACTIONS = [
  ["700000001", "ENABLED", true, 30n, 1n],
  ["700000002", "ENABLED", true, 7n, 1n],
  ["700000003", "ENABLED", false, 90n, 30n],
  ["700000004", "REMOVED", true, 90n, 30n],
] as const;

/** Tells the rows of a resource, before conditions. */
export function tellRows(query: Query, told: Told): Row[] {
  const { resource, range } = query;
  const { truth, customer } = told;
  if (resource === "customer") {
    return [
      row({
        "customer.id": customer,
        "customer.currency_code": truth.currency,
        "customer.time_zone": truth.zone,
      }),
    ];
  }
  if (resource === "currency_constant") {
    return UNITS.map(([code, micros]) =>
      row({
        "currency_constant.code": code,
        "currency_constant.billable_unit_micros": micros,
      })
    );
  }
  if (resource === "conversion_action") {
    return ACTIONS.map(([id, status, counts, click, view]) =>
      row({
        "conversion_action.id": id,
        "conversion_action.status": status,
        "conversion_action.include_in_conversions_metric": counts,
        "conversion_action.click_through_lookback_window_days": click,
        "conversion_action.view_through_lookback_window_days": view,
      })
    );
  }
  if (range === null) {
    return truth.campaigns.map(({ id, name }) =>
      row({ ...tellCampaign(truth, { id, name }), ...told.budgets.tell(id) })
    );
  }
  return daysOf(range).flatMap((day) =>
    resource === "campaign"
      ? sumCampaigns(truth.on(day)).map((one) => row(tellDay(truth, one)))
      : truth.on(day).map((one) =>
        row({
          ...tellDay(truth, one),
          "ad_group.id": one.adGroup.id,
          "ad_group.name": one.adGroup.name,
          "ad_group_ad.ad.id": one.ad.id,
        })
      )
  );
}

function row(values: Readonly<Record<string, Value>>): Row {
  return new Map(Object.entries(values));
}

function tellCampaign(
  truth: AdTruth,
  { id, name }: { readonly id: string; readonly name: string },
): Record<string, Value> {
  return {
    "campaign.id": id,
    "campaign.name": name,
    "campaign.status": "ENABLED",
    "campaign.advertising_channel_type": channelOf(truth, id),
  };
}

function tellDay(
  truth: AdTruth,
  day: Omit<AdDay, "adGroup" | "ad">,
): Record<string, Value> {
  return {
    ...tellCampaign(truth, day.campaign),
    "segments.date": day.day,
    "metrics.impressions": day.impressions,
    "metrics.clicks": day.clicks,
    "metrics.cost_micros": day.spendMicros,
    "metrics.conversions": { double: day.conversionsMillionths },
    "metrics.conversions_value": { double: day.conversionValueMicros },
  };
}

function channelOf({ campaigns }: AdTruth, id: string): string {
  const at = campaigns.findIndex((campaign) => campaign.id === id);
  return CHANNELS[at % CHANNELS.length] ?? CHANNELS[0];
}

function sumCampaigns(ads: readonly AdDay[]): AdDay[] {
  const byCampaign = Map.groupBy(ads, ({ campaign }) => campaign.id);
  return [...byCampaign.values()].map(sumAds);
}

/** Rows of both reports as they are now. */
export function expectRows(
  truth: AdTruth,
  customer: string,
  range: DayRange,
): ExpectedRow[] {
  return daysOf(range).flatMap((day) => {
    const ads = truth.on(day);
    return [
      ...sumCampaigns(ads).map((one) =>
        expectRow(truth, customer, { report: "campaign_daily", one, below: {} })
      ),
      ...ads.map((one) => {
        const below = { "ad_group": one.adGroup.id, ad: one.ad.id };
        return expectRow(truth, customer, { report: "ad_daily", one, below });
      }),
    ];
  });
}

function expectRow(
  truth: AdTruth,
  customer: string,
  { report, one, below }: {
    readonly report: string;
    readonly one: AdDay;
    readonly below: Readonly<Record<string, string>>;
  },
): ExpectedRow {
  return {
    report,
    day: one.day,
    entities: {
      account: customer,
      campaign: one.campaign.id,
      channel: channelOf(truth, one.campaign.id).toLowerCase(),
      ...below,
    },
    breakdowns: {},
    metrics: metricsOf(one),
  };
}
