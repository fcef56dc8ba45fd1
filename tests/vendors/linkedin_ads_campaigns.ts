/**
 * Campaigns of the simulated LinkedIn and their budgets. The last one has a budget for
 * its whole life and none by the day.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads/account-structure/create-and-manage-campaigns, read in 2026-08
 * @module
 */
import {
  decimalFromMicros,
  microsFromDecimal,
} from "../../core/domain/money.ts";
import type { AdDay, AdTruth } from "./ad_truth.ts";
import { jsonAnswer } from "./gate.ts";
import {
  CONFIG,
  LinkedinError,
  type LinkedinState,
  rawJson,
} from "./linkedin_ads_wire.ts";

const LEAST_DAILY_BUDGET = 10_000_000n;
/** Smaller than may be asked for, so that there are several. */
const PAGE_SIZE = 2;

/** One page; a token leads to the next. */
export function listCampaigns(
  query: ReadonlyMap<string, string>,
  { truth }: LinkedinState,
): Response {
  const asked = Number(query.get("pageSize") ?? "100");
  if (query.get("q") !== "search" || !(asked >= 1 && asked <= 1000)) {
    throw new LinkedinError(400, "PARAM_INVALID", "Invalid query parameters");
  }
  const token = decodeURIComponent(query.get("pageToken") ?? "");
  const start = token === "" ? 0 : Number(atob(token));
  const all = campaignsOf(truth);
  const next = start + Math.min(asked, PAGE_SIZE);
  return jsonAnswer({
    elements: all.slice(start, next).map((row) => describe(row, truth)),
    metadata: next < all.length ? { nextPageToken: btoa(`${next}`) } : {},
  });
}

/** Reads or changes one campaign. */
export async function answerCampaign(
  request: Request,
  id: string,
  { truth }: LinkedinState,
): Promise<Response> {
  const row = campaignsOf(truth).find(({ adGroup }) => adGroup.id === id);
  if (!row) {
    throw new LinkedinError(404, "NOT_FOUND", "Campaign could not be found");
  }
  if (request.method === "GET") return jsonAnswer(describe(row, truth));
  const method = request.headers.get("x-restli-method");
  if (request.method !== "POST" || method !== "PARTIAL_UPDATE") {
    throw new LinkedinError(400, "ILLEGAL_ARGUMENT", "Unknown method");
  }
  const { patch } = await request.json();
  const { amount, currencyCode } = patch?.$set?.dailyBudget ?? {};
  if (typeof amount !== "string" || !/^\d+(\.\d{1,2})?$/.test(amount)) {
    throw new LinkedinError(
      400,
      "INVALID_VALUE_FOR_FIELD",
      "/dailyBudget/amount",
    );
  }
  if (currencyCode !== truth.currency) {
    throw new LinkedinError(
      400,
      "INVALID_CURRENCY",
      "/dailyBudget/currencyCode",
    );
  }
  const micros = microsFromDecimal(amount);
  if (micros < LEAST_DAILY_BUDGET) {
    throw new LinkedinError(
      400,
      "BUDGET_TOO_LOW",
      "dailyBudget is below 10.00",
    );
  }
  truth.setBudget(row.campaign.id, micros);
  return new Response(null, { status: 204 });
}

function campaignsOf(truth: AdTruth): AdDay[] {
  const rows = truth.on(truth.today());
  return [...new Map(rows.map((row) => [row.adGroup.id, row])).values()];
}

function describe({ adGroup, campaign }: AdDay, truth: AdTruth): unknown {
  const budget = {
    amount: decimalFromMicros(truth.budget(campaign.id) ?? 0n, 2),
    currencyCode: truth.currency,
  };
  const isLast = campaign.id === truth.campaigns.at(-1)?.id;
  return {
    id: rawJson(adGroup.id),
    name: adGroup.name,
    status: "ACTIVE",
    account: `urn:li:sponsoredAccount:${CONFIG.accountId}`,
    campaignGroup: `urn:li:sponsoredCampaignGroup:${campaign.id}`,
    ...(isLast ? { totalBudget: budget } : { dailyBudget: budget }),
  };
}
