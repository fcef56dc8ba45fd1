/**
 * Google Ads, simulated: OAuth, `googleAds:search` with pages and summary rows,
 * quotas told in the body, late conversions, and campaign budgets.
 *
 * What the real one does not do is not played: it sends no `retry-after`, cuts no
 * answer, and `search` (unlike a stream) never fails after its 200.
 *
 * @see https://developers.google.com/google-ads/api/rest/common/search and
 * https://github.com/googleapis/googleapis/tree/master/google/ads/googleads/v25, read on 2026-11-26
 * @module
 */
import { addDays, localTime } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Fault, Vendor } from "../../plugins/conformance/vendor.ts";
import { type AdTruth, createAdTruth } from "./ad_truth.ts";
import { createGate, createShuffle, jsonAnswer } from "./gate.ts";
import {
  admit,
  configure,
  CUSTOMER,
  type Door,
  OPERATION,
  SCOPE,
} from "./google_ads_access.ts";
import { createBudgets, type GoogleAdsBudgets } from "./google_ads_budgets.ts";
import { notFound, refusal } from "./google_ads_errors.ts";
import {
  fulfils,
  hasDelivery,
  nestRow,
  parseQuery,
  printJson,
  printMask,
  type Query,
  QueryFault,
  type Row,
  sumRows,
} from "./google_ads_query.ts";
import { expectRows, tellRows } from "./google_ads_rows.ts";
import { createGoogleSignIn } from "./google_sign_in.ts";
import {
  createMishapDesk,
  heldByCampaigns,
  type MishapDesk,
  type WriteMishaps,
} from "./write_mishaps.ts";

/** What can be chosen of it. */
export interface GoogleAdsPlan {
  readonly clock: Clock;
  /** Rows of a page; 10,000 at the real one. */
  readonly pageRows?: number;
  /** Seconds to wait, as it says when it plays `throttled_body`. */
  readonly retrySeconds?: number;
  /** Campaigns of the account; 3 if absent. */
  readonly campaigns?: number;
  /** ISO 4217; EUR if absent. */
  readonly currency?: string;
}

/** The simulated vendor. */
export interface GoogleAdsVendor extends Vendor {
  readonly truth: AdTruth;
  readonly budgets: GoogleAdsBudgets;
  readonly mishaps: WriteMishaps;
}

const SEARCH_FIELDS = ["query", "pageToken", "pageSize", "searchSettings"];

/** What a call is answered from. */
interface Desk extends Door {
  readonly pageRows: number;
  readonly truth: AdTruth;
  readonly budgets: GoogleAdsBudgets;
  readonly mishaps: MishapDesk;
  /** Rows as they were when the first page was asked for, by the token's first part. */
  readonly answers: Map<string, { readonly query: string; rows: Row[] }>;
  shuffle<T>(items: readonly T[]): T[];
}

/** Makes the vendor. */
export function createGoogleAdsVendor(
  plan: GoogleAdsPlan,
): GoogleAdsVendor {
  const { clock, pageRows = 7, retrySeconds = 30 } = plan;
  const truth = makeTruth(plan);
  const mishaps = createMishapDesk(heldByCampaigns(truth));
  const signIn = createGoogleSignIn(clock, SCOPE);
  const gate = createGate(clock, [
    { scope: "developer", calls: 15_000, perSeconds: 86_400, path: OPERATION },
  ]);
  const desk: Desk = {
    pageRows,
    truth,
    budgets: createBudgets(truth, CUSTOMER, mishaps),
    mishaps,
    gate,
    signIn,
    retrySeconds,
    answers: new Map(),
    shuffle: createShuffle(),
  };
  return {
    config: configure(signIn),
    faults: [
      "throttled_body",
      "token_expired",
      "duplicated_page",
      "reordered",
      "restated",
      "vanished",
    ],
    truth,
    budgets: desk.budgets,
    mishaps: mishaps.played,
    answer: (request) => answer(request, desk),
    play(fault: Fault | null) {
      const today = truth.today();
      if (fault === "restated") truth.restate(addDays(today, -3), 3n);
      if (fault === "vanished") truth.vanish(addDays(today, -4));
      gate.play(fault);
    },
    expectedRows: (range) => expectRows(truth, CUSTOMER, range),
    expectedEvents: () => [],
    account: truth,
    ledger: () => gate.ledger(),
  };
}

