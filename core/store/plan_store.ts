/**
 * Plans. The document never changes; a plan moves from state to state, one mover at
 * a time, and each move is written down with who made it.
 *
 * @module
 */
import { and, count, desc, eq } from "drizzle-orm";
import { EngineError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { PlanStore } from "../ports/decisions.ts";
import { keepAnswers } from "./idempotency.ts";
import { orm } from "./orm.ts";
import type { Session, Sql } from "./sql.ts";
import { plan as plans, planEvent } from "./tables/decisions.ts";

/** Keeps plans in a database. */
export function createPlanStore(sql: Sql): PlanStore {
  const db = orm(sql);
  return {
    create: (tenant, plan, answer) =>
      sql.transaction(async (tx) => {
        const [first = null] = answer === null
          ? []
          : await keepAnswers(tx, [{ tenant, at: plan.createdAt, answer }]);
        if (first !== null) return { kind: "duplicate", first };
        await orm(tx).insert(plans).values({
          tenant,
          ...plan,
          document: plan,
        });
        return { kind: "created" };
      }),
    find: async (tenant, id) => {
      const [row] = await db.select().from(plans).where(sameId(tenant, id));
      return row ? toPlan(row) : null;
    },
    list: async (tenant, limit) => {
      const rows = await db.select().from(plans)
        .where(eq(plans.tenant, tenant))
        .orderBy(desc(plans.createdAt), desc(plans.id)).limit(limit);
      return rows.map(toPlan);
    },
    move: (tenant, id, step) =>
      sql.transaction((tx) => move(tx, { tenant, id }, step)),
  };
}

async function move(
  tx: Session,
  { tenant, id }: { tenant: string; id: string },
  { from, to, by, at }: Parameters<PlanStore["move"]>[2],
): Promise<Plan | null> {
  const db = orm(tx);
  const [row] = await db.update(plans)
    .set({ state: to, ...to === "approved" ? { approvedBy: by } : {} })
    .where(and(sameId(tenant, id), eq(plans.state, from)))
    .returning();
  if (row === undefined) return null;
  if (to === "approved" && row.createdBy === by) {
    throw new EngineError(
      "approval_invalid",
      `Cannot approve plan "${id}": whoever asked for it may not approve it`,
    );
  }
  const [events] = await db.select({ moves: count() }).from(planEvent)
    .where(and(eq(planEvent.tenant, tenant), eq(planEvent.planId, id)));
  await db.insert(planEvent).values({
    tenant,
    planId: id,
    seq: (events?.moves ?? 0) + 1,
    fromState: from,
    toState: to,
    movedBy: by,
    at,
  });
  return toPlan(row);
}

function sameId(tenant: string, id: string) {
  return and(eq(plans.tenant, tenant), eq(plans.id, id));
}

function toPlan(row: typeof plans.$inferSelect): Plan {
  const { state, approvedBy } = row;
  return { ...row.document as Plan, state, approvedBy };
}
