/**
 * Ad analytics of the simulated LinkedIn: no pages, cut without a word.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting, read in 2026-08
 * @module
 */
import { addDays, type DayRange, isDay } from "../../core/domain/day.ts";
import type { ExpectedRow } from "../../plugins/conformance/vendor.ts";
import { metricsOf, sumAds } from "./ad_totals.ts";
import { type AdDay, type AdTruth, daysOf } from "./ad_truth.ts";
import { jsonAnswer } from "./gate.ts";
import {
  CONFIG,
  LinkedinError,
  type LinkedinState,
  parseUrns,
} from "./linkedin_ads_wire.ts";

const ELEMENT_CAP = 15_000;
const MOST_FIELDS = 20;
const MOST_PIVOTS = 3;
const RANGE =
  /^\(start:\(year:(\d{4}),month:(\d{1,2}),day:(\d{1,2})\),end:\(year:(\d{4}),month:(\d{1,2}),day:(\d{1,2})\)\)$/;

const PIVOTS: Readonly<Record<string, (row: AdDay) => string>> = {
  ACCOUNT: () => `urn:li:sponsoredAccount:${CONFIG.accountId}`,
  CAMPAIGN_GROUP: (row) => `urn:li:sponsoredCampaignGroup:${row.campaign.id}`,
  CAMPAIGN: (row) => `urn:li:sponsoredCampaign:${row.adGroup.id}`,
  CREATIVE: (row) => `urn:li:sponsoredCreative:${row.ad.id}`,
};

/** Fields, and how they are written; exponents come and go. */
const FIELDS: Readonly<Record<string, (row: AdDay) => unknown>> = {
  impressions: (row) => Number(row.impressions),
  clicks: (row) => Number(row.clicks),
  externalWebsiteConversions: (row) =>
    Number(row.conversionsMillionths / 1_000_000n),
  costInLocalCurrency: (row) => writeAmount(row.spendMicros),
  conversionValueInLocalCurrency: (row) =>
    writeAmount(row.conversionValueMicros),
};

type Query = ReadonlyMap<string, string>;

/** Answers `q=analytics` and `q=statistics`. */
export function answerAnalytics(query: Query, state: LinkedinState): Response {
  const { truth, gate, shuffle, truncatedAt } = state;
  const pivots = parsePivots(query);
  const rows = daysOf(parseRange(query)).flatMap((day) =>
    truth.on(day).filter(parseFacets(query))
  );
  const isDaily = parseGranularity(query) === "DAILY";
  const totals = groupTotals(rows, pivots, isDaily);
  const fields = parseFields(query);
  const elements = totals.map((total) => toElement(total, pivots, fields));
  const [first] = elements;
  if (first !== undefined && gate.plays("duplicated_page")) {
    elements.push(first);
  }
  const ordered = gate.plays("reordered") ? shuffle(elements) : elements;
  const cap = gate.plays("truncated") ? truncatedAt : ELEMENT_CAP;
  return jsonAnswer({
    paging: { start: 0, count: 10, links: [] },
    elements: ordered.slice(0, cap),
  });
}

function invalid(what: string): LinkedinError {
  const message = `Invalid query parameters passed to request: ${what}`;
  return new LinkedinError(400, "PARAM_INVALID", message);
}

function parsePivots(query: Query): readonly string[] {
  const finder = query.get("q");
  const text = finder === "analytics"
    ? query.get("pivot")
    : /^List\(([^()]*)\)$/.exec(query.get("pivots") ?? "")?.[1];
  const pivots = text?.split(",") ?? [];
  const known = pivots.every((pivot) => Object.hasOwn(PIVOTS, pivot));
  const finders = ["analytics", "statistics"];
  if (!known || !finders.includes(finder ?? "") || pivots.length === 0) {
    throw invalid("pivot");
  }
  if (pivots.length > MOST_PIVOTS) throw invalid("at most three pivots");
  return pivots;
}

