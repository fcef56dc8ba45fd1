/**
 * Campaign budgets of the simulated Google Ads: resources of their own, one for
 * each campaign until they are shared, changed all or none.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/ads/googleads/v25/errors/campaign_budget_error.proto, read on 2026-11-26
 * @module
 */
import type { AdTruth } from "./ad_truth.ts";
import { jsonAnswer } from "./gate.ts";
import { type GoogleAdsError, refusal } from "./google_ads_errors.ts";
import type { Value } from "./google_ads_query.ts";
import type { MishapDesk } from "./write_mishaps.ts";

/** The account's budgets. */
export interface GoogleAdsBudgets {
  /** Fields of the budget that a campaign is on. */
  tell(campaign: string): Record<string, Value>;
  /** Answers `campaignBudgets:mutate`. */
  mutate(body: Record<string, unknown>): Response;
  /** Puts campaigns onto the first one's budget. */
  share(...campaigns: readonly string[]): void;
  /** How many changes were made. */
  changes(): number;
}

/** One cent of EUR. */
const UNIT = 10_000n;
const LEAST = 1_000_000n;
const MOST_OPERATIONS = 10_000;
const MUTATE_FIELDS = ["operations", "partialFailure", "validateOnly"];

interface Change {
  readonly campaigns: readonly string[];
  readonly amount: bigint;
}

/** Makes the budgets. */
export function createBudgets(
  truth: AdTruth,
  customer: string,
  { isRefused }: Pick<MishapDesk, "isRefused">,
): GoogleAdsBudgets {
  const on = new Map(truth.campaigns.map(({ id }) => [id, id]));
  const shared = new Set<string>();
  let changes = 0;
  const nameBudget = (id: string) =>
    `customers/${customer}/campaignBudgets/${BigInt(id) + 5000n}`;
  const campaignsOn = (budget: string) =>
    [...on].filter(([, at]) => nameBudget(at) === budget).map(([id]) => id);

  return {
    tell(campaign) {
      const budget = on.get(campaign) ?? campaign;
      return {
        "campaign_budget.resource_name": nameBudget(budget),
        "campaign_budget.amount_micros": truth.budget(budget) ?? 0n,
        "campaign_budget.explicitly_shared": shared.has(budget),
        "campaign_budget.reference_count": BigInt(
          campaignsOn(nameBudget(budget)).length,
        ),
        "campaign_budget.period": "DAILY",
      };
    },
    mutate(body) {
      const operations = readOperations(body);
      if (operations === null) {
        return refusal("INVALID_ARGUMENT", [], {
          message: "Invalid JSON payload received.",
        });
      }
      if (operations.length > MOST_OPERATIONS) {
        return refusal("INVALID_ARGUMENT", [{
          kind: "requestError",
          code: "TOO_MANY_MUTATE_OPERATIONS",
          message: "Too many operations.",
        }]);
      }
      const read = operations.map((operation, at) =>
        readChange(operation, at, { campaignsOn, isRefused })
      );
      const errors = read.filter((one) => "code" in one);
      if (errors.length > 0) return refusal("INVALID_ARGUMENT", errors);
      for (const change of read) {
        if ("code" in change) continue;
        changes++;
        for (const id of change.campaigns) truth.setBudget(id, change.amount);
      }
      const results = operations.map(({ update }) => ({
        resourceName: update?.resourceName,
      }));
      return jsonAnswer({ results });
    },
    share(first = "", ...others) {
      shared.add(first);
      for (const id of others) on.set(id, first);
    },
    changes: () => changes,
  };
}

interface Operation {
  readonly updateMask?: string;
  readonly update?: {
    readonly resourceName?: string;
    readonly amountMicros?: string;
  };
}

function readOperations(
  body: Record<string, unknown>,
): readonly Operation[] | null {
  const known = Object.keys(body).every((key) => MUTATE_FIELDS.includes(key));
  const { operations } = body;
  return known && Array.isArray(operations) ? operations : null;
}

function readChange(
  { updateMask, update }: Operation,
  at: number,
  { campaignsOn, isRefused }: Pick<MishapDesk, "isRefused"> & {
    campaignsOn(budget: string): string[];
  },
): Change | GoogleAdsError {
  const refuse = (kind: string, code: string, more = {}): GoogleAdsError => ({
    kind,
    code,
    message: "A made-up message with the value that must not get out.",
    path: [
      { fieldName: "operations", index: at },
      { fieldName: "update" },
      { fieldName: "amount_micros" },
    ],
    ...more,
  });
  if (updateMask !== "amountMicros") {
    return refuse("fieldMaskError", "FIELD_MASK_MISSING");
  }
  const campaigns = campaignsOn(update?.resourceName ?? "");
  if (campaigns.length === 0) {
    return refuse("mutateError", "RESOURCE_NOT_FOUND");
  }
  if (campaigns.some((id) => isRefused(`campaign:${id}`))) {
    return refuse("contextError", "OPERATION_NOT_PERMITTED_FOR_CONTEXT");
  }
  const amount = BigInt(update?.amountMicros ?? "0");
  if (amount < 0n) {
    return refuse("campaignBudgetError", "NEGATIVE_MONEY_AMOUNT");
  }
  if (amount % UNIT !== 0n) {
    return refuse(
      "campaignBudgetError",
      "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT",
    );
  }
  if (amount < LEAST) {
    return refuse("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM", {
      details: {
        budgetPerDayMinimumErrorDetails: {
          currencyCode: "EUR",
          budgetPerDayMinimumMicros: String(LEAST),
          minimumBudgetAmountMicros: String(LEAST),
          failedBudgetAmountMicros: String(amount),
        },
      },
    });
  }
  return { campaigns, amount };
}
