/**
 * `runReport` of a simulated Google Analytics property.
 *
 * @module
 */
import { addDays, isDay } from "../../core/domain/day.ts";
import type { Quality } from "../../core/domain/source.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { type AdTruth, daysOf } from "./ad_truth.ts";
import { sumBy, type Traffic, trafficOn } from "./ga4_traffic.ts";
import { createShuffle, type Gate, jsonAnswer } from "./gate.ts";

/** What reports are made of. */
export interface ReportState {
  readonly clock: Clock;
  readonly truth: AdTruth;
  readonly gate: Gate;
  readonly quality: readonly Quality[];
  readonly maxRows: number;
  /** When reports were made, milliseconds; each costs tokens. */
  readonly madeAt: number[];
}

interface ReportRequest {
  readonly dateRanges?: readonly {
    readonly startDate: string;
    readonly endDate: string;
  }[];
  readonly dimensions?: readonly { readonly name: string }[];
  readonly metrics?: readonly { readonly name: string }[];
  readonly orderBys?: readonly {
    readonly dimension?: { readonly dimensionName: string };
  }[];
  readonly offset?: string;
  readonly limit?: string;
  readonly metricAggregations?: readonly string[];
  readonly currencyCode?: string;
  readonly returnPropertyQuota?: boolean;
}

const MOST_DIMENSIONS = 9;
const MOST_METRICS = 10;
const DEFAULT_LIMIT = 10_000;
const TOKENS = 10;
const TOKENS_PER_DAY = 200_000;
const TOKENS_PER_HOUR = 40_000;
const TOKENS_PER_PROJECT_PER_HOUR = 14_000;

const DIMENSIONS: Readonly<Record<string, (one: Traffic) => string>> = {
  date: ({ day }) => day.replaceAll("-", ""),
  sessionDefaultChannelGroup: ({ channel }) => channel,
  sessionSourceMedium: ({ sourceMedium }) => sourceMedium,
  sessionCampaignId: ({ campaign }) => campaign.id,
  sessionCampaignName: ({ campaign }) => campaign.name,
  defaultChannelGroup: ({ channel }) => channel,
  sourceMedium: ({ sourceMedium }) => sourceMedium,
  campaignId: ({ campaign }) => campaign.id,
  campaignName: ({ campaign }) => campaign.name,
};

const METRICS: Readonly<Record<string, (one: Traffic) => string>> = {
  sessions: ({ sessions }) => String(sessions),
  keyEvents: (one) => printFloat(one.attributed.conversions_millionths),
  totalRevenue: (one) => printFloat(one.attributed.conversion_value_micros),
  advertiserAdCost: (one) => printFloat(one.attributed.spend_micros),
  advertiserAdClicks: (one) => String(one.attributed.clicks),
  advertiserAdImpressions: (one) => String(one.attributed.impressions),
};

const shuffle = createShuffle();

/** Answers one report. */
export async function answerReport(
  request: Request,
  state: ReportState,
): Promise<Response> {
  const { gate } = state;
  if (gate.enter("runReport")) {
    return exhausted(
      "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour.",
    );
  }
  if (gate.plays("throttled_body")) {
    return exhausted(
      "Exhausted concurrent requests quota. Please send fewer requests concurrently.",
    );
  }
  const asked: ReportRequest = JSON.parse(await request.text());
  const fault = faultOf(asked);
  return fault === null ? report(asked, state) : invalid(fault);
}

function report(asked: ReportRequest, state: ReportState): Response {
  const { truth, gate, maxRows, clock, madeAt } = state;
  madeAt.push(Date.parse(clock.now()));
  const dimensions = namesOf(asked.dimensions);
  const metrics = namesOf(asked.metrics);
  const traffic = daysOf(rangeOf(asked)).flatMap((day) =>
    trafficOn(truth, day)
  );
  const groups = sumBy(
    traffic,
    (one) => JSON.stringify(dimensions.map((name) => valueOf(name, one))),
  );
  const arranged = gate.plays("reordered") ? shuffle(groups) : groups;
  const sorted = sort(arranged, asked.orderBys ?? []);
  const from = Number(asked.offset ?? 0);
  const limit = Math.min(Number(asked.limit ?? DEFAULT_LIMIT), maxRows);
  const page = sorted.slice(from, from + limit);
  if (page.length > 0 && gate.plays("duplicated_page")) {
    page.push(...page.slice(-1));
  }
  const toValues = (names: readonly string[], one: Traffic) =>
    names.map((name) => ({ value: valueOf(name, one) }));
  return jsonAnswer({
    dimensionHeaders: dimensions.map((name) => ({ name })),
    metricHeaders: metrics.map((name) => ({ name, type: typeOf(name) })),
    ...(page.length > 0 && {
      rows: page.map((one) => ({
        dimensionValues: toValues(dimensions, one),
        metricValues: toValues(metrics, one),
      })),
    }),
    ...(asked.metricAggregations?.includes("TOTAL") && {
      totals: sumBy(groups, () => "").map((one) => ({
        dimensionValues: dimensions.map(() => ({ value: "RESERVED_TOTAL" })),
        metricValues: toValues(metrics, one),
      })),
    }),
    ...(groups.length > 0 && { rowCount: groups.length }),
    metadata: metadataOf(asked, state),
    ...(asked.returnPropertyQuota && { propertyQuota: quotaOf(state) }),
    kind: "analyticsData#runReport",
  }, { headers: { date: new Date(clock.now()).toUTCString() } });
}

