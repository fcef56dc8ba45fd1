/**
 * Validates plans anew, has them approved, and verifies those that were applied.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import {
  areSame,
  findFor,
  moveOn,
  type MoveScope,
  printFindings,
  type Step,
} from "./moves.ts";
import { demandNamed, isReview, sortAgreed } from "./reviews.ts";
import { findDrift, findObjections, type ValidationScope } from "./validate.ts";

type JudgeScope = ValidationScope & MoveScope;

/**
 * Validates a plan anew. One that no longer validates is proposed again, and has to be
 * approved again.
 *
 * @returns The plan, with what speaks against it.
 */
export async function validate(scope: JudgeScope, step: Step): Promise<Plan> {
  const plan = await findFor(scope, step, "validate");
  const findings = await findObjections(scope, step.tenant, plan);
  const against = plan.state === "approved"
    ? sortAgreed(plan, findings).against
    : findings.filter((one) => !isReview(one));
  const to = against.length > 0
    ? "proposed"
    : plan.state === "proposed"
    ? "validated"
    : plan.state;
  if (to === plan.state && areSame(findings, plan.findings)) return plan;
  const reason = printFindings(findings);
  return await moveOn(scope, {
    ...{ step, verb: "validate", plan, to, reason, findings },
  });
}

/**
 * Approves a plan.
 *
 * @throws {EngineError} `approval_invalid` for whoever asked for it, or if the reason
 * does not name a rule that asks for a person; `plan_state_invalid` if it is not validated, or no longer valid.
 */
export async function approve(scope: JudgeScope, step: Step): Promise<Plan> {
  const plan = await findFor(scope, step, "approve");
  const { id, createdBy, state, validity } = plan;
  if (createdBy === step.by) {
    throw new EngineError(
      "approval_invalid",
      `Cannot approve plan "${id}": whoever asked for it may not approve it`,
      { facts: { plan: id } },
    );
  }
  if (scope.clock.now() >= validity.until) {
    throw new EngineError(
      "plan_state_invalid",
      `Cannot approve plan "${id}": it is ${state} and was valid until ${validity.until}; make a new plan`,
      { facts: { plan: id, state, validUntil: validity.until } },
    );
  }
  demandNamed(plan, step.reason);
  return await moveOn(scope, { step, verb: "approve", plan, to: "approved" });
}

/**
 * Reads an applied plan's values back.
 *
 * @returns The plan, with what has moved.
 */
export async function verify(scope: JudgeScope, step: Step): Promise<Plan> {
  const plan = await findFor(scope, step, "verify");
  const destination = scope.destination(step.tenant);
  const findings = destination.name === plan.changeSet.destination
    ? await findDrift(destination, plan, "after")
    : [{
      code: "destination_replaced",
      entity: null,
      message:
        `it was written to destination "${plan.changeSet.destination}", and "${destination.name}" is configured`,
    }];
  if (areSame(findings, plan.findings)) return plan;
  const reason = findings.length === 0
    ? "read back: every value is as it was written"
    : `read back: ${printFindings(findings)}`;
  return await moveOn(scope, {
    ...{ step, verb: "verify", plan, to: plan.state, reason, findings },
  });
}
