/**
 * The facts of a LinkedIn ad account. It counts days in UTC; how long conversions come
 * in late is a setting of each conversion rule, and the longest holds.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/conversion-tracking, read in 2026-08
 * @module
 */
import type { Lent, SourceAccount } from "@moe/plugin";
import { z } from "zod";
import { ask, type Config, encodeUrn } from "./api.ts";

const Account = z.object({ currency: z.string() });

const Rules = z.object({
  elements: z.array(z.object({
    enabled: z.boolean().nullish(),
    postClickAttributionWindowSize: z.int().nullish(),
    viewThroughAttributionWindowSize: z.int().nullish(),
  })),
});

type Rule = z.infer<typeof Rules>["elements"][number];

const PAGE_SIZE = 100;
/** What LinkedIn takes where a rule does not say. */
const DEFAULT_CLICK_DAYS = 30;
const DEFAULT_VIEW_DAYS = 7;
/** Days for which costs are still corrected. */
const COSTS_SETTLE_DAYS = 2;

/**
 * Asks for the account.
 *
 * @param lent Configuration and HTTP.
 * @returns Its currency, its longest windows, and how long its totals change.
 */
export async function account(lent: Lent<Config>): Promise<SourceAccount> {
  const id = lent.config.accountId;
  const { currency } = Account.parse(await ask(lent, `/adAccounts/${id}`));
  const rules = (await listRules(lent)).filter(({ enabled }) =>
    enabled !== false
  );
  const click = Math.max(
    0,
    ...rules.map((rule) =>
      rule.postClickAttributionWindowSize ?? DEFAULT_CLICK_DAYS
    ),
  );
  const view = Math.max(
    0,
    ...rules.map((rule) =>
      rule.viewThroughAttributionWindowSize ?? DEFAULT_VIEW_DAYS
    ),
  );
  return {
    id,
    zone: "UTC",
    currency,
    attribution: rules.length > 0 ? `click_${click}d_view_${view}d` : "",
    settlesDays: Math.max(COSTS_SETTLE_DAYS, click, view),
  };
}

async function listRules(lent: Lent<Config>): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  let page: readonly Rule[];
  do {
    const answer = await ask(lent, "/conversions", {
      q: "account",
      account: encodeUrn("sponsoredAccount", lent.config.accountId),
      start: String(rules.length),
      count: String(PAGE_SIZE),
    });
    page = Rules.parse(answer).elements;
    rules.push(...page);
  } while (page.length === PAGE_SIZE);
  return rules;
}
