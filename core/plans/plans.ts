/**
 * The life of plans: made, approved by someone else, applied, rolled back.
 *
 * A plan is applied only if the destination still says what it said when the plan
 * was made. It is written first and marked applied after: when a node dies between
 * the two, applying again finds the values set, writes nothing new and goes on.
 * One node applies and rolls back one plan at a time.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Plan, PlanRequest, PlanState } from "../domain/plan.ts";
import type { ModelRecord, ResponseCurves } from "../domain/score.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type {
  IdempotencyStore,
  IdempotentAnswer,
  PlanStore,
  PolicyArchive,
} from "../ports/decisions.ts";
import type { FeatureHistory } from "../ports/features.ts";
import type { PolicySet } from "../verdicts/policy_set.ts";
import { type PlanDestination, writeOperations } from "./change_set.ts";
import { propose } from "./propose.ts";

/** What plans are made and kept with. */
export interface PlansScope {
  readonly scores: {
    curves(
      tenant: string,
      name: string | null,
    ): Promise<
      { readonly record: ModelRecord; readonly curves: ResponseCurves }
    >;
  };
  readonly policies: () => PolicySet;
  readonly history: Pick<FeatureHistory, "series">;
  readonly archive: PolicyArchive;
  readonly store: PlanStore;
  readonly idempotency: IdempotencyStore;
  /** Where a tenant's plans are written. */
  readonly destination: (tenant: string) => PlanDestination;
  readonly clock: Clock;
  readonly ids: Ids;
}

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

/** Plans of tenants. */
export interface Plans {
  make(
    tenant: string,
    request: PlanRequest,
    options: MakeOptions,
  ): Promise<Made>;
  find(tenant: string, id: string): Promise<Plan | null>;
  list(tenant: string, limit: number): Promise<readonly Plan[]>;
  approve(tenant: string, id: string, by: string): Promise<Plan>;
  apply(tenant: string, id: string, by: string): Promise<Plan>;
  rollback(tenant: string, id: string, by: string): Promise<Plan>;
}

type Verb = "approve" | "apply" | "roll back";

interface Step {
  readonly tenant: string;
  readonly id: string;
  readonly by: string;
}

const MADE = 201;
const STEPS: Record<
  Verb,
  { readonly from: PlanState; readonly to: PlanState }
> = {
  approve: { from: "proposed", to: "approved" },
  apply: { from: "approved", to: "applied" },
  "roll back": { from: "applied", to: "rolled_back" },
};

/** Makes plans of the given parts. */
export function createPlans(scope: PlansScope): Plans {
  const { store } = scope;
  const inTurn = createQueue();
  return {
    make: (tenant, request, options) =>
      make(scope, { tenant, request, options }),
    find: (tenant, id) => store.find(tenant, id),
    list: (tenant, limit) => store.list(tenant, limit),
    approve: (tenant, id, by) => approve(scope, { tenant, id, by }),
    apply: (tenant, id, by) => inTurn(() => apply(scope, { tenant, id, by })),
    rollback: (tenant, id, by) =>
      inTurn(() => rollBack(scope, { tenant, id, by })),
  };
}

function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

async function make(
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
  const policies = scope.policies();
  const { record, curves } = await scope.scores.curves(tenant, request.model);
  const plan = await propose(
    { tenant, request, policies, now: scope.clock.now() },
    {
      ...scope,
      destination: scope.destination(tenant),
      id: scope.ids.next("plan"),
      by: options.by,
      record,
      curves,
    },
  );
  await scope.archive.save(policies.hash, policies.text);
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

function replay(first: IdempotentAnswer, requestHash: string): Made {
  if (first.requestHash !== requestHash) {
    throw new EngineError(
      "idempotency_key_reused",
      `Cannot make plan: idempotency key "${first.key}" was used with another request; use a new key`,
    );
  }
  return { plan: null, answer: first.answer, replayed: true };
}

async function approve(scope: PlansScope, step: Step): Promise<Plan> {
  const plan = await findIn(scope, step, "approve");
  if (plan.createdBy === step.by) {
    throw new EngineError(
      "approval_invalid",
      `Cannot approve plan "${plan.id}": whoever asked for it may not approve it`,
      { facts: { plan: plan.id } },
    );
  }
  refuseExpired(plan, { now: scope.clock.now(), verb: "approve" });
  return await move(scope, step, "approve");
}

async function apply(scope: PlansScope, step: Step): Promise<Plan> {
  const plan = await findIn(scope, step, "apply");
  refuseExpired(plan, { now: scope.clock.now(), verb: "apply" });
  await writeOperations(
    chooseDestination(scope, step.tenant, plan),
    plan.changeSet.operations,
  );
  return await move(scope, step, "apply");
}

async function rollBack(scope: PlansScope, step: Step): Promise<Plan> {
  const plan = await findIn(scope, step, "roll back");
  await writeOperations(
    chooseDestination(scope, step.tenant, plan),
    plan.changeSet.inverse,
  );
  return await move(scope, step, "roll back");
}

async function findIn(
  { store }: PlansScope,
  { tenant, id }: Step,
  verb: Verb,
): Promise<Plan> {
  const plan = await store.find(tenant, id);
  if (plan === null) {
    throw new EngineError(
      "not_found",
      `Cannot ${verb} plan "${id}": not found`,
    );
  }
  if (plan.state !== STEPS[verb].from) throw stateInvalid(plan, verb);
  return plan;
}

async function move(
  { store, clock }: PlansScope,
  { tenant, id, by }: Step,
  verb: Verb,
): Promise<Plan> {
  const moved = await store.move(tenant, id, {
    ...STEPS[verb],
    by,
    at: clock.now(),
  });
  if (moved !== null) return moved;
  const plan = await store.find(tenant, id);
  throw plan === null
    ? new EngineError("not_found", `Cannot ${verb} plan "${id}": not found`)
    : stateInvalid(plan, verb);
}

function stateInvalid({ id, state }: Plan, verb: Verb): EngineError {
  return new EngineError(
    "plan_state_invalid",
    `Cannot ${verb} plan "${id}": it is ${state}, and must be ${
      STEPS[verb].from
    }`,
    { facts: { plan: id, state } },
  );
}

function refuseExpired(
  { id, state, validity }: Plan,
  { now, verb }: { readonly now: string; readonly verb: Verb },
): void {
  if (now < validity.until) return;
  throw new EngineError(
    "plan_state_invalid",
    `Cannot ${verb} plan "${id}": it is ${state} and was valid until ${validity.until}; make a new plan`,
    { facts: { plan: id, state, validUntil: validity.until } },
  );
}

function chooseDestination(
  scope: PlansScope,
  tenant: string,
  { id, changeSet }: Plan,
): PlanDestination {
  const destination = scope.destination(tenant);
  if (destination.name === changeSet.destination) return destination;
  throw new EngineError(
    "plan_state_invalid",
    `Cannot write plan "${id}": it was made for destination "${changeSet.destination}", and "${destination.name}" is configured`,
    { facts: { plan: id, destination: changeSet.destination } },
  );
}
