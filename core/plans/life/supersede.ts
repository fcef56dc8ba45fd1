/**
 * What a plan that is applied makes of the plans before it.
 *
 * @module
 */
import type { EntityKey } from "../../domain/entity.ts";
import type { Plan } from "../../domain/plan.ts";
import type { MoveScope, Step } from "./moves.ts";

/**
 * Supersedes plans that were applied, or stopped half-way, and plan an entity that a
 * later plan plans too: its budget is not theirs to verify, write or restore any more.
 */
export async function supersede(
  { store, clock }: MoveScope,
  { tenant, by }: Step,
  later: Plan,
): Promise<void> {
  const planned = entitiesOf(later);
  const earlier = await store.standing(tenant, [
    "applied",
    "applying",
    "rolling_back",
  ]);
  for (const plan of earlier) {
    if (plan.id === later.id || entitiesOf(plan).isDisjointFrom(planned)) {
      continue;
    }
    await store.move(tenant, plan.id, {
      ...{ from: plan.state, to: "superseded", by, at: clock.now() },
      reason: `${later.id} was applied over it`,
    });
  }
}

/** Whom a plan plans or writes. */
export function entitiesOf(
  { recommendations, changeSet }: Plan,
): Set<EntityKey> {
  return new Set([
    ...recommendations.map(({ entity }) => entity),
    ...changeSet.operations.map(({ target }) => target),
  ]);
}
