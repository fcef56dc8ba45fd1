/**
 * Plans that changed the budgets of a plan's entities in the days before it.
 *
 * @module
 */
import { addDays, type Day } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { Plan, PlanEvent, PlanState } from "../../domain/plan.ts";
import type { PlanStore } from "../../ports/decisions.ts";
import { entitiesOf } from "./supersede.ts";

/** Another plan, and the last day before on which it wrote. */
export interface EarlierPlan {
  readonly id: string;
  readonly entities: ReadonlySet<EntityKey>;
  readonly changed: Day;
}

/** States in which a plan has written. */
const WRITTEN = [
  "applying",
  "applied",
  "superseded",
  "rolling_back",
  "rolled_back",
] as const satisfies readonly PlanState[];

/** Lists them, the latest to write first. */
export async function findEarlier(
  store: Pick<PlanStore, "standing" | "history">,
  { tenant, plan, begun, days }: {
    readonly tenant: string;
    readonly plan: Plan;
    /** Day on which it was begun to be applied. */
    readonly begun: Day;
    /** How far back to look. */
    readonly days: number;
  },
): Promise<readonly EarlierPlan[]> {
  const since = `${addDays(begun, -days)}T00:00:00.000Z`;
  const own = entitiesOf(plan);
  const earlier: EarlierPlan[] = [];
  for (const other of await store.standing(tenant, WRITTEN, since)) {
    const entities = entitiesOf(other);
    if (other.id === plan.id || entities.isDisjointFrom(own)) continue;
    const writes = (await store.history(tenant, other.id)).filter(isWrite)
      .map(({ at }) => at.slice(0, 10)).filter((day) => day < begun);
    const changed = writes.at(-1);
    if (changed !== undefined) {
      earlier.push({ id: other.id, entities, changed });
    }
  }
  return earlier.toSorted((a, b) => a.changed < b.changed ? 1 : -1);
}

/** Moves around writes; an applied plan stays so when it is read back. */
function isWrite({ from, to }: PlanEvent): boolean {
  return to !== "superseded" && (from !== "applied" || to !== "applied") &&
    WRITTEN.some((state) => state === to);
}