function makeTruth(
  { clock, campaigns = 3, currency = "EUR" }: GoogleAdsPlan,
): AdTruth {
  return createAdTruth({
    seed: 25,
    clock,
    zone: "Europe/Berlin",
    currency,
    firstDay: "2026-03-01",
    campaigns,
    adsPerCampaign: 2,
    lagDays: 5,
    settlesDays: 30,
    wholeConversions: false,
  });
}

async function answer(request: Request, desk: Desk): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method !== "POST") return notFound();
  if (pathname === "/token") return await desk.signIn.grant(request);
  const body = await request.json() as Record<string, unknown>;
  const refused = admit(request, body.pageToken, desk);
  if (refused) return refused;
  if (pathname.endsWith("/googleAds:search")) return search(body, desk);
  if (pathname.endsWith("/campaignBudgets:mutate")) {
    return desk.mishaps.carry(() => desk.budgets.mutate(body));
  }
  return notFound();
}

function search(body: Record<string, unknown>, desk: Desk): Response {
  const unknown = Object.keys(body).find((key) => !SEARCH_FIELDS.includes(key));
  if (unknown !== undefined) {
    return refusal("INVALID_ARGUMENT", [], {
      message:
        `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`,
    });
  }
  if (body.pageSize !== undefined) {
    return refusal("INVALID_ARGUMENT", [{
      kind: "requestError",
      code: "PAGE_SIZE_NOT_SUPPORTED",
      message: "Setting the page size is not supported.",
    }]);
  }
  try {
    const text = String(body.query);
    const query = parseQuery(text);
    demandKept(query, desk.truth);
    const { omitResults, returnSummaryRow } = (body.searchSettings ?? {}) as {
      omitResults?: boolean;
      returnSummaryRow?: boolean;
    };
    return omitResults && returnSummaryRow
      ? summarize(query, desk)
      : turnPage({ text, query, token: body.pageToken }, desk);
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return refusal("INVALID_ARGUMENT", [error]);
  }
}

/** Daily totals are kept for 37 months. */
function demandKept({ range }: Query, { zone, today }: AdTruth): void {
  if (range === null) return;
  const back = new Date(`${today()}T12:00:00.000Z`);
  back.setUTCMonth(back.getUTCMonth() - 37);
  const oldest = localTime(back.toISOString(), zone).day;
  if (range.from < oldest) {
    throw new QueryFault(
      "dateRangeError",
      "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
      "Daily metrics are only available for the last 37 months.",
    );
  }
}

function select(query: Query, { truth, budgets }: Desk): Row[] {
  return tellRows(query, { truth, budgets, customer: CUSTOMER })
    .filter((row) => fulfils(row, query) && hasDelivery(row, query));
}

function summarize(query: Query, desk: Desk): Response {
  const metrics = query.fields.filter((field) => field.startsWith("metrics."));
  if (metrics.length === 0) {
    throw new QueryFault(
      "requestError",
      "CANNOT_RETURN_SUMMARY_ROW_FOR_REQUEST_WITHOUT_METRICS",
      "return_summary_row cannot be enabled without metrics.",
    );
  }
  const summaryRow = {
    metrics: {},
    ...nestRow(sumRows(select(query, desk)), metrics),
  };
  const fieldMask = printMask(query.fields);
  return jsonAnswer(printJson({ fieldMask, summaryRow }));
}

function turnPage(
  { text, query, token }: {
    readonly text: string;
    readonly query: Query;
    readonly token: unknown;
  },
  desk: Desk,
): Response {
  const { pageRows, gate, answers } = desk;
  const [id = "", offset = "0"] = typeof token === "string"
    ? token.split(".")
    : [crypto.randomUUID()];
  if (token === undefined) {
    const rows = select(query, desk);
    const ordered = gate.plays("reordered") ? desk.shuffle(rows) : rows;
    answers.set(id, { query: text, rows: ordered });
  }
  const known = answers.get(id);
  if (known?.query !== text) {
    throw new QueryFault(
      "requestError",
      "INVALID_PAGE_TOKEN",
      "Next page token specified in user request is invalid.",
    );
  }
  const from = Number(offset);
  const until = from + pageRows;
  const results = known.rows.slice(from, until).map((row) =>
    nestRow(row, query.fields)
  );
  const counted = query.range !== null && results.length > 0;
  const again = counted && gate.plays("duplicated_page");
  const more = again ? from : until < known.rows.length ? until : null;
  return jsonAnswer(printJson({
    ...(results.length > 0 && { results }),
    ...(more !== null && { nextPageToken: `${id}.${more}` }),
    fieldMask: printMask(query.fields),
    queryResourceConsumption: "264",
  }));
}
