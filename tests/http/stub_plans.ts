/**
 * Plans in memory, for tests of the HTTP interface alone.
 *
 * @module
 */
import { EngineError } from "../../core/domain/error.ts";
import type { GuardrailLook } from "../../core/domain/guardrail.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import type { Engine } from "../../core/engine.ts";
import type { Said } from "../../core/plans/plans.ts";
import type { Idempotent } from "../../core/http/idempotency_key.ts";
import { AT, planOf } from "./stub_records.ts";

type Plans = Engine["plans"];

/** What the desk shares with the rest of the stub. */
export interface PlanDeskScope {
  /** Is told of each request that reached the stage. */
  planned(request: PlanRequest): void;
  /** Is told why somebody moved a plan. */
  said(reason: string): void;
  once(
    tenant: string,
    idempotent: Idempotent | null,
    make: () => string,
  ): { answer: string; replayed: boolean };
}

/** What is found of the guardrail of `plan_1`. */
export const LOOK: GuardrailLook = {
  guardrail: {
    metric: "roas",
    entity: null,
    bound: 0.9,
    baselineDays: 28,
    minDays: 7,
    settleDays: 3,
    confidence: 0.95,
  },
  verdict: "undecided",
  days: 9,
  ratio: 1.02,
  interval: [0.8, Infinity],
  detail: "roas of all at least 0.9 of before: not decided yet",
};

/** Opens the desk with a plan of tenant `acme`. */
export function openPlanDesk({ planned, said, once }: PlanDeskScope): Plans {
  const plans = new Map<string, Plan>([["acme/plan_1", planOf("plan_1")]]);
  let made = 1;

  function demand(tenant: string, id: string): Plan {
    const plan = plans.get(`${tenant}/${id}`);
    if (plan) return plan;
    throw new EngineError("not_found", `Cannot find plan "${id}"`);
  }

  function movePlan(state: Plan["state"], from: Plan["state"]) {
    return async (tenant: string, id: string, who: string | Said) => {
      const by = typeof who === "string" ? who : who.by;
      if (typeof who !== "string") said(who.reason);
      const plan = await Promise.resolve(demand(tenant, id));
      if (plan.state !== from) {
        throw new EngineError("plan_state_invalid", `Cannot move plan "${id}"`);
      }
      const approvedBy = state === "approved" ? by : plan.approvedBy;
      const moved = { ...plan, state, approvedBy };
      plans.set(`${tenant}/${id}`, moved);
      return moved;
    };
  }

  return {
    make(tenant, request, { idempotent, render, by }) {
      const plan = { ...planOf(`plan_${++made}`), createdBy: by };
      const { answer, replayed } = once(tenant, idempotent, () => {
        planned(request);
        plans.set(`${tenant}/${plan.id}`, plan);
        return render(plan);
      });
      return Promise.resolve({
        plan: replayed ? null : plan,
        answer,
        replayed,
      });
    },
    find: (tenant, id) => Promise.resolve(plans.get(`${tenant}/${id}`) ?? null),
    list: (tenant, limit) =>
      Promise.resolve(
        [...plans].filter(([key]) => key.startsWith(`${tenant}/`))
          .map(([, plan]) => plan).slice(0, limit),
      ),
    watched: () => Promise.resolve([]),
    validate: movePlan("validated", "validated"),
    approve: movePlan("approved", "validated"),
    apply: movePlan("applied", "approved"),
    rollback: movePlan("rolled_back", "applied"),
    verify: movePlan("applied", "applied"),
    history: async (tenant, id) => {
      const { createdBy } = await Promise.resolve(demand(tenant, id));
      const made = { from: null, to: "proposed", reason: null } as const;
      return [{ ...made, seq: 0, by: createdBy, at: AT }];
    },
    progress: async (tenant, id) => ({
      plan: await Promise.resolve(demand(tenant, id)),
      progress: [{
        operation: "op_1",
        direction: "apply",
        state: "held",
        seen: "200",
        attempts: 1,
        error: null,
        at: AT,
      }],
    }),
    plot: async (tenant, id, plot) => {
      await Promise.resolve(demand(tenant, id));
      return `<svg xmlns="http://www.w3.org/2000/svg"><title>${plot}</title></svg>`;
    },
    guardrails: async (tenant, id) => {
      await Promise.resolve(demand(tenant, id));
      return [LOOK];
    },
    guard: () => Promise.reject(new TypeError("not over HTTP")),
  };
}
