/**
 * The daily budget of a campaign, in the smallest units of the account's currency:
 * cents for most, whole units for those of Meta's table with offset 1.
 *
 * Meta changes one campaign a call. All are looked at before the first is changed;
 * where Meta then refuses one, those before it are changed and those after it are not.
 *
 * @see https://developers.facebook.com/docs/marketing-api/currencies, read on 2026-11-26
 * @see https://developers.facebook.com/docs/marketing-api/reference/ad-campaign-group, read on 2026-11-26
 * @module
 */
import {
  demandExpected,
  type Destination,
  EngineError,
  type Setting,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { type Caller, callGraph } from "./graph.ts";

const FIELD = "budget_micros_per_day";
const MICROS = 1_000_000n;

/** Currencies without a smaller unit, in Meta's table; all others have 100. */
const WHOLE = new Set(
  "CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND".split(" "),
);

const Minor = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()])
  .transform((minor) => BigInt(minor));

const Campaign = z.object({
  account_id: z.union([z.string(), z.int()]).transform(String),
  daily_budget: Minor.default(0n),
  lifetime_budget: Minor.default(0n),
});

const Account = z.object({ currency: z.string() });
const Done = z.object({ success: z.literal(true) });

type Target = Pick<Setting, "target" | "field">;

/** Reads and changes daily budgets. */
export const budgets: Destination<Config> = {
  remembersChanges: false,
  // Each change is two calls, of which the second counts three times: 100 of 9000 points.
  rate: { batch: 25, pauseMs: 0 },
  unit: readUnit,

  async read(caller, targets) {
    const ids = targets.map(demandCampaign);
    const unit = await readUnit(caller);
    const settings: Setting[] = [];
    for (const [at, { target, field }] of targets.entries()) {
      const { daily_budget: minor } = await readCampaign(caller, ids[at] ?? "");
      const value = minor === 0n ? null : String(minor * unit);
      settings.push({ target, field, value });
    }
    return settings;
  },

  async write(caller, change) {
    const unit = await readUnit(caller);
    const held = new Map<string, string>();
    const changes: { readonly id: string; readonly minor: bigint }[] = [];
    for (const setting of change.settings) {
      const id = demandCampaign(setting);
      const minor = demandMinor(setting, unit);
      const present = demandOwnBudget(id, await readCampaign(caller, id));
      held.set(setting.target, String(present * unit));
      if (minor !== present) changes.push({ id, minor });
    }
    demandExpected(change, ({ target }) => held.get(target) ?? null);
    for (const { id, minor } of changes) {
      Done.parse(
        await callGraph(caller, id, { form: { daily_budget: String(minor) } }),
      );
    }
  },
};

/** Micros in the currency's smallest unit. */
async function readUnit(caller: Caller): Promise<bigint> {
  const body = await callGraph(caller, `act_${caller.config.accountId}`, {
    query: { fields: "currency" },
  });
  return WHOLE.has(Account.parse(body).currency) ? MICROS : MICROS / 100n;
}

async function readCampaign(caller: Caller, id: string) {
  const campaign = Campaign.parse(
    await callGraph(caller, id, {
      query: { fields: "account_id,daily_budget,lifetime_budget" },
    }),
  );
  if (campaign.account_id !== caller.config.accountId) {
    throw invalid(`use campaign "${id}"`, "it is of another ad account");
  }
  return campaign;
}

function demandCampaign({ target, field }: Target): string {
  if (field !== FIELD) {
    throw invalid(`use field "${field}"`, `only "${FIELD}" is known`);
  }
  const id = /^campaign:(\d+)$/.exec(target)?.[1];
  if (id !== undefined) return id;
  throw invalid(
    `use ${FIELD} of "${target}"`,
    "only campaigns have it, by their numeric ids",
  );
}

function demandMinor({ target, value }: Setting, unit: bigint): bigint {
  const change = `change ${FIELD} of "${target}"`;
  if (value === null) {
    throw invalid(change, "Meta cannot unset a campaign's budget");
  }
  if (!/^[1-9]\d*$/.test(value)) {
    throw invalid(change, "it must be a whole number of micros above 0");
  }
  const micros = BigInt(value);
  if (micros % unit !== 0n) {
    throw invalid(change, `it must be a multiple of ${unit} micros`);
  }
  return micros / unit;
}

function demandOwnBudget(
  id: string,
  { daily_budget: daily, lifetime_budget: lifetime }: z.infer<typeof Campaign>,
): bigint {
  if (daily > 0n) return daily;
  throw invalid(
    `change ${FIELD} of "campaign:${id}"`,
    lifetime > 0n
      ? "it has a budget for its lifetime"
      : "it has no budget of its own, its ad sets have theirs",
  );
}

function invalid(what: string, reason: string): EngineError {
  return new EngineError("request_invalid", `Cannot ${what}: ${reason}`);
}