function faultOf(asked: ReportRequest): string | null {
  const [range] = asked.dateRanges ?? [];
  if (!range || !isDay(range.startDate) || !isDay(range.endDate)) {
    return "Invalid date format.";
  }
  if (range.startDate > range.endDate) {
    return "The start date must be before or equal to the end date.";
  }
  const dimensions = namesOf(asked.dimensions);
  const metrics = namesOf(asked.metrics);
  if (dimensions.length > MOST_DIMENSIONS) return "Too many dimensions.";
  if (metrics.length > MOST_METRICS) return "Too many metrics.";
  const unknown = dimensions.find((name) => !Object.hasOwn(DIMENSIONS, name)) ??
    metrics.find((name) => !Object.hasOwn(METRICS, name));
  if (unknown !== undefined) {
    return `Field ${unknown} is not a valid dimension or metric. For a list of valid dimensions and metrics, see https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema`;
  }
  const ordered = (asked.orderBys ?? []).every(({ dimension }) =>
    dimensions.includes(dimension?.dimensionName ?? "")
  );
  if (!ordered) return "OrderBy dimensions must be in the request.";
  return Number(asked.limit ?? 1) > 0 ? null : "The limit must be positive.";
}

function sort(
  groups: readonly Traffic[],
  orderBys: NonNullable<ReportRequest["orderBys"]>,
): Traffic[] {
  const keyOf = (one: Traffic) =>
    orderBys.map(({ dimension }) =>
      valueOf(dimension?.dimensionName ?? "", one)
    ).join("\0");
  return groups.toSorted((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : Number(keyOf(a) > keyOf(b))
  );
}

function metadataOf(
  { currencyCode }: ReportRequest,
  { truth, quality }: ReportState,
): Readonly<Record<string, unknown>> {
  return {
    currencyCode: currencyCode ?? truth.currency,
    timeZone: truth.zone,
    ...(quality.includes("other_row") && { dataLossFromOtherRow: true }),
    ...(quality.includes("thresholded") && { subjectToThresholding: true }),
    ...(quality.includes("sampled") && {
      samplingMetadatas: [{
        samplesReadCount: "500000",
        samplingSpaceSize: "2000000",
      }],
    }),
  };
}

function quotaOf({ clock, madeAt }: ReportState) {
  const now = Date.parse(clock.now());
  const spent = (seconds: number) =>
    madeAt.filter((at) => at > now - seconds * 1000).length * TOKENS;
  const left = (tokens: number, seconds: number) => ({
    consumed: TOKENS,
    remaining: tokens - spent(seconds),
  });
  return {
    tokensPerDay: left(TOKENS_PER_DAY, 86_400),
    tokensPerHour: left(TOKENS_PER_HOUR, 3600),
    concurrentRequests: { consumed: 0, remaining: 10 },
    serverErrorsPerProjectPerHour: { consumed: 0, remaining: 10 },
    potentiallyThresholdedRequestsPerHour: { consumed: 0, remaining: 120 },
    tokensPerProjectPerHour: left(TOKENS_PER_PROJECT_PER_HOUR, 3600),
  };
}

function exhausted(reason: string): Response {
  return jsonAnswer({
    error: {
      code: 429,
      message:
        `${reason} To learn more, see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas`,
      status: "RESOURCE_EXHAUSTED",
    },
  }, { status: 429 });
}

function invalid(message: string): Response {
  return jsonAnswer({
    error: { code: 400, message, status: "INVALID_ARGUMENT" },
  }, { status: 400 });
}

function namesOf(
  fields: readonly { readonly name: string }[] | undefined,
): string[] {
  return (fields ?? []).map(({ name }) => name);
}

function rangeOf({ dateRanges: [range] = [] }: ReportRequest) {
  const { startDate = "", endDate = "" } = range ?? {};
  return { from: startDate, until: addDays(endDate, 1) };
}

function valueOf(name: string, one: Traffic): string {
  return (DIMENSIONS[name] ?? METRICS[name])?.(one) ?? "";
}

function typeOf(name: string): string {
  if (name === "keyEvents") return "TYPE_FLOAT";
  return /Revenue|Cost/.test(name) ? "TYPE_CURRENCY" : "TYPE_INTEGER";
}

/** Large and small numbers come with an exponent, as floating point is printed. */
function printFloat(micros = 0n): string {
  const text = String(micros);
  return micros >= 1_000_000_000n
    ? `${text[0]}.${text.slice(1)}E${text.length - 7}`
    : String(Number(micros) / 1e6);
}
