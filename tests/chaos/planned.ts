/**
 * What the companies plan: three campaigns each, whose names tell whose they are, with
 * curves that are known, under a cap of the deployment.
 *
 * @module
 */
import type { Opened } from "../../core/commands/open.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { plantCurves } from "../plans/planted_curves.ts";

/** Days of a plan. */
export const PLAN_DAYS = 7;

/** Highest budget of a campaign, micros a day. */
export const DAILY_CAP_MICROS = 25_000_000;

/** Campaigns of a company, in order. */
export function plannedOf(tenant: string): readonly EntityKey[] {
  return [1, 2, 3].map((place): EntityKey => `campaign:${tenant}-${place}`);
}

/** Makes the curves of a company's campaigns the champion of planning. */
export async function plantOwnCurves(
  opened: Opened,
  tenant: string,
): Promise<void> {
  const ceilings = plannedOf(tenant)
    .map((entity, place) => [entity, 90 - 10 * place] as const);
  await plantCurves(opened, tenant, ceilings);
}

/** The deployment's cap on budgets. */
export function budgetPolicy(): PolicyDocument {
  const facts = (micros: number) => ({ amount: { micros } });
  return {
    ...{ policy: "chaos_budgets", version: 1, owner: "growth-finance" },
    ...{ about: "What a budget must keep.", on: ["budget"] },
    rules: [{
      ...{ id: "high", effect: "cap", to: DAILY_CAP_MICROS },
      reason: "Budgets stay below the cap",
    }],
    cases: [
      {
        note: "a higher budget is lowered",
        facts: facts(DAILY_CAP_MICROS + 5),
        ...{ want: ["high"], wantMicros: DAILY_CAP_MICROS },
      },
      {
        note: "a lower budget stays",
        facts: facts(DAILY_CAP_MICROS - 5),
        ...{ want: ["high"], wantMicros: DAILY_CAP_MICROS - 5 },
      },
    ],
  };
}
