/**
 * SendGrid, simulated: statistics of the Web API v3 with their quota by endpoint.
 *
 * Opens become known late and count on the day of sending. Categories go back 13
 * months, ten of them can be asked for at once, and those on which nothing was sent
 * come with zeros.
 *
 * @see https://www.twilio.com/docs/sendgrid/api-reference/stats/retrieve-global-email-statistics, read on 2026-11-26
 * @see https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits, read on 2026-11-26
 * @module
 */
import { addDays, isDay } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExpectedRow, Vendor } from "../../plugins/conformance/vendor.ts";
import { type AdTruth, createAdTruth, daysOf } from "./ad_truth.ts";
import { createGate, createShuffle, type Gate, jsonAnswer } from "./gate.ts";
import {
  addStats,
  type Category,
  isNothing,
  mailOn,
  type Stats,
  toRow,
  toStats,
} from "./sendgrid_stats.ts";

const API_KEY = "SG.simulated-key";
/** Too large for a number in JavaScript. */
const USER_ID = "9007199254740993";
const CALLS_PER_MINUTE = 600;
const RESET_SECONDS = 60;
const HISTORY_MONTHS = 13;
const MOST_CATEGORIES = 10;
/** Most categories of one page, whatever is asked for. */
const PAGE = 5;
/** Days back of the day that is restated or loses a category. */
const CHANGED_DAYS_AGO = 3;

type Query = URLSearchParams;
type Shuffle = ReturnType<typeof createShuffle>;

interface State {
  readonly clock: Clock;
  readonly truth: AdTruth;
  readonly gate: Gate;
  readonly shuffle: Shuffle;
  readonly calls: Map<string, number[]>;
}

/** Makes the vendor with one account. */
export function createSendgridVendor(
  { clock }: { readonly clock: Clock },
): Vendor {
  const truth = createAdTruth({
    seed: 8,
    clock,
    zone: "America/New_York",
    currency: "USD",
    firstDay: "2024-01-01",
    campaigns: 12,
    adsPerCampaign: 1,
    lagDays: 5,
    settlesDays: 21,
    wholeConversions: true,
  });
  const gate = createGate(clock, []);
  const calls = new Map<string, number[]>();
  const state = { clock, truth, gate, shuffle: createShuffle(), calls };
  return {
    config: { apiKey: API_KEY, zone: truth.zone, settlesDays: 21 },
    faults: [
      "throttled_header",
      "duplicated_page",
      "reordered",
      "restated",
      "vanished",
    ],
    answer: (request) => Promise.resolve(answer(request, state)),
    play(fault) {
      const day = addDays(truth.today(), -CHANGED_DAYS_AGO);
      if (fault === "restated") truth.restate(day, 3n);
      if (fault === "vanished") truth.vanish(day);
      gate.play(fault);
    },
    expectedRows: (range) =>
      daysOf(range).flatMap((day) => expectOn(truth, day)),
    expectedEvents: () => [],
    account: truth,
    ledger: gate.ledger,
  };
}

function answer(request: Request, state: State): Response {
  const { pathname, searchParams } = new URL(request.url);
  const { gate } = state;
  if (request.headers.get("authorization") !== `Bearer ${API_KEY}`) {
    return refusal(401, null, "authorization required");
  }
  const beyond = spend(pathname, state);
  const tooEarly = gate.enter(pathname);
  if (gate.plays("throttled_header")) {
    gate.close(RESET_SECONDS);
    return tooMany(pathname, state);
  }
  if (tooEarly || beyond) return tooMany(pathname, state);
  const body = bodyOf(pathname, searchParams, state);
  return body instanceof Response
    ? body
    : jsonAnswer(body, { headers: limitsOf(pathname, state) });
}

function bodyOf(path: string, query: Query, state: State): unknown {
  switch (path) {
    case "/v3/user/username":
      return `{"username":"shop","user_id":${USER_ID}}`;
    case "/v3/categories":
      return listCategories(query, state);
    case "/v3/stats":
      return faultOf(query, state) ?? daily(query, state, (mail) => [{
        metrics: addStats(mail.map(toStats)),
      }]);
    case "/v3/categories/stats":
      return faultOf(query, state, true) ??
        daily(query, state, (mail) => statsOf(mail, query, state));
    case "/v3/categories/stats/sums":
      return faultOf(query, state, true) ?? sumsOf(query, state);
    default:
      return refusal(404, null, "not found");
  }
}

function listCategories(query: Query, { truth, gate, shuffle }: State) {
  const all = truth.campaigns.map(({ name }) => ({ category: name }));
  const inOrder = pageOf(all, query, 50);
  const page = gate.plays("reordered") ? shuffle(inOrder) : inOrder;
  return gate.plays("duplicated_page") ? [...page, ...page.slice(-1)] : page;
}

