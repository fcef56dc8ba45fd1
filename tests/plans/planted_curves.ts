/**
 * A model of planning whose curves are known.
 *
 * @module
 */
import type { Opened } from "../../core/commands/open.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import type { EntityKey } from "../../core/domain/entity.ts";

/** Name of the model that knows the curves. */
export const PLANNED = "mix";

/**
 * Makes curves the champion of planning.
 *
 * @param opened The engine.
 * @param tenant Whose.
 * @param ceilings Entities, each with the most that its curve comes to.
 */
export async function plantCurves(
  { stores: { models }, clock }: Pick<Opened, "stores" | "clock">,
  tenant: string,
  ceilings: readonly (readonly [EntityKey, number])[],
): Promise<void> {
  const curves = ceilings.map(([entity, ceiling]) => ({
    ...{ entity, parent: null, decay: 0, seenMicros: [0, 9e8] },
    curve: { type: "michaelis_menten", ceiling, half: 9e7 },
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
