/**
 * LinkedIn's Marketing API, simulated: an ad account with its campaign groups,
 * campaigns (one in each group) and creatives, analytics by UTC day, conversion rules,
 * budgets, and access tokens that live for 60 days.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/versioning, read in 2026-08
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import { addDays } from "../../core/domain/day.ts";
import type { Vendor } from "../../plugins/conformance/vendor.ts";
import { createAdTruth } from "./ad_truth.ts";
import { createGate, createShuffle, jsonAnswer } from "./gate.ts";
import { answerCampaign, listCampaigns } from "./linkedin_ads_campaigns.ts";
import { answerAnalytics, expectLinkedinRows } from "./linkedin_ads_report.ts";
import { issueToken, refuseToken } from "./linkedin_ads_tokens.ts";
import {
  CONFIG,
  LinkedinError,
  type LinkedinState,
  rawJson,
  splitQuery,
} from "./linkedin_ads_wire.ts";

const DAY_SECONDS = 86_400;
const VERSION_MONTHS = 12;

/**
 * Makes the vendor.
 *
 * @param options Its time, the first day of delivery, and elements at which it cuts
 * when it plays `truncated`.
 * @returns The vendor.
 */
export function createLinkedinAdsVendor(
  { clock, firstDay = "2026-01-01", truncatedAt = 10 }: {
    readonly clock: Clock;
    readonly firstDay?: string;
    readonly truncatedAt?: number;
  },
): Vendor {
  const truth = createAdTruth({
    seed: 13,
    clock,
    zone: "UTC",
    currency: "EUR",
    firstDay,
    campaigns: 3,
    adsPerCampaign: 4,
    lagDays: 4,
    settlesDays: 30,
    wholeConversions: true,
  });
  const gate = createGate(clock, []);
  const state: LinkedinState = {
    truth,
    gate,
    clock,
    truncatedAt,
    shuffle: createShuffle(),
    tokens: new Map(),
  };
  return {
    config: CONFIG,
    faults: [
      "throttled_body",
      "token_expired",
      "duplicated_page",
      "reordered",
      "truncated",
      "restated",
      "vanished",
    ],
    async answer(request) {
      const response = await answer(request, state);
      response.headers.set("date", new Date(clock.now()).toUTCString());
      return response;
    },
    play(fault) {
      gate.play(fault);
      if (fault === "restated") truth.restate(addDays(truth.today(), -5), 3n);
      if (fault === "vanished") truth.vanish(addDays(truth.today(), -4));
    },
    expectedRows: (range) => expectLinkedinRows(truth, range, CONFIG.accountId),
    expectedEvents: () => [],
    account: truth,
    ledger: gate.ledger,
  };
}

async function answer(
  request: Request,
  state: LinkedinState,
): Promise<Response> {
  try {
    const { pathname } = new URL(request.url);
    if (pathname === "/oauth/v2/accessToken") {
      return issueToken(new URLSearchParams(await request.text()), state);
    }
    admit(request, pathname, state);
    return await route(request, pathname, state);
  } catch (error) {
    if (!(error instanceof LinkedinError)) throw error;
    const { status, code, serviceErrorCode, message } = error;
    return jsonAnswer({ status, code, serviceErrorCode, message }, { status });
  }
}

/** Throttle, access, protocol and version, in this order. */
function admit(request: Request, path: string, state: LinkedinState): void {
  const { gate, clock } = state;
  const early = gate.enter(path);
  if (early || gate.plays("throttled_body")) {
    const now = Math.floor(Date.parse(clock.now()) / 1000);
    if (!early) gate.close(DAY_SECONDS - now % DAY_SECONDS);
    throw new LinkedinError(
      429,
      "TOO_MANY_REQUESTS",
      "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
    );
  }
  refuseToken(request, state);
  if (request.headers.get("x-restli-protocol-version") !== "2.0.0") {
    throw new LinkedinError(400, "PARAM_INVALID", "Invalid param format");
  }
  const version = request.headers.get("linkedin-version") ?? "";
  if (version === "") {
    throw new LinkedinError(
      400,
      "VERSION_MISSING",
      "A version must be present",
    );
  }
  const age = monthsOf(clock.now().slice(0, 7).replace("-", "")) -
    monthsOf(version);
  if (!/^\d{6}$/.test(version) || age < 0 || age > VERSION_MONTHS) {
    const message = `Requested version ${version} is not active`;
    throw new LinkedinError(426, "NONEXISTENT_VERSION", message);
  }
}

function monthsOf(version: string): number {
  return Number(version.slice(0, 4)) * 12 + Number(version.slice(4));
}

function route(
  request: Request,
  path: string,
  state: LinkedinState,
): Response | Promise<Response> {
  const account = `/rest/adAccounts/${CONFIG.accountId}`;
  const query = splitQuery(request.url);
  if (path === "/rest/adAnalytics") return answerAnalytics(query, state);
  if (path === "/rest/conversions") return listRules(query);
  if (path === account) return answerAccount(state);
  if (path === `${account}/adCampaigns`) return listCampaigns(query, state);
  if (path.startsWith(`${account}/adCampaigns/`)) {
    return answerCampaign(request, path.split("/").at(-1) ?? "", state);
  }
  throw path.startsWith("/rest/adAccounts/")
    ? new LinkedinError(403, "ACCESS_DENIED", "Not enough permissions")
    : new LinkedinError(404, "RESOURCE_NOT_FOUND", "No virtual resource found");
}

function answerAccount({ truth }: LinkedinState): Response {
  return jsonAnswer({
    id: rawJson(CONFIG.accountId),
    name: "Example GmbH",
    currency: truth.currency,
    status: "ACTIVE",
    type: "BUSINESS",
    test: false,
  });
}

/** Three rules, the widest switched off. */
function listRules(query: ReadonlyMap<string, string>): Response {
  const account = `urn%3Ali%3AsponsoredAccount%3A${CONFIG.accountId}`;
  if (query.get("q") !== "account" || query.get("account") !== account) {
    throw new LinkedinError(400, "PARAM_INVALID", "Invalid query parameters");
  }
  const start = Number(query.get("start") ?? "0");
  const count = Number(query.get("count") ?? "10");
  const elements = [
    { id: 1, enabled: true, click: 30, view: 7 },
    { id: 2, enabled: true, click: 7, view: 1 },
    { id: 3, enabled: false, click: 90, view: 90 },
  ].map(({ id, enabled, click, view }) => ({
    id,
    enabled,
    type: "PURCHASE",
    attributionType: "LAST_TOUCH_BY_CAMPAIGN",
    postClickAttributionWindowSize: click,
    viewThroughAttributionWindowSize: view,
  }));
  return jsonAnswer({
    elements: elements.slice(start, start + count),
    paging: { start, count, links: [], total: elements.length },
  });
}