function parseRange(query: Query): DayRange {
  const match = RANGE.exec(query.get("dateRange") ?? "");
  const parts = match?.slice(1).map((part) => part.padStart(2, "0")) ?? [];
  const from = parts.slice(0, 3).join("-");
  const last = parts.slice(3).join("-");
  if (!isDay(from) || !isDay(last) || last < from) throw invalid("dateRange");
  return { from, until: addDays(last, 1) };
}

function parseGranularity(query: Query): string {
  const granularity = query.get("timeGranularity") ?? "";
  if (granularity === "DAILY" || granularity === "ALL") return granularity;
  throw invalid("timeGranularity");
}

/** Facets narrow each other; one is required. */
function parseFacets(query: Query): (row: AdDay) => boolean {
  const accounts = query.get("accounts");
  const campaigns = query.get("campaigns");
  if (accounts === undefined && campaigns === undefined) {
    throw invalid("a facet is required");
  }
  const ofAccounts = accounts && parseUrns(accounts, "sponsoredAccount");
  const ofCampaigns = campaigns && parseUrns(campaigns, "sponsoredCampaign");
  if (ofAccounts === null || ofCampaigns === null) throw invalid("facet");
  return ({ adGroup }) =>
    (!ofAccounts || ofAccounts.includes(CONFIG.accountId)) &&
    (!ofCampaigns || ofCampaigns.includes(adGroup.id));
}

/** Impressions and clicks alone where none are named. */
function parseFields(query: Query): readonly string[] {
  const fields = query.get("fields")?.split(",") ?? ["impressions", "clicks"];
  if (fields.length > MOST_FIELDS) throw invalid("at most 20 fields");
  const known = ["dateRange", "pivotValues", ...Object.keys(FIELDS)];
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined) throw invalid(`field ${unknown}`);
  return fields;
}

interface Total {
  readonly sum: AdDay;
  readonly lastDay: string;
}

function groupTotals(
  rows: readonly AdDay[],
  pivots: readonly string[],
  isDaily: boolean,
): Total[] {
  const keyOf = (row: AdDay) =>
    [isDaily ? row.day : "", ...pivots.map((pivot) => PIVOTS[pivot]?.(row))]
      .join(" ");
  return [...Map.groupBy(rows, keyOf).values()].map((group) => ({
    sum: sumAds(group),
    lastDay: group.at(-1)?.day ?? "",
  }));
}

function toElement(
  { sum, lastDay }: Total,
  pivots: readonly string[],
  fields: readonly string[],
): unknown {
  const all = {
    ...Object.fromEntries(
      Object.entries(FIELDS).map(([name, write]) => [name, write(sum)]),
    ),
    dateRange: { start: toCalendar(sum.day), end: toCalendar(lastDay) },
    pivotValues: pivots.map((pivot) => PIVOTS[pivot]?.(sum)),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => fields.includes(name)),
  );
}

function toCalendar(day: string): unknown {
  const [year, month, date] = day.split("-").map(Number);
  return { month, day: date, year };
}

/** Doubles by their feel: nothing is `-2E-18`, and some amounts carry such a rest. */
function writeAmount(micros: bigint): string {
  if (micros === 0n) return "-2E-18";
  const cents = micros / 10_000n;
  if (cents % 3n === 0n) return `${cents}E-2`;
  const units = `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
  return cents % 3n === 1n ? `${units}0000000000000002` : units;
}

/** What a perfect connector would hold. */
export function expectLinkedinRows(
  truth: AdTruth,
  range: DayRange,
  account: string,
): ExpectedRow[] {
  const rows = daysOf(range).flatMap((day) => truth.on(day));
  const levels = [["CAMPAIGN_GROUP"], ["CAMPAIGN"], ["CREATIVE"]];
  return levels.flatMap((pivots, depth) =>
    groupTotals(rows, pivots, true).map(({ sum }) => ({
      report: ["campaign_daily", "ad_group_daily", "ad_daily"][depth] ?? "",
      day: sum.day,
      entities: {
        account,
        channel: "social",
        campaign: sum.campaign.id,
        ...(depth > 0 && { ad_group: sum.adGroup.id }),
        ...(depth > 1 && { ad: sum.ad.id }),
      },
      breakdowns: {},
      metrics: metricsOf(sum),
    }))
  );
}
