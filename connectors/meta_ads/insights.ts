/**
 * Daily totals from Insights, asked for synchronously and in small slices: a
 * question that is too large is refused, and the engine asks for less.
 *
 * Ads and campaigns that were archived or deleted are left out unless their status
 * is asked for, as if they had never spent anything; so every status is.
 *
 * @see https://developers.facebook.com/docs/marketing-api/insights/best-practices/, read on 2026-11-26
 * @see https://developers.facebook.com/docs/marketing-api/best-practices/manage-your-ad-object-status, read on 2026-11-26
 * @module
 */
import {
  addDays,
  type DayRange,
  type Metrics,
  type Records,
  type ReportRow,
  type SliceScope,
  type SourceReport,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { callGraph, readPages } from "./graph.ts";
import { type Level, readRow, readTotals } from "./rows.ts";

/** 37 months, rounded down. */
const HISTORY_DAYS = 1120;

/** A page, and the totals. */
const CALLS_PER_SLICE = 2;

const ENTITY_FIELDS: Readonly<Record<Level, readonly string[]>> = {
  campaign: ["campaign_id"],
  ad: ["campaign_id", "adset_id", "ad_id"],
};

const METRIC_FIELDS = [
  "impressions",
  "clicks",
  "spend",
  "actions",
  "action_values",
];

const STATUSES: Readonly<Record<Level, readonly string[]>> = {
  campaign: [
    "ACTIVE",
    "PAUSED",
    "ARCHIVED",
    "DELETED",
    "IN_PROCESS",
    "WITH_ISSUES",
  ],
  ad: [
    "ACTIVE",
    "PAUSED",
    "CAMPAIGN_PAUSED",
    "ADSET_PAUSED",
    "ARCHIVED",
    "DELETED",
    "IN_PROCESS",
    "WITH_ISSUES",
    "PENDING_REVIEW",
    "PENDING_BILLING_INFO",
    "PREAPPROVED",
    "DISAPPROVED",
  ],
};

const Summary = z.object({ summary: z.unknown() });
const Delivered = z.array(
  z.object({ campaign_id: z.union([z.string(), z.int()]).transform(String) }),
);

/** A question about days. */
export interface Question {
  /** Name of the report. */
  readonly name: string;
  readonly level: Level;
  /** Breakdowns, by Meta's names. */
  readonly dimensions: readonly string[];
  readonly sliceDays: number;
}

/** Makes the report that asks a question. */
export function insightsReport(question: Question): SourceReport<Config> {
  return {
    ...question,
    historyDays: HISTORY_DAYS,
    recordCap: null,
    callsPerSlice: CALLS_PER_SLICE,
    read: (scope) => readInsights(scope, question),
    toRows: (record, account): readonly ReportRow[] => [
      readRow(record, { ...question, account }),
    ],
    totals: askTotals,
    shards: listCampaigns,
  };
}

async function* readInsights(
  scope: SliceScope<Config>,
  { level, dimensions }: Question,
): AsyncGenerator<Records> {
  const fields = [...ENTITY_FIELDS[level], ...METRIC_FIELDS].join(",");
  const { conversionActions } = scope.config;
  const pages = readPages(scope, insightsPath(scope), {
    level,
    fields,
    time_increment: "1",
    ...(dimensions.length > 0 && { breakdowns: dimensions.join(",") }),
    ...sliceQuery(scope, level),
  });
  for await (const rows of pages) {
    yield { records: rows.map((row) => ({ row, conversionActions })) };
  }
}

/** Asks for the account as a whole, which counts what any status would hide. */
async function askTotals(scope: SliceScope<Config>): Promise<Metrics | null> {
  const body = await callGraph(scope, insightsPath(scope), {
    query: {
      level: "account",
      fields: METRIC_FIELDS.join(","),
      default_summary: "true",
      ...sliceQuery(scope, null),
    },
  });
  const { summary } = Summary.parse(body);
  const { conversionActions } = scope.config;
  return summary === undefined ? null : readTotals(summary, conversionActions);
}

async function listCampaigns(
  scope: SliceScope<Config>,
): Promise<readonly string[]> {
  const campaigns: string[] = [];
  const query = {
    level: "campaign",
    fields: "campaign_id",
    ...sliceQuery(scope, "campaign"),
  };
  for await (const rows of readPages(scope, insightsPath(scope), query)) {
    campaigns.push(...Delivered.parse(rows).map((row) => row.campaign_id));
  }
  return [...new Set(campaigns)];
}

function insightsPath({ config }: SliceScope<Config>): string {
  return `act_${config.accountId}/insights`;
}

/** The days, both ends in; the shard's campaign; every status. */
function sliceQuery(
  { range, shard }: { readonly range: DayRange; readonly shard: string | null },
  level: Level | null,
): Readonly<Record<string, string>> {
  const filters = [
    ...(level === null
      ? []
      : [isIn(`${level}.effective_status`, STATUSES[level])]),
    ...(shard === null ? [] : [isIn("campaign.id", [shard])]),
  ];
  return {
    time_range: JSON.stringify({
      since: range.from,
      until: addDays(range.until, -1),
    }),
    ...(filters.length > 0 && { filtering: JSON.stringify(filters) }),
  };
}

function isIn(field: string, value: readonly string[]) {
  return { field, operator: "IN", value };
}
