/**
 * The account's facts, and how long its conversions may come late: by the longest
 * lookback window of the enabled actions that count as `conversions`.
 *
 * @see https://developers.google.com/google-ads/api/fields/v25/conversion_action, read on 2026-11-26
 * @module
 */
import { EngineError, type SourceAccount } from "@moe/plugin";
import * as z from "zod";
import { type Caller, search } from "./search.ts";

/** The longest window that the vendor lets an action have. */
export const LONGEST_WINDOW_DAYS = 90;

const CUSTOMER =
  "SELECT customer.id, customer.currency_code, customer.time_zone FROM customer";

const ACTIONS =
  "SELECT conversion_action.click_through_lookback_window_days, " +
  "conversion_action.view_through_lookback_window_days " +
  "FROM conversion_action WHERE conversion_action.status = 'ENABLED' " +
  "AND conversion_action.include_in_conversions_metric = TRUE";

const Days = z.union([z.string(), z.int()]).default(0).transform(Number)
  .pipe(z.int().nonnegative());

const CustomerRow = z.object({
  customer: z.object({
    id: z.union([z.string(), z.int()]).transform(String),
    currencyCode: z.string(),
    timeZone: z.string(),
  }),
});

const ActionRow = z.object({
  conversionAction: z.object({
    clickThroughLookbackWindowDays: Days,
    viewThroughLookbackWindowDays: Days,
  }),
});

/**
 * Asks for the account's facts.
 *
 * @param caller Account and lent HTTP.
 * @returns Its facts. One with no action of its own (its manager's may count for
 * it) is taken to settle after the longest window that there is.
 */
export async function describeAccount(caller: Caller): Promise<SourceAccount> {
  const [row] = await collect(caller, CUSTOMER);
  if (row === undefined) {
    throw new EngineError(
      "source_refused",
      `Cannot describe account "${caller.config.customerId}": Google Ads has no row for it`,
    );
  }
  const { id, currencyCode, timeZone } = CustomerRow.parse(row).customer;
  const actions = (await collect(caller, ACTIONS)).map((action) =>
    ActionRow.parse(action).conversionAction
  );
  const click = longest(
    actions.map((action) => action.clickThroughLookbackWindowDays),
  );
  const view = longest(
    actions.map((action) => action.viewThroughLookbackWindowDays),
  );
  return {
    id,
    currency: currencyCode,
    zone: timeZone,
    attribution: [["click", click] as const, ["view", view] as const]
      .filter(([, days]) => days > 0)
      .map(([kind, days]) => `${kind}_${days}d`).join("_"),
    settlesDays: Math.max(click, view) || LONGEST_WINDOW_DAYS,
  };
}

async function collect(caller: Caller, query: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { results } of search(caller, query)) rows.push(...results);
  return rows;
}

function longest(days: readonly number[]): number {
  return Math.max(0, ...days);
}
