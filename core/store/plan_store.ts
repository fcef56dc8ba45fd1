/**
 * Plans. The document never changes; a plan moves from state to state, one mover at
 * a time, and each move is written down with who made it.
 *
 * @module
 */
import { and, asc, count, desc, eq, exists, gte, inArray } from "drizzle-orm";
import type { ChangeSet } from "../domain/change_set.ts";
import { EngineError } from "../domain/error.ts";
import {
  type Plan,
  PLAN_MOVES,
  type PlanEvent,
  type PlanState,
} from "../domain/plan.ts";
import type { PlanMove, PlanStore } from "../ports/decisions.ts";
import { keepAnswers } from "./idempotency.ts";
import { keepKey } from "./keyed_effects.ts";
import { orm } from "./orm.ts";
import type { Session, Sql } from "./sql.ts";
import { plan as plans, planEvent } from "./tables/plans.ts";

/** How documents that were kept without a rate were written: all at once. */
const EARLIER_RATE = { batch: 100, pauseMs: 0 };

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
        await create(tx, tenant, plan);
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
    standing: async (tenant, states, movedSince) => {
      const moved = movedSince === undefined ? undefined : exists(
        db.select({ seq: planEvent.seq }).from(planEvent).where(and(
          eq(planEvent.tenant, plans.tenant),
          eq(planEvent.planId, plans.id),
          gte(planEvent.at, movedSince),
        )),
      );
      const rows = await db.select().from(plans)
        .where(and(
          eq(plans.tenant, tenant),
          inArray(plans.state, [...states]),
          moved,
        ))
        .orderBy(asc(plans.createdAt), asc(plans.id));
      return rows.map(toPlan);
    },
    move: (tenant, id, step) =>
      sql.transaction((tx) => move(tx, { tenant, id }, step)),
    history: async (tenant, id) => {
      const rows = await db.select().from(planEvent)
        .where(and(eq(planEvent.tenant, tenant), eq(planEvent.planId, id)))
        .orderBy(asc(planEvent.seq));
      return rows.map(toEvent);
    },
  };
}

async function create(
  tx: Session,
  tenant: string,
  plan: Plan,
): Promise<void> {
  await orm(tx).insert(plans).values({ tenant, ...plan, document: plan });
  if (plan.state === "proposed") return;
  await log(tx, { tenant, id: plan.id }, {
    from: "proposed",
    to: plan.state,
    by: plan.createdBy,
    at: plan.createdAt,
  });
}

interface PlanKey {
  readonly tenant: string;
  readonly id: string;
}

async function move(
  tx: Session,
  { tenant, id }: PlanKey,
  step: PlanMove,
): Promise<Plan | null> {
  const { from, to, by, findings } = step;
  const allowed: readonly PlanState[] = PLAN_MOVES[from];
  if (!allowed.includes(to)) {
    throw new RangeError(`Cannot move plan "${id}" from ${from} to ${to}`);
  }
  const [row] = await orm(tx).update(plans)
    .set({
      state: to,
      ...findings && { findings },
      ...to === "approved" && { approvedBy: by },
      ...to === "proposed" && { approvedBy: null },
    })
    .where(and(sameId(tenant, id), eq(plans.state, from)))
    .returning();
  if (row === undefined) return null;
  if (to === "approved" && row.createdBy === by) {
    throw new EngineError(
      "approval_invalid",
      `Cannot approve plan "${id}": whoever asked for it may not approve it`,
    );
  }
  await keepKey(tx);
  await log(tx, { tenant, id }, step);
  return toPlan(row);
}

/** Writes a move down; the plan's row is locked by the move itself. */
async function log(
  tx: Session,
  { tenant, id }: PlanKey,
  { from, to, by, at, reason = null }: Omit<PlanMove, "reason"> & {
    readonly reason?: string | null;
  },
): Promise<void> {
  const db = orm(tx);
  const [events] = await db.select({ moves: count() }).from(planEvent)
    .where(and(eq(planEvent.tenant, tenant), eq(planEvent.planId, id)));
  await db.insert(planEvent).values({
    ...{ tenant, planId: id, seq: (events?.moves ?? 0) + 1 },
    ...{ fromState: from, toState: to, movedBy: by, at, reason },
  });
}

function sameId(tenant: string, id: string) {
  return and(eq(plans.tenant, tenant), eq(plans.id, id));
}

/** A document, of which those of an earlier release have no rate. */
type KeptPlan = Omit<Plan, "changeSet"> & {
  readonly changeSet: Omit<ChangeSet, "rate"> & Partial<ChangeSet>;
};

function toPlan(row: typeof plans.$inferSelect): Plan {
  const { state, approvedBy, findings } = row;
  const document = row.document as KeptPlan;
  const { rate = EARLIER_RATE, ...changeSet } = document.changeSet;
  return {
    ...document,
    changeSet: { ...changeSet, rate },
    state,
    approvedBy,
    findings: findings as Plan["findings"],
  };
}

function toEvent(row: typeof planEvent.$inferSelect): PlanEvent {
  return {
    seq: row.seq,
    from: row.fromState as PlanState,
    to: row.toState as PlanState,
    by: row.movedBy,
    at: row.at,
    reason: row.reason,
  };
}
