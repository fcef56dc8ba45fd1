/**
 * The deals of a simulated HubSpot account, and how they are searched and listed.
 *
 * Values are text whatever their type; close dates are milliseconds in some deals
 * and ISO 8601 in others, and some fall on another day in the account's zone.
 *
 * @module
 */
import { localTime } from "../../core/domain/day.ts";
import { microsFromDecimal } from "../../core/domain/money.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExpectedRow } from "../../plugins/conformance/vendor.ts";

/** A deal as the API tells it. */
export interface HubspotDeal {
  readonly id: string;
  properties: Record<string, string | null>;
  readonly createdAt: string;
  updatedAt: string;
  archived: boolean;
  archivedAt?: string;
}

/** A condition of a search. */
export interface HubspotFilter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value: string;
}

/** The deals of an account. */
export interface HubspotDeals {
  /** Those that are not archived and meet one group of conditions, in order of a property. */
  search(
    groups: readonly (readonly HubspotFilter[])[],
    sortBy: string,
  ): readonly HubspotDeal[];
  /** Those that are archived, in order of id. */
  archived(): readonly HubspotDeal[];
  /** Changes properties now. */
  edit(id: string, properties: Readonly<Record<string, string | null>>): void;
  archive(id: string): void;
  /** Merges one into another: it is found no more, and the other lists it. */
  merge(gone: string, into: string): void;
  /** Ids of won deals, in order. */
  won(): readonly string[];
  expectedRows(): readonly ExpectedRow[];
}

/** What a deal is planned as: close date, amount, and properties that differ. */
type Plan = readonly [
  closedate: string | null,
  amount: string | null,
  more?: Readonly<Record<string, string | null>>,
];

const ZONE = "US/Eastern";
const FIRST_ID = 9_007_199_254_740_993n;
const OPEN = Object.fromEntries([["hs_is_closed_won", "false"]]);
const PLANS: readonly Plan[] = [
  ["2026-10-20T15:00:00Z", "1250.50", { hs_analytics_source: "PAID_SEARCH" }],
  // Half past eleven in the evening of a day of 25 hours.
  ["2026-11-02T04:30:00.000Z", "99.99", { hs_campaign: "autumn-sale" }],
  [String(Date.parse("2026-11-01T04:15:00Z")), "1.25E+4"],
  ["2026-11-03T12:00:00Z", "800", OPEN],
  ["2026-11-05T09:00:00Z", null],
  [null, null, OPEN],
  ["2026-11-09T03:59:59.999Z", "310.07", {
    deal_currency_code: "EUR",
    hs_analytics_source: "PAID_SOCIAL",
    hs_campaign: "autumn-sale",
  }],
  ["2026-11-10T18:20:00Z", "0.01", { hs_analytics_source: "OFFLINE" }],
  [String(Date.parse("2026-11-12T23:00:00Z")), "2000"],
  ["2026-11-12T23:00:00Z", "45.5", { hs_analytics_source: "EMAIL_MARKETING" }],
  ["2027-01-31T17:00:00Z", "9000", OPEN],
];
const CHANNELS: Readonly<Record<string, string>> = {
  PAID_SEARCH: "search",
  PAID_SOCIAL: "social",
  EMAIL_MARKETING: "email",
  OFFLINE: "offline",
};

/** Makes the account's deals. */
export function createHubspotDeals(
  clock: Clock,
  portalId: string,
): HubspotDeals {
  const deals = new Map(
    PLANS.map((plan, at) => [String(FIRST_ID + BigInt(at)), plan] as const)
      .map(([id, plan]) => [id, makeDeal(id, plan)]),
  );
  const all = () => [...deals.values()];
  function demand(id: string): HubspotDeal {
    const deal = deals.get(id);
    if (!deal) throw new RangeError(`Cannot find deal "${id}"`);
    return deal;
  }
  function edit(id: string, properties: HubspotDeal["properties"]): void {
    const deal = demand(id);
    const now = clock.now();
    deal.updatedAt = now;
    deal.properties = {
      ...deal.properties,
      ...properties,
      hs_lastmodifieddate: now,
    };
  }
  return {
    search: (groups, sortBy) =>
      all().filter((deal) =>
        !deal.archived &&
        (groups.length === 0 ||
          groups.some((group) => group.every((filter) => meets(deal, filter))))
      ).sort((left, right) =>
        measure(left, sortBy) < measure(right, sortBy) ? -1 : 1
      ),
    archived: () => all().filter(({ archived }) => archived),
    edit,
    archive(id) {
      const deal = demand(id);
      deal.archived = true;
      deal.archivedAt = clock.now();
    },
    merge(gone, into) {
      deals.delete(gone);
      const before = demand(into).properties.hs_merged_object_ids;
      const ids = before ? `${before};${gone}` : gone;
      edit(into, { hs_merged_object_ids: ids });
    },
    won: () => all().filter(isWon).map(({ id }) => id),
    expectedRows: () =>
      all().filter(isWon).map((deal) => expectRow(deal, portalId)),
  };
}

function makeDeal(id: string, [closedate, amount, more]: Plan): HubspotDeal {
  const createdAt = "2026-10-01T08:00:00.000Z";
  return {
    id,
    createdAt,
    updatedAt: createdAt,
    archived: false,
    properties: {
      amount,
      closedate,
      createdate: createdAt,
      deal_currency_code: null,
      dealname: "Ann Example’s order",
      hs_analytics_source: null,
      hs_campaign: null,
      hs_is_closed_won: "true",
      hs_lastmodifieddate: createdAt,
      hs_merged_object_ids: null,
      hs_object_id: id,
      ...more,
    },
  };
}

function isWon({ archived, properties }: HubspotDeal): boolean {
  return !archived && properties.hs_is_closed_won === "true";
}

/** Numbers and moments as whole numbers. */
function measure({ properties }: HubspotDeal, name: string): bigint {
  const text = properties[name] ?? "0";
  return /^\d+$/.test(text) ? BigInt(text) : BigInt(Date.parse(text));
}

function meets(
  deal: HubspotDeal,
  { propertyName, operator, value }: HubspotFilter,
): boolean {
  const [held, asked] = [measure(deal, propertyName), BigInt(value)];
  if (operator === "GT") return held > asked;
  if (operator === "GTE") return held >= asked;
  if (operator === "LT") return held < asked;
  if (operator === "LTE") return held <= asked;
  return held === asked;
}

function expectRow({ properties }: HubspotDeal, account: string): ExpectedRow {
  const { closedate, amount, hs_analytics_source: source, hs_campaign } =
    properties;
  const at = /^\d+$/.test(closedate ?? "")
    ? Number(closedate)
    : Date.parse(closedate ?? "");
  return {
    report: "deals_won",
    day: localTime(new Date(at).toISOString(), ZONE).day,
    entities: {
      account,
      ...(source && { channel: CHANNELS[source] ?? "" }),
      ...(hs_campaign && { campaign: hs_campaign }),
    },
    breakdowns: {},
    metrics: {
      conversions_millionths: 1_000_000n,
      ...(amount && { conversion_value_micros: microsFromDecimal(amount) }),
    },
  };
}