function daily(
  query: Query,
  { truth, gate, shuffle }: State,
  toDay: (mail: readonly Category[]) => unknown[],
): unknown[] {
  const days = daysOf(rangeOf(query, truth)).map((date) => ({
    date,
    stats: toDay(mailOn(truth, date)),
  }));
  return gate.plays("reordered") ? shuffle(days) : days;
}

function statsOf(
  mail: readonly Category[],
  query: Query,
  { gate }: State,
): Stats[] {
  const stats = query.getAll("categories").flatMap((name) =>
    mail.filter((one) => one.name === name).map(named)
  );
  return gate.plays("duplicated_page") ? [...stats, ...stats.slice(-1)] : stats;
}

function sumsOf(query: Query, { truth }: State) {
  const range = rangeOf(query, truth);
  const mail = daysOf(range).flatMap((day) => mailOn(truth, day));
  const byName = Map.groupBy(
    mail.filter(({ name }) => name !== null),
    ({ name }) => name,
  );
  const sums = [...byName].map(([name, days]) => ({
    type: "category",
    name,
    metrics: addStats(days.map(toStats)),
  }));
  return { date: range.from, stats: pageOf(sums, query, PAGE) };
}

function named(category: Category): Stats {
  return {
    type: "category",
    name: category.name,
    metrics: toStats(category),
  };
}

function pageOf<T>(items: readonly T[], query: Query, limit: number): T[] {
  const from = Number(query.get("offset") ?? 0);
  const most = Math.min(Number(query.get("limit") ?? limit), PAGE);
  return items.slice(from, from + most);
}

function faultOf(
  query: Query,
  { truth }: State,
  ofCategories = false,
): Response | null {
  const from = query.get("start_date") ?? "";
  const until = query.get("end_date") ?? truth.today();
  if (!isDay(from)) {
    return refusal(400, "start_date", "start_date is required, as YYYY-MM-DD");
  }
  if (!isDay(until) || until < from) {
    return refusal(400, "end_date", "end_date should be after start_date");
  }
  const unit = query.get("aggregated_by") ?? "day";
  if (unit !== "day") return refusal(400, "aggregated_by", "invalid value");
  if (!ofCategories) return null;
  const oldest = addDays(truth.today(), -Math.ceil(HISTORY_MONTHS * 30.5));
  if (from < oldest) {
    return refusal(400, "start_date", "start_date is too far in the past");
  }
  return query.getAll("categories").length > MOST_CATEGORIES
    ? refusal(400, "categories", "maximum of 10 categories")
    : null;
}

function rangeOf(query: Query, truth: AdTruth) {
  const last = query.get("end_date") ?? truth.today();
  return { from: query.get("start_date") ?? "", until: addDays(last, 1) };
}

/** Counts a call; true if the endpoint's minute has no more. */
function spend(path: string, { clock, calls }: State): boolean {
  const now = Date.parse(clock.now());
  const recent = (calls.get(path) ?? [])
    .filter((at) => at > now - RESET_SECONDS * 1000);
  calls.set(path, [...recent, now]);
  return recent.length >= CALLS_PER_MINUTE;
}

function limitsOf(path: string, { clock, calls }: State) {
  const now = Date.parse(clock.now());
  const used = calls.get(path)?.length ?? 0;
  return {
    "date": new Date(now).toUTCString(),
    "x-ratelimit-limit": String(CALLS_PER_MINUTE),
    "x-ratelimit-remaining": String(Math.max(0, CALLS_PER_MINUTE - used)),
    "x-ratelimit-reset": String(Math.ceil(now / 1000) + RESET_SECONDS),
  };
}

function tooMany(path: string, state: State): Response {
  return jsonAnswer(
    { errors: [{ field: null, message: "too many requests" }] },
    {
      status: 429,
      headers: { ...limitsOf(path, state), "x-ratelimit-remaining": "0" },
    },
  );
}

function refusal(
  status: number,
  field: string | null,
  message: string,
): Response {
  return jsonAnswer({ errors: [{ field, message }] }, { status });
}

function expectOn(truth: AdTruth, day: string): ExpectedRow[] {
  const mail = mailOn(truth, day);
  const account = USER_ID;
  const rows = [
    {
      report: "email_daily",
      day,
      entities: { account, channel: "email" },
      breakdowns: {},
      metrics: toRow(addStats(mail.map(toStats))),
    },
    ...mail.flatMap((category) =>
      category.name === null ? [] : [{
        report: "category_daily",
        day,
        entities: { account, channel: "email", campaign: category.name },
        breakdowns: {},
        metrics: toRow(toStats(category)),
      }]
    ),
  ];
  return rows.filter(({ metrics }) => !isNothing(metrics));
}
