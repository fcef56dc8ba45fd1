/**
 * Makes a plan, validates it, and keeps it with the answer to who asked.
 *
 * @module
 */
import type { EntityKey } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { IdempotentAnswer } from "../../ports/decisions.ts";
import { propose } from "../proposal/propose.ts";
import { isReview } from "./reviews.ts";
import type { PlansScope } from "./scope.ts";
import { findObjections } from "./validate.ts";

/** How a plan is asked for. */
export interface MakeOptions {
  readonly by: string;
  readonly idempotent: {
    readonly route: string;
    readonly key: string;
    readonly requestHash: string;
  } | null;
  /** Prints the answer that is kept with the plan. */
  render(plan: Plan): string;
}

/** The answer to a request for a plan. */
export interface Made {
  /** Null when the answer is an earlier one. */
  readonly plan: Plan | null;
  readonly answer: string;
  readonly replayed: boolean;
}

const MADE = 201;

/**
 * Makes a plan.
 *
 * @returns It, proposed if something speaks against it, and validated otherwise.
 * @throws {EngineError} `request_invalid` or `plan_infeasible`, saying what to change;
 * `idempotency_key_reused`.
 */
export async function make(
  scope: PlansScope,
  { tenant, request, options }: {
    readonly tenant: string;
    readonly request: PlanRequest;
    readonly options: MakeOptions;
  },
): Promise<Made> {
  const { idempotent } = options;
  if (idempotent !== null) {
    const { route, key } = idempotent;
    const first = await scope.idempotency.find(tenant, route, key);
    if (first !== null) return replay(first, idempotent.requestHash);
  }
  const plan = await validated(scope, tenant, {
    request,
    plan: await proposeFor(scope, tenant, { request, by: options.by }),
  });
  const answer = options.render(plan);
  const kept = await scope.store.create(
    tenant,
    plan,
    idempotent === null ? null : { ...idempotent, status: MADE, answer },
  );
  return kept.kind === "created"
    ? { plan, answer, replayed: false }
    : replay(kept.first, idempotent?.requestHash ?? "");
}

/** Policies are told the model's name, whether or not the request named it. */
async function proposeFor(
  scope: PlansScope,
  tenant: string,
  { request, by }: { readonly request: PlanRequest; readonly by: string },
): Promise<Plan> {
  const policies = scope.policies(tenant);
  const { record, curves } = await scope.scores.curves(tenant, request.model);
  const named = { ...request, model: record.name };
  const plan = await propose(
    { tenant, request: named, policies, now: scope.clock.now() },
    {
      ...scope,
      destination: scope.destination(tenant),
      id: scope.ids.next("plan"),
      ...{ by, record, curves },
    },
  );
  await scope.archive.save(policies.hash, policies.text);
  return plan;
}

async function validated(
  scope: PlansScope,
  tenant: string,
  { request: { guardrails = [] }, plan }: {
    readonly request: PlanRequest;
    readonly plan: Plan;
  },
): Promise<Plan> {
  const planned = new Set<EntityKey>(
    plan.recommendations.map(({ entity }) => entity),
  );
  for (const { entity } of guardrails) {
    if (entity === null || planned.has(entity)) continue;
    throw new EngineError(
      "request_invalid",
      `Cannot make plan: guardrails names "${entity}", which is not planned`,
      { facts: { field: "guardrails", entity } },
    );
  }
  const findings = await findObjections(scope, tenant, plan);
  return {
    ...plan,
    state: findings.every(isReview) ? "validated" : "proposed",
    findings,
    ...guardrails.length > 0 && { guardrails },
  };
}

function replay(first: IdempotentAnswer, requestHash: string): Made {
  if (first.requestHash !== requestHash) {
    throw new EngineError(
      "idempotency_key_reused",
      `Cannot make plan: idempotency key "${first.key}" was used with another request; use a new key`,
    );
  }
  return { plan: null, answer: first.answer, replayed: true };
}
