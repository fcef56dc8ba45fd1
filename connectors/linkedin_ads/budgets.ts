/**
 * Daily budgets at LinkedIn. They belong to what LinkedIn calls a campaign, which is
 * an ad group here, so targets are `ad_group:<id>`.
 *
 * An amount is decimal text with its currency. LinkedIn changes one campaign a call
 * and remembers no ids of changes, so a value is read, compared, and written only
 * where it differs. A call whose answer was lost is not made again here: somebody may
 * have changed the budget meanwhile.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads/account-structure/create-and-manage-campaigns, read in 2026-08
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
import { ask, type Config, restCall, restUrl } from "./api.ts";

const FIELD = "budget_micros_per_day";
/** A hundredth of a currency unit. */
const UNIT_MICROS = 10_000n;

const Campaign = z.object({
  dailyBudget: z.object({ amount: z.string(), currencyCode: z.string() })
    .nullish(),
});

type DailyBudget = NonNullable<z.infer<typeof Campaign>["dailyBudget"]>;

/** The write side. */
export const destination: Destination<Config> = {
  remembersChanges: false,
  unit: () => Promise.resolve(UNIT_MICROS),

  async read(scope, targets) {
    const settings: Setting[] = [];
    for (const { target, field } of targets) {
      const budget = await readBudget(scope, idOf({ target, field }));
      const value = budget && String(microsFromDecimal(budget.amount));
      settings.push({ target, field, value });
    }
    return settings;
  },

  async write(scope, change) {
    const held = new Map<string, string>();
    const changes: { id: string; dailyBudget: DailyBudget }[] = [];
    for (const setting of change.settings.map(readSetting)) {
      const { id, micros } = setting;
      const budget = await readBudget(scope, id);
      if (budget === null) {
        throw refused(`target "ad_group:${id}"`, "it has no budget by the day");
      }
      const present = microsFromDecimal(budget.amount);
      held.set(`ad_group:${id}`, String(present));
      if (present === micros) continue;
      const dailyBudget = { ...budget, amount: decimalFromMicros(micros, 2) };
      changes.push({ id, dailyBudget });
    }
    demandExpected(change, ({ target }) => held.get(target) ?? null);
    for (const { id, dailyBudget } of changes) {
      await scope.http.text(
        restUrl(pathOf(scope, id)),
        restCall({
          headers: { "X-RestLi-Method": "PARTIAL_UPDATE" },
          body: { patch: { $set: { dailyBudget } } },
        }),
      );
    }
  },
};

async function readBudget(
  scope: Lent<Config>,
  id: string,
): Promise<DailyBudget | null> {
  const answer = await ask(scope, pathOf(scope, id));
  return Campaign.parse(answer).dailyBudget ?? null;
}

function pathOf({ config }: Lent<Config>, id: string): string {
  return `/adAccounts/${config.accountId}/adCampaigns/${id}`;
}

function idOf({ target, field }: Omit<Setting, "value">): string {
  if (field !== FIELD) {
    throw refused(`field "${field}"`, `only ${FIELD} can be set`);
  }
  const [, id] = /^ad_group:(\d{1,30})$/.exec(target) ?? [];
  if (id !== undefined) return id;
  throw refused(
    `target "${target}"`,
    "only ad groups, LinkedIn's campaigns, have budgets",
  );
}

function readSetting(
  { target, field, value }: Setting,
): { readonly id: string; readonly micros: bigint } {
  const id = idOf({ target, field });
  if (value === null) {
    throw refused(`target "${target}"`, "a budget cannot be unset");
  }
  if (/^[1-9]\d{0,17}$/.test(value)) return { id, micros: BigInt(value) };
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
