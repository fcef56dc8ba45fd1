/**
 * Applies and rolls back: writes what a plan's change set says, and moves the plan as
 * far as the writes came.
 *
 * What stops half-way leaves the plan `applying` or `rolling_back`, with what is wrong
 * among its findings; the same step again goes on. A rollback that is through ends even
 * if somebody else moved a value since: it is left alone and told of.
 *
 * @module
 */
import type { OperationProgress } from "../../domain/change_set.ts";
import { EngineError } from "../../domain/error.ts";
import type { Plan, PlanFinding } from "../../domain/plan.ts";
import type { ChangeJournal, PlanDestination } from "../../ports/changes.ts";
import type { PlanStore } from "../../ports/decisions.ts";
import { type ChangeAnswer, executeChanges } from "../changes/execute.ts";
import {
  findDrift,
  findForbidden,
  findObjections,
  type ValidationScope,
} from "./validate.ts";
import { isReview, sortAgreed } from "./reviews.ts";
import { findFor, moveOn, printFindings, type Step } from "./moves.ts";
import { supersede } from "./supersede.ts";
import type { Turn } from "./turn.ts";
import { findUnwritten } from "./write_findings.ts";

/** What writes are carried out with. */
export interface WritingScope extends ValidationScope {
  readonly store: PlanStore;
  readonly journal: ChangeJournal;
  /** Lets a plan be written, or throws. */
  demandWriting?(tenant: string): void;
  /** Waits milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** A step in its turn. */
export interface WritingStep extends Step {
  readonly turn: Turn;
}

/**
 * Applies a plan that is approved, or goes on applying it.
 *
 * @throws {EngineError} `change_drifted` or `plan_state_invalid` if it no longer
 * validates: it is proposed again, or stays half-way. `connector_failed` if it is
 * applied in part only, `switched_off` if a kill switch stops it, at first or half-way.
 */
export async function apply(
  scope: WritingScope,
  step: WritingStep,
): Promise<Plan> {
  const found = await findFor(scope, step, "apply");
  scope.demandWriting?.(step.tenant);
  const plan = found.state === "approved"
    ? await begin(scope, step, found)
    : await demandAllowed(scope, step, found);
  const answer = await execute(scope, step, { plan, direction: "apply" })
    .catch(async (error) => {
      if (!isDrift(error)) throw error;
      throw await withdraw(scope, step, { plan, error });
    });
  if (!answer.done) throw await stopHere(scope, step, { plan, answer });
  step.turn.demand();
  await supersede(scope, step, plan);
  return await moveOn(scope, {
    ...{ step, verb: "apply", plan, to: "applied", findings: [] },
  });
}

async function begin(
  scope: WritingScope,
  step: WritingStep,
  plan: Plan,
): Promise<Plan> {
  const findings = await findObjections(scope, step.tenant, plan);
  const { agreed, against } = sortAgreed(plan, findings);
  if (against.length === 0) {
    return await moveOn(scope, {
      ...{ step, verb: "apply", plan, to: "applying", findings: agreed },
    });
  }
  throw await proposeAgain(scope, step, { plan, findings });
}

/**
 * A plan that was begun is not gone on with once policies forbid it, or ask for a person
 * that nobody asked as it was approved, or it is over.
 */
async function demandAllowed(
  scope: WritingScope,
  step: WritingStep,
  plan: Plan,
): Promise<Plan> {
  const forbidden = findForbidden(scope, step.tenant, plan);
  const { against } = sortAgreed(plan, forbidden);
  if (against.length === 0) return plan;
  const { id, state } = plan;
  const reason = printFindings(against);
  const findings = [
    ...plan.findings.filter(isReview),
    ...against.map((one) =>
      isReview(one) ? { ...one, code: "policy_objects" } : one
    ),
  ];
  await moveOn(scope, {
    ...{ step, verb: "apply", plan, to: state, reason, findings },
  });
  throw new EngineError(
    "plan_state_invalid",
    `Cannot apply plan "${id}" to its end: ${reason}; it is ${state}, and can be rolled back`,
    { facts: { plan: id, state } },
  );
}

/** A value moved between validation and the first write: nothing was written. */
async function withdraw(
  scope: WritingScope,
  step: WritingStep,
  { plan, error }: { readonly plan: Plan; readonly error: EngineError },
): Promise<EngineError> {
  const drift = await findDrift(scope.destination(step.tenant), plan, "before");
  const findings: readonly PlanFinding[] = drift.length > 0 ? drift : [{
    code: "live_value_drifted",
    entity: null,
    message: error.message,
  }];
  return await proposeAgain(scope, step, { plan, findings });
}

async function proposeAgain(
  scope: WritingScope,
  step: WritingStep,
  { plan, findings }: {
    readonly plan: Plan;
    readonly findings: readonly PlanFinding[];
  },
): Promise<EngineError> {
  const reason = printFindings(findings);
  await moveOn(scope, {
    ...{ step, verb: "apply", plan, to: "proposed", reason, findings },
  });
  const drifted = findings.filter(({ code }) => code === "live_value_drifted");
  return new EngineError(
    drifted.length > 0 ? "change_drifted" : "plan_state_invalid",
    `Cannot apply plan "${plan.id}": ${reason}; nothing was written, and it is proposed again`,
    { facts: { plan: plan.id, state: "proposed", drifted: drifted.length } },
  );
}

/**
 * Rolls a plan back, or goes on rolling it back.
 *
 * @throws {EngineError} `connector_failed` if it is rolled back in part only.
 */
export async function rollBack(
  scope: WritingScope,
  step: WritingStep,
): Promise<Plan> {
  const found = await findFor(scope, step, "roll back");
  demandDestination(scope, step.tenant, found);
  if (found.state === "applied") await rememberEarlier(scope, step, found);
  const plan = found.state === "rolling_back" ? found : await moveOn(scope, {
    ...{ step, verb: "roll back", plan: found, to: "rolling_back" },
    findings: [],
  });
  const answer = await execute(scope, step, { plan, direction: "rollback" });
  const { refused, unsettled, keptBack, stopped } = answer;
  const isThrough = refused.length + unsettled.length + keptBack.length === 0 &&
    stopped === null;
  if (!isThrough) throw await stopHere(scope, step, { plan, answer });
  const findings = findUnwritten(plan, answer);
  return await moveOn(scope, {
    ...{ step, verb: "roll back", plan, to: "rolled_back", findings },
    ...findings.length > 0 && {
      reason: `not restored: ${printFindings(findings)}`,
    },
  });
}

/** Plans that an earlier release applied have no progress: all of it was read back. */
async function rememberEarlier(
  { journal, clock }: WritingScope,
  { tenant }: WritingStep,
  { changeSet }: Plan,
): Promise<void> {
  const kept = await journal.load(tenant, changeSet.id);
  if (kept.length > 0 || changeSet.operations.length === 0) return;
  const at = clock.now();
  await journal.save(
    tenant,
    changeSet.id,
    changeSet.operations.map(({ id, set }): OperationProgress => ({
      ...{ operation: id, direction: "apply", state: "held" },
      ...{ seen: set, attempts: 1, error: null, at },
    })),
  );
}

async function execute(
  scope: WritingScope,
  { tenant, turn }: WritingStep,
  { plan, direction }: {
    readonly plan: Plan;
    readonly direction: "apply" | "rollback";
  },
): Promise<ChangeAnswer> {
  const { clock, journal } = scope;
  const destination = demandDestination(scope, tenant, plan);
  return await executeChanges({
    ...{ tenant, changeSet: plan.changeSet, direction, clock },
    destination: {
      ...destination,
      write: (change) => {
        turn.demand();
        return destination.write(change);
      },
    },
    journal: {
      load: journal.load,
      save: (...kept) => {
        turn.demand();
        return journal.save(...kept);
      },
    },
    sleep: scope.sleep,
    demandRunning: () => {
      if (direction === "apply") scope.demandWriting?.(tenant);
    },
  });
}

function demandDestination(
  scope: WritingScope,
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

/** Notes why the writes stopped half-way. */
async function stopHere(
  scope: WritingScope,
  step: WritingStep,
  { plan, answer }: { readonly plan: Plan; readonly answer: ChangeAnswer },
): Promise<EngineError> {
  const unwritten = findUnwritten(plan, answer);
  const findings = [...plan.findings.filter(isReview), ...unwritten];
  const { state, id, changeSet: { operations } } = plan;
  const verb = state === "applying" ? "apply" : "roll back";
  const held = answer.progress.filter(({ state }) => state === "held").length;
  const { stopped, drifted } = answer;
  const isOff = stopped?.code === "switched_off";
  const failed = isOff
    ? "a kill switch is on"
    : `the destination failed with ${stopped?.code ?? "connector_failed"}`;
  const why = unwritten.length > 0 ? printFindings(unwritten) : failed;
  const reason = `${held} writes are held; ${why}`;
  await moveOn(scope, { step, verb, plan, to: state, reason, findings });
  const wait = stopped?.retryAfterSeconds ?? null;
  return new EngineError(
    drifted.length > 0 && stopped === null
      ? "change_drifted"
      : isOff
      ? "switched_off"
      : "connector_failed",
    `Cannot ${verb} plan "${id}" to its end: ${reason}; it is ${state}, ${verb} again to go on`,
    {
      facts: {
        ...{ plan: id, state, held, operations: operations.length },
        ...wait !== null && { retryAfterSeconds: wait },
      },
    },
  );
}

function isDrift(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === "change_drifted";
}
