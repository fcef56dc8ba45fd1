/**
 * What the companies plan: three campaigns each, whose names tell whose they are, with
 * curves that are known, under a cap of the deployment.
 *
 * @module
 */
import type { Opened } from "../../core/commands/open.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";

/** Name of the model that knows the curves. */
export const PLANNED = "mix";

/** Days of a plan. */
export const PLAN_DAYS = 7;

/** Highest budget of a campaign, micros a day. */
export const DAILY_CAP_MICROS = 25_000_000;

/** Campaigns of a company, in order. */
export function plannedOf(tenant: string): readonly EntityKey[] {
  return [1, 2, 3].map((place): EntityKey => `campaign:${tenant}-${place}`);
}

/** Makes the curves of a company's campaigns the champion of planning. */
export async function plantCurves(
  { stores: { models }, clock }: Opened,
  tenant: string,
): Promise<void> {
  const curves = plannedOf(tenant).map((entity, place) => ({
    ...{ entity, parent: null, decay: 0, seenMicros: [0, 9e8] },
    curve: { type: "michaelis_menten", ceiling: 90 - 10 * place, half: 9e7 },
  }));
  const artifact = new TextEncoder().encode(
    JSON.stringify({ outcome: "orders", curves }),
  );
  const at = clock.now();
  const record = await models.register(tenant, {
    ...{ name: PLANNED, family: "media_mix@1.0.0", unit: "orders" },
    ...{ metrics: {}, use: { kind: "plan", currency: "EUR" } },
    schema: { inputs: [], actions: [], crossed: false },
    lineage: {
      ...{ asOf: at, code: "1", seed: 1, rows: 1, datasetHash: "d" },
      ...{ views: [], spec: "{}" },
    },
    ...{ artifactKind: "curves", artifactHash: sha256(artifact) },
    ...{ createdBy: "ann", createdAt: at },
  }, artifact);
  await models.review(tenant, record, { by: "bob", at, approve: true });
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
