/**
 * LinkedIn's ad analytics, by UTC day.
 *
 * An answer has no pages and is cut at 15,000 elements without a word. A question may
 * name 20 fields, `dateRange` and `pivotValues` among them; seven are asked for here.
 * The finder `statistics` is asked because it tells the things above a creative with
 * it.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting, read in 2026-08
 * @module
 */
import {
  addDays,
  type Day,
  type SliceScope,
  type SourceReport,
} from "@moe/plugin";
import { z } from "zod";
import { ask, type Config, Id, listUrns } from "./api.ts";
import { FIELDS, type Level, NATIVE, toRow, toTotals } from "./elements.ts";

/** Elements at which LinkedIn cuts an answer. */
export const ELEMENT_CAP = 15_000;

const SLICE_DAYS = 30;
/** Creatives that a campaign can have, active and inactive ones. */
const MOST_CREATIVES = 100;
/** Campaigns that a URL has room for. */
const MOST_CAMPAIGNS = 50;

const Analytics = z.object({ elements: z.array(z.unknown()) });

const Campaigns = z.object({
  elements: z.array(z.object({ id: Id })),
  metadata: z.object({ nextPageToken: z.string().nullish() }).nullish(),
});

/** Each level, from the top; a report tells a level with those above it. */
const LEVELS: readonly Level[] = ["campaign", "ad_group", "ad"];

/**
 * Makes the reports.
 *
 * @param elementCap Elements at which answers are cut.
 * @returns One for each level.
 */
export function defineReports(
  elementCap: number,
): readonly SourceReport<Config>[] {
  return LEVELS.map((level, at) => {
    const levels = LEVELS.slice(0, at + 1);
    return {
      name: `${level}_daily`,
      level,
      dimensions: [],
      sliceDays: SLICE_DAYS,
      historyDays: null,
      recordCap: elementCap,
      async *read(scope) {
        yield { records: await analyse(scope, levels, "DAILY") };
      },
      toRows: (record) => [toRow(levels, record)],
      async totals(scope) {
        const [element] = await analyse(scope, [], "ALL");
        return element === undefined ? null : toTotals(element);
      },
      ...(level === "ad" && {
        shards: (scope: SliceScope<Config>) => listShards(scope, elementCap),
      }),
    };
  });
}

/** Asks for elements by these levels; by the account itself where there are none. */
async function analyse(
  scope: SliceScope<Config>,
  levels: readonly Level[],
  timeGranularity: "DAILY" | "ALL",
): Promise<readonly unknown[]> {
  const { range, shard, config } = scope;
  const pivots = levels.map((level) => NATIVE[level].pivot);
  const answer = await ask(scope, "/adAnalytics", {
    q: "statistics",
    pivots: `List(${pivots.join(",") || "ACCOUNT"})`,
    timeGranularity,
    dateRange: `(start:${writeDay(range.from)},end:${
      writeDay(addDays(range.until, -1))
    })`,
    ...(shard === null
      ? { accounts: listUrns("sponsoredAccount", [config.accountId]) }
      : { campaigns: listUrns(NATIVE.ad_group.urn, shard.split(",")) }),
    fields: FIELDS.join(","),
  });
  return Analytics.parse(answer).elements;
}

/** As many campaigns at a time as cannot have more creatives than an answer holds. */
async function listShards(
  scope: SliceScope<Config>,
  elementCap: number,
): Promise<readonly string[]> {
  const fitting = Math.floor((elementCap - 1) / MOST_CREATIVES);
  const size = Math.max(1, Math.min(MOST_CAMPAIGNS, fitting));
  const ids: string[] = [];
  let pageToken = "";
  do {
    const page = Campaigns.parse(
      await ask(scope, `/adAccounts/${scope.config.accountId}/adCampaigns`, {
        q: "search",
        pageSize: "1000",
        ...(pageToken !== "" && { pageToken: encodeURIComponent(pageToken) }),
      }),
    );
    ids.push(...page.elements.map(({ id }) => id));
    pageToken = page.metadata?.nextPageToken ?? "";
  } while (pageToken !== "");
  return Array.from(
    { length: Math.ceil(ids.length / size) },
    (_, at) => ids.slice(at * size, (at + 1) * size).join(","),
  );
}

function writeDay(day: Day): string {
  const [year, month, date] = day.split("-").map(Number);
  return `(year:${year},month:${month},day:${date})`;
}
