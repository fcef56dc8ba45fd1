/**
 * Daily budgets of campaigns, read and written.
 *
 * In Google Ads a budget is a resource of its own that campaigns refer to. One
 * that is shared would move every campaign on it, so it is neither read nor
 * written here; nor is a total for the whole life of a campaign. Budgets are
 * averages: a month may cost 30.4 times as much, a day twice.
 *
 * Amounts must be whole multiples of the currency's smallest unit (10,000 micros
 * of EUR), which `unit` asks for; others are refused as
 * `NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT`. Each request is carried out whole or not
 * at all, so a single amount that is refused keeps the others back.
 *
 * @see https://developers.google.com/google-ads/api/docs/campaigns/budgets/overview, read on 2026-11-26
 * @see https://developers.google.com/google-ads/api/docs/best-practices/quotas (10,000
 * operations a request), read on 2026-11-26
 * @see https://developers.google.com/google-ads/api/fields/v25/currency_constant, read on 2026-11-26
 * @module
 */
import {
  demandExpected,
  type Destination,
  EngineError,
  type EntityKey,
  type Setting,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { type Caller, mutate, search } from "./search.ts";

const FIELD = "budget_micros_per_day";
const MOST_OPERATIONS = 10_000;
/** Campaigns that one question names; the answer has a page for each 10,000. */
const MOST_IDS = 1000;

const CURRENCY = "SELECT customer.currency_code FROM customer";

const CurrencyRow = z.object({
  customer: z.object({ currencyCode: z.string().regex(/^[A-Z]{3}$/) }),
});

const Id = z.union([z.string(), z.int()]).transform(String);

const BudgetRow = z.object({
  campaign: z.object({ id: Id }),
  campaignBudget: z.object({
    resourceName: z.string(),
    amountMicros: Id.optional(),
    explicitlyShared: z.boolean().default(false),
    referenceCount: Id.default("0").transform(Number),
    period: z.string().default("DAILY"),
  }),
});

const UnitRow = z.object({
  currencyConstant: z.object({
    billableUnitMicros: Id.transform(BigInt).pipe(z.bigint().positive()),
  }),
});

/** A budget of one campaign alone. */
interface Budget {
  readonly resourceName: string;
  readonly amountMicros: string;
}

/** The write side: `budget_micros_per_day` of `campaign:<id>`. */
export const budgets: Destination<Config> = {
  remembersChanges: false,
  // A change counts as one operation of the day's 15,000.
  rate: { batch: 1000, pauseMs: 0 },

  async unit(scope) {
    const { customer } = CurrencyRow.parse(await searchOne(scope, CURRENCY));
    const query = "SELECT currency_constant.billable_unit_micros " +
      "FROM currency_constant WHERE currency_constant.code = " +
      `'${customer.currencyCode}'`;
    const { currencyConstant } = UnitRow.parse(await searchOne(scope, query));
    return currencyConstant.billableUnitMicros;
  },

  async read(scope, targets) {
    const known = await readBudgets(scope, targets);
    return targets.map(({ target, field }) => {
      const { amountMicros } = demand(known, target);
      return { target, field, value: amountMicros };
    });
  },

  async write(scope, change) {
    const { settings } = change;
    const wanted = settings.map(({ target, value }) => {
      if (value !== null && /^[1-9]\d{0,17}$/.test(value)) return value;
      throw invalid(
        `write ${FIELD} of "${target}"`,
        value === null
          ? "Google Ads cannot unset a budget; pause the campaign instead"
          : "it must be a positive whole number of micros",
      );
    });
    const known = await readBudgets(scope, settings);
    demandExpected(change, ({ target }) => demand(known, target).amountMicros);
    const operations = settings.flatMap(({ target }, at) => {
      const { resourceName, amountMicros } = demand(known, target);
      const update = { resourceName, amountMicros: wanted[at] };
      return amountMicros === wanted[at]
        ? []
        : [{ updateMask: "amountMicros", update }];
    });
    for (const request of chunks(operations, MOST_OPERATIONS)) {
      await mutate(scope, "campaignBudgets", request);
    }
  },
};

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, at) => items.slice(at * size, (at + 1) * size),
  );
}

async function searchOne(caller: Caller, query: string): Promise<unknown> {
  for await (const { results: [row] } of search(caller, query)) return row;
}

async function readBudgets(
  caller: Caller,
  targets: readonly Omit<Setting, "value">[],
): Promise<Map<EntityKey, Budget>> {
  const known = new Map<EntityKey, Budget>();
  for (const ids of chunks(targets.map(demandCampaign), MOST_IDS)) {
    for await (const [target, budget] of searchBudgets(caller, ids)) {
      known.set(target, budget);
    }
  }
  return known;
}

async function* searchBudgets(
  caller: Caller,
  ids: readonly string[],
): AsyncGenerator<readonly [EntityKey, Budget]> {
  const query = "SELECT campaign.id, campaign_budget.resource_name, " +
    "campaign_budget.amount_micros, campaign_budget.explicitly_shared, " +
    "campaign_budget.reference_count, campaign_budget.period " +
    `FROM campaign WHERE campaign.id IN (${ids.join(", ")})`;
  for await (const { results } of search(caller, query)) {
    for (const result of results) {
      const { campaign, campaignBudget } = BudgetRow.parse(result);
      const target: EntityKey = `campaign:${campaign.id}`;
      yield [target, demandOwn(target, campaignBudget)];
    }
  }
}

function demandCampaign({ target, field }: Omit<Setting, "value">): string {
  if (field !== FIELD) {
    throw invalid(`use "${field}" of "${target}"`, `only ${FIELD} is known`);
  }
  const [, id] = /^campaign:(\d{1,19})$/.exec(target) ?? [];
  if (id !== undefined) return id;
  throw invalid(`use ${FIELD} of "${target}"`, "only campaigns have budgets");
}

function demandOwn(
  target: EntityKey,
  budget: z.infer<typeof BudgetRow>["campaignBudget"],
): Budget {
  const { resourceName, amountMicros, explicitlyShared, period } = budget;
  if (explicitlyShared || budget.referenceCount > 1) {
    throw invalid(
      `use ${FIELD} of "${target}"`,
      `its budget is shared (${budget.referenceCount} in use), and a change would move every campaign on it; give it a budget of its own`,
    );
  }
  if (period !== "DAILY" || amountMicros === undefined) {
    throw invalid(
      `use ${FIELD} of "${target}"`,
      "its budget is not for a day but for the campaign's whole life",
    );
  }
  return { resourceName, amountMicros };
}

function demand(
  known: ReadonlyMap<EntityKey, Budget>,
  target: EntityKey,
): Budget {
  const budget = known.get(target);
  if (budget) return budget;
  throw invalid(
    `use ${FIELD} of "${target}"`,
    "the account has no such campaign",
  );
}

function invalid(what: string, reason: string): EngineError {
  return new EngineError("request_invalid", `Cannot ${what}: ${reason}`);
}
