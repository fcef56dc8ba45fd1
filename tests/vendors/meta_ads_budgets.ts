/**
 * Budgets of simulated Meta campaigns, in the currency's smallest units. The last
 * campaign has none, its ad sets have theirs; the one before it has a budget for
 * its lifetime. A budget changes four times an hour at most.
 *
 * @see https://developers.facebook.com/docs/marketing-api/reference/ad-campaign-group, read on 2026-11-26
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";
import type { AdTruth } from "./ad_truth.ts";
import { GraphFault, invalid } from "./meta_ads_errors.ts";
import type { MishapDesk } from "./write_mishaps.ts";

const WHOLE = new Set(["JPY", "KRW", "CLP", "HUF", "TWD", "VND"]);
const MICROS = 1_000_000n;
const LEAST_MINOR = 100n;
const CHANGES_AN_HOUR = 4;
const HOUR_MS = 3_600_000;

/** What the budgets belong to. */
export interface BudgetPlan {
  readonly truth: AdTruth;
  readonly clock: Clock;
  readonly accountId: string;
  readonly mishaps: MishapDesk;
}

/** Makes the budgets; `answer` takes the path of a campaign. */
export function createBudgets(
  { truth, clock, accountId, mishaps }: BudgetPlan,
) {
  const unit = WHOLE.has(truth.currency) ? MICROS : MICROS / 100n;
  const changes = new Map<string, number[]>();
  const [byLifetime, byAdSets] = truth.campaigns.slice(-2);

  function describe(id: string): unknown {
    const minor = String((truth.budget(id) ?? 0n) / unit);
    return {
      account_id: accountId,
      ...(id === byLifetime?.id && { lifetime_budget: minor }),
      ...(id !== byLifetime?.id && id !== byAdSets?.id &&
        { daily_budget: minor }),
      id,
    };
  }

  function change(id: string, minor: string): unknown {
    if (!/^\d+$/.test(minor)) {
      throw invalid("(#100) Param daily_budget must be an integer");
    }
    if (id === byAdSets?.id || id === byLifetime?.id) {
      throw refused(1885621, "Can only set one kind of budget");
    }
    if (BigInt(minor) < LEAST_MINOR) {
      throw refused(1885272, "Your budget is too low");
    }
    if (mishaps.isRefused(`campaign:${id}`)) {
      throw new GraphFault("(#200) Permissions error", { code: 200 });
    }
    const now = Date.parse(clock.now());
    const recent = (changes.get(id) ?? []).filter((at) => at > now - HOUR_MS);
    if (recent.length >= CHANGES_AN_HOUR) {
      throw new GraphFault(
        "(#613) Calls to this api have exceeded the rate limit.",
        { code: 613, subcode: 1487632 },
      );
    }
    changes.set(id, [...recent, now]);
    truth.setBudget(id, BigInt(minor) * unit);
    return { success: true };
  }

  async function answer(id: string, request: Request): Promise<unknown> {
    if (!truth.campaigns.some((campaign) => campaign.id === id)) {
      throw new GraphFault(
        "Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation",
        { code: 100, subcode: 33, type: "GraphMethodException" },
      );
    }
    if (request.method === "GET") return describe(id);
    const form = new URLSearchParams(await request.text());
    const minor = form.get("daily_budget") ?? "";
    return mishaps.carry(() => change(id, minor));
  }
  return { answer };
}

function refused(subcode: number, title: string): GraphFault {
  return new GraphFault("Invalid parameter", { code: 100, subcode, title });
}
