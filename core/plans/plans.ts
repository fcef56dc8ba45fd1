/**
 * The life of plans: made, validated, approved by someone else, applied, verified,
 * superseded or rolled back.
 *
 * Every move is compare-and-swap on where the plan stands, and written down. Only one
 * node at a time writes a tenant's plans; what it leaves half-way another goes on with.
 *
 * @module
 */
import type { OperationProgress } from "../domain/change_set.ts";
import { EngineError } from "../domain/error.ts";
import type { GuardrailLook } from "../domain/guardrail.ts";
import type { Plan, PlanEvent } from "../domain/plan.ts";
import type { PlanRequest } from "../domain/plan_request.ts";
import { apply, rollBack } from "./life/carry_out.ts";
import { lookAtGuardrails } from "./life/guardrail.ts";
import { approve, validate, verify } from "./life/judge.ts";
import { type Made, make, type MakeOptions } from "./life/make.ts";
import type { Step } from "./life/moves.ts";
import type { PlansScope } from "./life/scope.ts";
import { createTurns, type Turns } from "./life/turn.ts";
import { gatherEvidence } from "./plots/gather.ts";
import { type PlanPlot, plotPlan } from "./plots/plot_plan.ts";

/** Who rolls plans back whose guardrails are broken. */
export const GUARD = "engine:guardrail";

/** How far a plan's writes have come. */
export interface PlanProgress {
  readonly plan: Plan;
  /** What was begun, each way. */
  readonly progress: readonly OperationProgress[];
}

/** What a look at a plan's guardrails came to. */
export interface Guarded {
  /** Rolled back, if a guardrail was broken. */
  readonly plan: Plan;
  readonly looks: readonly GuardrailLook[];
}

/** Who does something, and why, for a plan's history. */
export interface Said {
  readonly by: string;
  readonly reason: string;
}

/** Plans of tenants. */
export interface Plans {
  /** Makes a plan and validates it. */
  make(
    tenant: string,
    request: PlanRequest,
    options: MakeOptions,
  ): Promise<Made>;
  find(tenant: string, id: string): Promise<Plan | null>;
  list(tenant: string, limit: number): Promise<readonly Plan[]>;
  /** Plans that are to be looked after, oldest first: applied, or half-way. */
  watched(tenant: string): Promise<readonly Plan[]>;
  /** Validates a plan anew; what objects is among its findings. */
  validate(tenant: string, id: string, by: string): Promise<Plan>;
  approve(tenant: string, id: string, by: string | Said): Promise<Plan>;
  /** Applies a plan, or goes on applying it. */
  apply(tenant: string, id: string, by: string | Said): Promise<Plan>;
  /** Rolls a plan back, or goes on rolling it back. */
  rollback(tenant: string, id: string, by: string | Said): Promise<Plan>;
  /** Reads an applied plan's values back; what has moved is among its findings. */
  verify(tenant: string, id: string, by: string): Promise<Plan>;
  /** A plan's making and moves, oldest first. */
  history(tenant: string, id: string): Promise<readonly PlanEvent[]>;
  progress(tenant: string, id: string): Promise<PlanProgress>;
  /** Draws a plan as SVG. */
  plot(tenant: string, id: string, plot: PlanPlot): Promise<string>;
  /** Looks at a plan's guardrails and does nothing. */
  guardrails(tenant: string, id: string): Promise<readonly GuardrailLook[]>;
  /**
   * Looks at an applied plan's guardrails, and rolls it back if one is broken. Goes on
   * with such a rollback that stopped half-way.
   */
  guard(tenant: string, id: string): Promise<Guarded>;
}

/** Makes plans of the given parts. */
export function createPlans(given: PlansScope): Plans {
  const scope = { sleep: wait, ...given };
  const { store } = scope;
  const turns = createTurns({
    leases: scope.leases,
    holder: scope.ids.next("node"),
    ...scope.leaseMs !== undefined && { leaseMs: scope.leaseMs },
  });
  return {
    make: (tenant, request, options) =>
      make(scope, { tenant, request, options }),
    find: (tenant, id) => store.find(tenant, id),
    list: (tenant, limit) => store.list(tenant, limit),
    watched: (tenant) =>
      store.standing(tenant, ["applying", "applied", "rolling_back"]),
    validate: (tenant, id, by) => validate(scope, stepOf(tenant, id, by)),
    approve: (tenant, id, by) => approve(scope, stepOf(tenant, id, by)),
    apply: (tenant, id, by) =>
      turns(
        tenant,
        (turn) => apply(scope, { ...stepOf(tenant, id, by), turn }),
      ),
    rollback: (tenant, id, by) =>
      turns(
        tenant,
        (turn) => rollBack(scope, { ...stepOf(tenant, id, by), turn }),
      ),
    verify: (tenant, id, by) => verify(scope, stepOf(tenant, id, by)),
    history: async (tenant, id) =>
      await listEvents(scope, tenant, await demand(scope, tenant, id)),
    progress: async (tenant, id) => {
      const plan = await demand(scope, tenant, id);
      const { changeSet } = plan;
      return {
        plan,
        progress: await scope.journal.load(tenant, changeSet.id),
      };
    },
    plot: async (tenant, id, plot) => {
      const plan = await demand(scope, tenant, id);
      return plotPlan(plan, await gatherEvidence(scope, tenant, plan), plot);
    },
    guardrails: async (tenant, id) =>
      await lookNow(scope, tenant, await demand(scope, tenant, id)),
    guard: (tenant, id) => guard(turns, scope, { tenant, id }),
  };
}

type Scope = PlansScope & { sleep(ms: number): Promise<void> };

function stepOf(tenant: string, id: string, by: string | Said): Step {
  return {
    ...{ tenant, id },
    ...typeof by === "string" ? { by, reason: null } : by,
  };
}

function lookNow(
  scope: Scope,
  tenant: string,
  plan: Plan,
): Promise<readonly GuardrailLook[]> {
  return lookAtGuardrails(scope, { tenant, plan, now: scope.clock.now() });
}

async function guard(
  turns: Turns,
  scope: Scope,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<Guarded> {
  const found = await demand(scope, tenant, id);
  const looks = found.state === "applied"
    ? await lookNow(scope, tenant, found)
    : [];
  const broken = looks.filter(({ verdict }) => verdict === "regressed");
  const begun = found.state === "rolling_back" &&
    (await scope.store.history(tenant, id)).some(({ to, by }) =>
      to === "rolling_back" && by === GUARD
    );
  if (broken.length === 0 && !begun) return { plan: found, looks };
  const reason = begun
    ? "goes on"
    : broken.map(({ detail }) => detail).join("; ");
  const plan = await turns(tenant, async (turn) => {
    const now = await demand(scope, tenant, id);
    if (now.state !== found.state) return now;
    return await rollBack(scope, { tenant, id, by: GUARD, reason, turn });
  });
  return { plan, looks };
}

async function listEvents(
  { store }: Scope,
  tenant: string,
  { id, createdBy, createdAt }: Plan,
): Promise<readonly PlanEvent[]> {
  return [
    {
      ...{ seq: 0, from: null, to: "proposed" },
      ...{ by: createdBy, at: createdAt, reason: null },
    },
    ...await store.history(tenant, id),
  ];
}

async function demand(
  { store }: Scope,
  tenant: string,
  id: string,
): Promise<Plan> {
  const plan = await store.find(tenant, id);
  if (plan !== null) return plan;
  throw new EngineError("not_found", `Cannot find plan "${id}": not found`, {
    facts: { plan: id },
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}
