/**
 * TikTok's Business API v1.3, simulated: an ad account that counts days in
 * Europe/Berlin, its basic reports, settings and budgets.
 *
 * Every answer is HTTP 200 with a `code`. Metrics come as text or numbers in turn, ids
 * as text or as JSON numbers above 2^53. Pages are smaller than the 1,000 that may be
 * asked for, so that there are several.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1740302848100353, read in 2026-08
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import { addDays } from "../../core/domain/day.ts";
import type { Vendor } from "../../plugins/conformance/vendor.ts";
import { type AdTruth, createAdTruth } from "./ad_truth.ts";
import { createGate, createShuffle, type Gate, jsonAnswer } from "./gate.ts";
import {
  paged,
  parseList,
  type Query,
  TiktokError,
  type TiktokState,
} from "./tiktok_ads_wire.ts";
import { answerReport, expectTiktokRows } from "./tiktok_ads_report.ts";

const CONFIG = {
  advertiserId: "7000000000000000001",
  accessToken: "tiktok-access-token",
  appId: "7111111111111111111",
};
/** Basic level of access. */
const LIMITS = [
  { scope: "developer" as const, calls: 10, perSeconds: 1 },
  { scope: "developer" as const, calls: 600, perSeconds: 60 },
];
const LEAST_DAILY_BUDGET = 50;
const THROTTLE_SECONDS = 1;

/**
 * Makes the vendor.
 *
 * @param options Its time, and how many entries a page holds at most.
 * @returns The vendor.
 */
export function createTiktokAdsVendor(
  { clock, pageSize = 40 }: {
    readonly clock: Clock;
    readonly pageSize?: number;
  },
): Vendor {
  const truth = createAdTruth({
    seed: 11,
    clock,
    zone: "Europe/Berlin",
    currency: "EUR",
    firstDay: "2026-01-01",
    campaigns: 3,
    adsPerCampaign: 4,
    lagDays: 3,
    settlesDays: 28,
    wholeConversions: true,
  });
  const gate = createGate(clock, LIMITS);
  const state = { truth, gate, pageSize, shuffle: createShuffle() };
  return {
    config: CONFIG,
    faults: [
      "throttled_body",
      "error_in_ok",
      "duplicated_page",
      "reordered",
      "restated",
      "vanished",
    ],
    answer: async (request) => {
      try {
        return ok(await route(request, state));
      } catch (error) {
        if (!(error instanceof TiktokError)) throw error;
        return jsonAnswer({
          code: error.code,
          message: error.message,
          request_id: "20261126010203000000000000000000AA",
          data: {},
        });
      }
    },
    play(fault) {
      gate.play(fault);
      if (fault === "restated") truth.restate(addDays(truth.today(), -5), 3n);
      if (fault === "vanished") truth.vanish(addDays(truth.today(), -4));
    },
    expectedRows: (range) =>
      expectTiktokRows(truth, range, CONFIG.advertiserId),
    expectedEvents: () => [],
    account: truth,
    ledger: gate.ledger,
  };
}

function ok(data: unknown): Response {
  return jsonAnswer({
    code: 0,
    message: "OK",
    request_id: "20261126010203000000000000000000BB",
    data,
  });
}

async function route(request: Request, state: TiktokState): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.replace("/open_api/v1.3", "");
  const query = Object.fromEntries(searchParams);
  admit(request, path, state.gate);
  if (path === "/campaign/update/") {
    return updateCampaign(await request.json(), state);
  }
  if (request.method !== "GET") {
    throw new TiktokError(40000, "This method isn't supported");
  }
  if (path === "/advertiser/info/") return answerAdvertisers(query, state);
  const id = query["advertiser_id"];
  if (id === undefined) {
    throw new TiktokError(
      40002,
      "advertiser_id: Missing data for required field.",
    );
  }
  demandAccount(id);
  if (path === "/report/integrated/get/") return answerReport(query, state);
  if (path === "/adgroup/get/") return paged(adGroups(state), query, state);
  if (path === "/campaign/get/") return answerCampaigns(query, state);
  throw new TiktokError(40000, "Path not found");
}

