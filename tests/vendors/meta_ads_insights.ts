/**
 * Simulated Meta Insights: checks the question as the real one does, and pages the
 * answer by cursors.
 *
 * @see https://developers.facebook.com/docs/marketing-api/insights, read on 2026-11-26
 * @module
 */
import { addDays, type Day } from "../../core/domain/day.ts";
import { type AdDay, type AdTruth, daysOf } from "./ad_truth.ts";
import { sumAds } from "./ad_totals.ts";
import { GraphFault, invalid } from "./meta_ads_errors.ts";
import { pageOf } from "./meta_ads_pages.ts";
import {
  gatherRows,
  type Level,
  LEVELS,
  type MetaRow,
  printTotals,
} from "./meta_ads_rows.ts";

const FIELDS = new Set([
  "account_id",
  "account_currency",
  "campaign_id",
  "campaign_name",
  "adset_id",
  "adset_name",
  "ad_id",
  "ad_name",
  "impressions",
  "clicks",
  "spend",
  "actions",
  "action_values",
]);
const FILTERS = new Set([
  "campaign.id",
  "campaign.effective_status",
  "ad.effective_status",
]);
const MOST_HISTORY_DAYS = 1127;

/** What is simulated. */
export interface InsightsSource {
  readonly truth: AdTruth;
  readonly accountId: string;
  /** Status of an ad or campaign by id; ACTIVE for others. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Whether ad sets credit conversions by different windows. */
  readonly mixed: boolean;
  /** Rows above which a question is too large. */
  readonly mostRows: () => number;
  /** Whether the page before comes instead of this one. */
  readonly repeats: () => boolean;
  /** In which order a page is told. */
  readonly arrange: <T>(rows: readonly T[]) => readonly T[];
}

interface Filter {
  readonly field: string;
  readonly operator: string;
  readonly value: readonly string[];
}

/** Answers a question of Insights. */
export function answerInsights(source: InsightsSource, url: URL): unknown {
  const { searchParams: query } = url;
  const level = readLevel(query);
  const fields = readFields(query);
  const rows = gatherRows(selectDays(source, query, level), {
    level,
    byPlatform: readBreakdowns(query),
    periodOf: readPeriods(query),
  });
  if (rows.length > source.mostRows()) {
    throw new GraphFault("Invalid parameter", {
      code: 100,
      subcode: 1487534,
      type: "CodeException",
      title: "Too much data was requested",
    });
  }
  const { page, paging } = pageOf(rows, url, source.repeats);
  return {
    data: source.arrange(page).map((row) => printRow(source, row, fields)),
    ...(rows.length > 0 && { paging }),
    ...(query.get("default_summary") === "true" && rows.length > 0 && {
      summary: summarize(source, rows, fields),
    }),
  };
}

function readLevel(query: URLSearchParams): Level {
  const level = LEVELS.find((one) => one === (query.get("level") ?? "account"));
  if (level) return level;
  throw invalid("(#100) level must be one of ad, adset, campaign, account");
}

function readFields(query: URLSearchParams): ReadonlySet<string> {
  const fields = (query.get("fields") ?? "impressions,spend").split(",");
  const unknown = fields.find((field) => !FIELDS.has(field));
  if (unknown === undefined) return new Set(fields);
  throw invalid(`(#100) ${unknown} is not valid for fields param`);
}

function readBreakdowns(query: URLSearchParams): boolean {
  const breakdowns = query.get("breakdowns");
  if (breakdowns === null) return false;
  if (breakdowns === "publisher_platform") return true;
  throw invalid("(#100) breakdowns must be one of: publisher_platform");
}

function readRange(query: URLSearchParams): { since: Day; until: Day } {
  try {
    const { since, until } = JSON.parse(query.get("time_range") ?? "");
    if (since <= until) return { since, until };
  } catch { /* refused below */ }
  throw invalid("(#100) time_range must have since and until, in order");
}

function readPeriods(query: URLSearchParams) {
  const increment = query.get("time_increment") ?? "all_days";
  if (increment === "1") return (day: Day) => ({ since: day, until: day });
  const range = readRange(query);
  if (increment === "all_days") return () => range;
  throw invalid("(#100) time_increment must be 1 or all_days here");
}

function selectDays(
  { truth, statuses }: InsightsSource,
  query: URLSearchParams,
  level: Level,
): AdDay[] {
  const { since, until } = readRange(query);
  if (since < addDays(truth.today(), -MOST_HISTORY_DAYS)) {
    throw new GraphFault(
      "(#3018) The start date of the time range cannot be beyond 37 months from the current date",
      { code: 3018 },
    );
  }
  const filters = readFilters(query);
  const wanted = (field: string) =>
    filters.find((filter) => filter.field === field)?.value;
  const isShown = (id: string, field: string) => {
    const status = statuses.get(id) ?? "ACTIVE";
    return wanted(field)?.includes(status) ??
      !["ARCHIVED", "DELETED"].includes(status);
  };
  const campaigns = wanted("campaign.id");
  return daysOf({ from: since, until: addDays(until, 1) })
    .flatMap((day) => truth.on(day))
    .filter(({ campaign }) => campaigns?.includes(campaign.id) ?? true)
    .filter(({ ad, campaign }) => {
      if (level === "ad") return isShown(ad.id, "ad.effective_status");
      return level !== "campaign" ||
        isShown(campaign.id, "campaign.effective_status");
    });
}

function readFilters(query: URLSearchParams): readonly Filter[] {
  const filters = JSON.parse(query.get("filtering") ?? "[]") as Filter[];
  for (const { field, operator, value } of filters) {
    if (!FILTERS.has(field) || operator !== "IN" || !Array.isArray(value)) {
      throw invalid(`(#100) Filtering field ${field} is invalid`);
    }
  }
  return filters;
}

function printRow(
  { accountId, truth }: InsightsSource,
  row: MetaRow,
  fields: ReadonlySet<string>,
): Record<string, unknown> {
  const { campaign, adGroup, ad } = row.of;
  return {
    ...pick({
      account_id: accountId,
      account_currency: truth.currency,
      campaign_id: campaign.id,
      campaign_name: campaign.name,
      adset_id: adGroup.id,
      adset_name: adGroup.name,
      ad_id: ad.id,
      ad_name: ad.name,
      ...printTotals(row.of, false),
    }, fields),
    date_start: row.since,
    date_stop: row.until,
    ...(row.platform !== null && { publisher_platform: row.platform }),
  };
}

function summarize(
  { accountId, mixed }: InsightsSource,
  rows: readonly MetaRow[],
  fields: ReadonlySet<string>,
): Record<string, unknown> {
  const totals = sumAds(rows.map(({ of }) => of));
  return {
    account_id: accountId,
    ...pick(printTotals(totals, mixed), fields),
    date_start: rows.map(({ since }) => since).sort()[0],
    date_stop: rows.map(({ until }) => until).sort().at(-1),
  };
}

function pick(
  all: Readonly<Record<string, unknown>>,
  fields: ReadonlySet<string>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => fields.has(name)),
  );
}
