/**
 * A simulated Meta Graph API: one ad account, its Insights, and budgets of its
 * campaigns.
 *
 * The real one tells no wait in its bodies and renews no token of a system user, so
 * neither is played; a passing fault with status 200 is played though only 400 and
 * 500 are documented. It never cuts an answer in silence: `truncated` makes
 * questions with more than a few rows too large.
 *
 * @see https://developers.facebook.com/docs/marketing-apis/rate-limiting, read on 2026-11-26
 * @module
 */
import { addDays, type Day } from "../../core/domain/day.ts";
import type { EntityIds } from "../../core/domain/entity.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type {
  ExpectedRow,
  Fault,
  Vendor,
} from "../../plugins/conformance/vendor.ts";
import { metricsOf } from "./ad_totals.ts";
import { type AdDay, type AdTruth, createAdTruth, daysOf } from "./ad_truth.ts";
import { createGate, createShuffle, type Gate, jsonAnswer } from "./gate.ts";
import { admit, USAGE } from "./meta_ads_access.ts";
import { createBudgets } from "./meta_ads_budgets.ts";
import { GraphFault, printError } from "./meta_ads_errors.ts";
import { answerInsights, type InsightsSource } from "./meta_ads_insights.ts";
import { pageOf } from "./meta_ads_pages.ts";
import {
  createMishapDesk,
  heldByCampaigns,
  type WriteMishaps,
} from "./write_mishaps.ts";
import { gatherRows, type Level } from "./meta_ads_rows.ts";

/** What the simulated account is like. */
export interface MetaAdsPlan {
  readonly clock: Clock;
  /** ISO 4217; EUR if absent. */
  readonly currency?: string;
  /** Whether its ad sets credit conversions by different windows. */
  readonly mixed?: boolean;
  /** Campaigns of the account; 4 if absent. The last two have no daily budget. */
  readonly campaigns?: number;
  /** The first campaign's id; as at the other vendors if absent. */
  readonly firstId?: bigint;
}

/** The simulated API, and what really happened. */
export interface MetaAdsVendor extends Vendor {
  readonly truth: AdTruth;
  readonly mishaps: WriteMishaps;
}

const CONFIG = {
  accountId: "1234567890123456",
  appId: "987654321",
  accessToken: "EAAB-system-user-token",
  appSecret: "0123456789abcdef0123456789abcdef",
};
const FAULTS: readonly Fault[] = [
  "throttled_header",
  "error_in_ok",
  "duplicated_page",
  "reordered",
  "truncated",
  "restated",
  "vanished",
];
const MOST_ROWS_WHEN_TRUNCATED = 8;

/** Makes the simulated API. */
export function createMetaAdsVendor(
  { clock, currency = "EUR", mixed = false, campaigns = 4, ...ids }:
    MetaAdsPlan,
): MetaAdsVendor {
  const gate = createGate(clock, [
    { scope: "account", calls: 9000, perSeconds: 300 },
  ]);
  const truth = createAdTruth({
    seed: 26,
    clock,
    zone: "Europe/Berlin",
    currency,
    firstDay: "2026-01-01",
    campaigns,
    adsPerCampaign: 3,
    lagDays: 2,
    settlesDays: 7,
    wholeConversions: true,
    ...ids,
  });
  const insights = openInsights(truth, gate, mixed);
  const mishaps = createMishapDesk(heldByCampaigns(truth));
  const budgets = createBudgets({
    truth,
    mishaps,
    clock,
    accountId: CONFIG.accountId,
  });
  async function route(request: Request): Promise<unknown> {
    const url = admit(request, { gate, config: CONFIG });
    const path = url.pathname.split("/").slice(2).join("/");
    const account = `act_${CONFIG.accountId}`;
    if (path === account) return describeAccount(truth);
    if (path === `${account}/adsets`) return listAdSets(truth, { url, mixed });
    if (path === `${account}/insights`) return answerInsights(insights, url);
    return await budgets.answer(path, request);
  }
  return {
    config: CONFIG,
    faults: FAULTS,
    truth,
    mishaps: mishaps.played,
    async answer(request) {
      try {
        return jsonAnswer(await route(request), { headers: USAGE });
      } catch (error) {
        if (!(error instanceof GraphFault)) throw error;
        const { status = 400, headers = {} } = error.told;
        return jsonAnswer(printError(error), {
          status,
          headers: { ...USAGE, ...headers },
        });
      }
    },
    play(fault) {
      gate.play(fault);
      if (fault === "restated") truth.restate(addDays(truth.today(), -4), 3n);
      if (fault === "vanished") truth.vanish(addDays(truth.today(), -3));
    },
    expectedRows: (range) =>
      daysOf(range).flatMap((day) => expectedOn(truth.on(day))),
    expectedEvents: () => [],
    account: truth,
    ledger: () => gate.ledger(),
  };
}

