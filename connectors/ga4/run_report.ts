/**
 * Asks for a report of the Data API, page by page.
 *
 * Rows are ordered by every dimension, so that no two have the same place; a page
 * begins after as many rows as are known, so that one told twice costs nothing; and
 * a result that grew or shrank between pages is not taken, as a row would be missing.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1beta/properties/runReport, read on 2026-11-26
 * @module
 */
import {
  addDays,
  EngineError,
  type Metrics,
  type Quality,
  type Records,
  type SliceScope,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import {
  AD_METRICS,
  dimensionsOf,
  isCounted,
  type Question,
  toCounts,
} from "./questions.ts";

const DATA_URL = "https://analyticsdata.googleapis.com/v1beta/properties";
const MAX_ROWS = 250_000;

const Headers = z.array(z.object({ name: z.string() })).default([]);
const Values = z.array(z.object({ value: z.string().default("") })).default([]);
const Row = z.object({ dimensionValues: Values, metricValues: Values });

const Answer = z.object({
  dimensionHeaders: Headers,
  metricHeaders: Headers,
  rows: z.array(Row).default([]),
  totals: z.array(Row).default([]),
  rowCount: z.int().nonnegative().default(0),
  metadata: z.object({
    dataLossFromOtherRow: z.boolean().default(false),
    subjectToThresholding: z.boolean().default(false),
    samplingMetadatas: z.array(z.unknown()).default([]),
  }).prefault({}),
});

type Answer = z.infer<typeof Answer>;
type Named = Readonly<Record<string, string>>;

/** Reads all rows of a slice. */
export async function* readRows(
  question: Question,
  scope: SliceScope<Config>,
): AsyncIterable<Records> {
  const known = new Set<string>();
  let expected: number | null = null;
  do {
    const answer = await ask(question, scope, {
      offset: String(known.size),
      limit: String(MAX_ROWS),
    });
    expected ??= answer.rowCount;
    const before = known.size;
    for (const { dimensionValues } of answer.rows) {
      known.add(JSON.stringify(dimensionValues.map(({ value }) => value)));
    }
    const stuck = known.size === before && known.size < expected;
    if (answer.rowCount !== expected || stuck) throw changed(question);
    yield {
      records: answer.rows.map((row) => nameValues(answer, row)),
      quality: qualityOf(answer),
    };
    scope.report(question.name, known.size / Math.max(1, expected));
  } while (known.size < expected);
}

/** Asks for the vendor's own totals of a slice, which cover its rows on all pages. */
export async function readTotals(
  question: Question,
  scope: SliceScope<Config>,
): Promise<Metrics | null> {
  if (!metricsOf(question, scope.config).some(isCounted)) return null;
  const answer = await ask(question, scope, {
    limit: "1",
    metricAggregations: ["TOTAL"],
  });
  const [total] = answer.totals;
  return total ? toCounts(nameValues(answer, total)) : null;
}

async function ask(
  question: Question,
  { config, http, range, account }: SliceScope<Config>,
  page: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const dimensions = dimensionsOf(question);
  const body = {
    dateRanges: [{ startDate: range.from, endDate: addDays(range.until, -1) }],
    dimensions: dimensions.map((name) => ({ name })),
    metrics: metricsOf(question, config).map((name) => ({ name })),
    orderBys: dimensions.map((dimensionName) => ({
      dimension: { dimensionName },
    })),
    currencyCode: account.currency,
    returnPropertyQuota: true,
    ...page,
  };
  const url = `${DATA_URL}/${config.propertyId}:runReport`;
  return Answer.parse(
    await http.json(url, { body, signedIn: true, safe: true }),
  );
}

function metricsOf({ metrics }: Question, { adMetrics }: Config): string[] {
  return [...metrics, ...(adMetrics ? AD_METRICS : [])];
}

/** Values stand in the order of the headers; by name they can be read again alone. */
function nameValues(
  { dimensionHeaders, metricHeaders }: Answer,
  { dimensionValues, metricValues }: z.infer<typeof Row>,
): Named {
  return Object.fromEntries([
    ...dimensionValues.map(({ value }, at) => [
      dimensionHeaders[at]?.name,
      value,
    ]),
    ...metricValues.map(({ value }, at) => [metricHeaders[at]?.name, value]),
  ]);
}

function qualityOf({ metadata }: Answer): Quality[] {
  return [
    ...(metadata.dataLossFromOtherRow ? ["other_row" as const] : []),
    ...(metadata.subjectToThresholding ? ["thresholded" as const] : []),
    ...(metadata.samplingMetadatas.length > 0 ? ["sampled" as const] : []),
  ];
}

function changed({ name }: Question): EngineError {
  return new EngineError(
    "source_inconsistent",
    `Cannot read report "${name}": its rows changed between two pages`,
  );
}