function admit(request: Request, path: string, gate: Gate): void {
  const early = gate.enter(path);
  const token = request.headers.get("access-token");
  if (token === null) throw new TiktokError(40104, "Access token is empty");
  if (token !== CONFIG.accessToken) {
    throw new TiktokError(
      40105,
      "Access token is incorrect or has been revoked.",
    );
  }
  if (early || gate.plays("throttled_body")) {
    if (!early) gate.close(THROTTLE_SECONDS);
    throw new TiktokError(40100, "Requests made too frequently");
  }
  if (gate.plays("error_in_ok")) throw new TiktokError(50000, "System error");
}

function demandAccount(id: string): void {
  if (id === CONFIG.advertiserId) return;
  throw new TiktokError(40001, `No permission to operate advertiser(s): ${id}`);
}

function answerAdvertisers(query: Query, { truth }: TiktokState): unknown {
  for (const id of parseList(query["advertiser_ids"], "advertiser_ids")) {
    demandAccount(id);
  }
  return {
    list: [{
      advertiser_id: CONFIG.advertiserId,
      name: "Example GmbH",
      currency: truth.currency,
      timezone: "Etc/GMT-1",
      display_timezone: truth.zone,
      status: "STATUS_ENABLE",
    }],
  };
}

function adGroups({ truth }: TiktokState): readonly unknown[] {
  const groups = new Map(
    truth.on(truth.today()).map((row) => [row.adGroup.id, row]),
  );
  return [...groups.values()].map(({ adGroup, campaign }, at) => ({
    adgroup_id: adGroup.id,
    campaign_id: campaign.id,
    click_attribution_window: at === 1 ? "TWENTY_EIGHT_DAYS" : "SEVEN_DAYS",
    view_attribution_window: at === 2 ? "OFF" : "ONE_DAY",
  }));
}

/** The last campaign has a budget for its whole life. */
function answerCampaigns(query: Query, state: TiktokState): unknown {
  const { truth } = state;
  const { campaign_ids: ids } = JSON.parse(query["filtering"] ?? "{}");
  if (ids && ids.length > 100) {
    throw new TiktokError(40002, "filtering.campaign_ids: at most 100");
  }
  const campaigns = truth.campaigns.map(({ id, name }) => ({
    campaign_id: id,
    campaign_name: name,
    budget: Number(truth.budget(id)) / 1e6,
    budget_mode: modeOf(id, truth),
    budget_optimize_on: true,
  }));
  const asked = ids
    ? campaigns.filter(({ campaign_id }) => ids.includes(campaign_id))
    : campaigns;
  return paged(asked, query, state);
}

function modeOf(id: string, { campaigns }: AdTruth): string {
  return id === campaigns.at(-1)?.id ? "BUDGET_MODE_TOTAL" : "BUDGET_MODE_DAY";
}

function updateCampaign(
  body: Readonly<Record<string, unknown>>,
  { truth }: TiktokState,
): unknown {
  demandAccount(String(body["advertiser_id"]));
  const { campaign_id: id, budget, budget_mode: mode } = body;
  if (typeof id !== "string" || truth.budget(id) === null) {
    throw new TiktokError(40002, "campaign_id: Campaign doesn't exist.");
  }
  if (mode !== undefined && mode !== modeOf(id, truth)) {
    throw new TiktokError(40002, "budget_mode: Budget mode cannot be changed.");
  }
  if (typeof budget !== "number" || !/^\d+(\.\d{1,2})?$/.test(`${budget}`)) {
    throw new TiktokError(40002, "budget: Not a valid number.");
  }
  if (budget < LEAST_DAILY_BUDGET) {
    throw new TiktokError(
      40002,
      `budget: Must be at least ${LEAST_DAILY_BUDGET}.`,
    );
  }
  truth.setBudget(id, BigInt(Math.round(budget * 100)) * 10_000n);
  return { campaign_id: id, budget, budget_mode: modeOf(id, truth) };
}