/** An ad and a campaign are out of sight for those who do not ask for their status. */
function openInsights(
  truth: AdTruth,
  gate: Gate,
  mixed: boolean,
): InsightsSource {
  const shuffle = createShuffle();
  const [first] = truth.on("2026-01-01");
  const last = truth.campaigns.at(-1);
  return {
    truth,
    accountId: CONFIG.accountId,
    mixed,
    statuses: new Map([
      [first?.ad.id ?? "", "DELETED"],
      [last?.id ?? "", "ARCHIVED"],
    ]),
    mostRows: () =>
      gate.plays("truncated") ? MOST_ROWS_WHEN_TRUNCATED : Infinity,
    repeats: () => gate.plays("duplicated_page"),
    arrange: (rows) => gate.plays("reordered") ? shuffle(rows) : rows,
  };
}

function describeAccount({ currency, zone }: AdTruth): unknown {
  return {
    account_id: CONFIG.accountId,
    currency,
    timezone_name: zone,
    id: `act_${CONFIG.accountId}`,
  };
}

/** Two ad sets for each campaign; the last of all has the shorter window where they differ. */
function listAdSets(
  { campaigns }: AdTruth,
  { url, mixed }: { readonly url: URL; readonly mixed: boolean },
): unknown {
  const ids = campaigns.flatMap(({ id }) => [`${id}1`, `${id}2`]);
  const { page, paging } = pageOf(ids, url);
  return {
    data: page.map((id) => ({
      attribution_spec: [
        {
          event_type: "CLICK_THROUGH",
          window_days: mixed && id === ids.at(-1) ? 1 : 7,
        },
        { event_type: "VIEW_THROUGH", window_days: 1 },
      ],
      id,
    })),
    paging,
  };
}

const EXPECTED: readonly {
  readonly report: string;
  readonly level: Level;
  readonly byPlatform: boolean;
}[] = [
  { report: "campaign_daily", level: "campaign", byPlatform: false },
  { report: "campaign_daily_by_platform", level: "campaign", byPlatform: true },
  { report: "ad_daily", level: "ad", byPlatform: false },
];

function expectedOn(days: readonly AdDay[]): ExpectedRow[] {
  const periodOf = (day: Day) => ({ since: day, until: day });
  return EXPECTED.flatMap(({ report, level, byPlatform }) =>
    gatherRows(days, { level, byPlatform, periodOf })
      .map(({ of, platform }) => ({
        report,
        day: of.day,
        entities: entitiesOf(of, level),
        breakdowns: platform === null ? {} : { publisher_platform: platform },
        metrics: metricsOf(of),
      }))
  );
}

function entitiesOf(of: AdDay, level: Level): EntityIds {
  return {
    account: CONFIG.accountId,
    channel: "social",
    campaign: of.campaign.id,
    ...(level === "ad" && { ad_group: of.adGroup.id, ad: of.ad.id }),
  };
}
