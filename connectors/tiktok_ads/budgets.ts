/**
 * Daily budgets of TikTok campaigns.
 *
 * A budget is a JSON number of currency units, at most two places. TikTok changes one
 * campaign a call and remembers no ids of changes, so a value is read, compared, and
 * written only where it differs. A call whose answer was lost is not made again here:
 * somebody may have changed the budget meanwhile.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1739320422086657, read in 2026-08
 * @module
 */
import {
  decimalFromMicros,
  demandExpected,
  type Destination,
  EngineError,
  type Lent,
  microsFromDecimal,
  type Setting,
} from "@moe/plugin";
import { z } from "zod";
import { ask, type Config, Id, pages } from "./api.ts";

const FIELD = "budget_micros_per_day";
/** A hundredth of a currency unit. */
const UNIT_MICROS = 10_000n;
/** Campaigns that one question may name. */
const MOST_IDS = 100;
/** Modes in which `budget` is a day's; the second is a day's on average over a week. */
const DAILY = new Set(["BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"]);

const Campaign = z.object({
  campaign_id: Id,
  budget: z.union([z.string(), z.number()]).transform(String),
  budget_mode: z.string(),
});

type Campaign = z.infer<typeof Campaign>;

/** The write side. */
export const destination: Destination<Config> = {
  remembersChanges: false,
  // The basic level of access has 10 calls a second.
  rate: { batch: 10, pauseMs: 1000 },
  unit: () => Promise.resolve(UNIT_MICROS),

  async read(scope, targets) {
    const campaigns = await find(scope, targets.map(campaignOf));
    return targets.map(({ target, field }) => ({
      target,
      field,
      value: dailyBudget(demand(campaigns, campaignOf({ target, field }))),
    }));
  },

  async write(scope, change) {
    const wanted = change.settings.map(readSetting);
    const campaigns = await find(scope, wanted.map(({ id }) => id));
    const changes = wanted.filter(({ id, micros }) => {
      const budget = dailyBudget(demand(campaigns, id));
      if (budget !== null) return budget !== micros;
      throw refused(
        `target "campaign:${id}"`,
        "the campaign has no budget by the day",
      );
    });
    demandExpected(
      change,
      (one) => dailyBudget(demand(campaigns, campaignOf(one))),
    );
    for (const { id, micros } of changes) {
      const body = {
        "advertiser_id": scope.config.advertiserId,
        "campaign_id": id,
        "budget_mode": demand(campaigns, id).budget_mode,
        budget: Number(decimalFromMicros(BigInt(micros))),
      };
      await ask(scope, "/campaign/update/", { body });
    }
  },
};

async function find(
  scope: Lent<Config>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Campaign>> {
  const found = new Map<string, Campaign>();
  for (let at = 0; at < ids.length; at += MOST_IDS) {
    const query = {
      "advertiser_id": scope.config.advertiserId,
      fields: JSON.stringify(Object.keys(Campaign.shape)),
      filtering: JSON.stringify({ campaign_ids: ids.slice(at, at + MOST_IDS) }),
    };
    for await (const list of pages(scope, "/campaign/get/", query)) {
      for (const campaign of z.array(Campaign).parse(list)) {
        found.set(campaign.campaign_id, campaign);
      }
    }
  }
  return found;
}

function demand(
  campaigns: ReadonlyMap<string, Campaign>,
  id: string,
): Campaign {
  const campaign = campaigns.get(id);
  if (campaign) return campaign;
  throw refused(`target "campaign:${id}"`, "the account has no such campaign");
}

function dailyBudget(campaign: Campaign): string | null {
  return DAILY.has(campaign.budget_mode)
    ? String(microsFromDecimal(campaign.budget))
    : null;
}

function campaignOf({ target, field }: Omit<Setting, "value">): string {
  if (field !== FIELD) {
    throw refused(`field "${field}"`, `only ${FIELD} can be set`);
  }
  const [, id] = /^campaign:(\d{1,30})$/.exec(target) ?? [];
  if (id !== undefined) return id;
  throw refused(`target "${target}"`, "only campaigns have budgets here");
}

function readSetting(
  { target, field, value }: Setting,
): { readonly id: string; readonly micros: string } {
  const id = campaignOf({ target, field });
  if (value === null) {
    throw refused(`target "${target}"`, "a budget cannot be unset");
  }
  if (/^[1-9]\d{0,17}$/.test(value)) return { id, micros: value };
  throw refused(
    `target "${target}"`,
    `${FIELD} must be a whole number above zero`,
  );
}

function refused(what: string, why: string): EngineError {
  return new EngineError("request_invalid", `Cannot use ${what}: ${why}`, {
    facts: { field: FIELD },
  });
}
