/**
 * What speaks against a plan as things are now: its validity, its model, the policies in
 * force, and what the destination holds.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Plan, PlanFinding } from "../../domain/plan.ts";
import { parseModelRef, printModelRef } from "../../domain/score.ts";
import type { PlanDestination } from "../../ports/changes.ts";
import { readLive } from "../changes/live.ts";
import { fewest } from "./fewest.ts";
import { findPolicyFindings } from "./policy_findings.ts";
import type { PlansScope } from "./scope.ts";

/** What a plan is validated with. */
export type ValidationScope = Pick<
  PlansScope,
  "scores" | "policies" | "destination" | "clock"
>;

/**
 * Lists what speaks against a plan.
 *
 * @returns Nothing if it may be approved and applied; {@link isReview} says what may be
 * once a person agrees.
 * @throws {EngineError} What the destination says if it cannot be read.
 */
export async function findObjections(
  scope: ValidationScope,
  tenant: string,
  plan: Plan,
): Promise<readonly PlanFinding[]> {
  const destination = scope.destination(tenant);
  return [
    ...findForbidden(scope, tenant, plan),
    ...await findModel(scope.scores, tenant, plan),
    ...destination.name === plan.changeSet.destination
      ? await findDrift(destination, plan, "before")
      : [{
        code: "destination_replaced",
        entity: null,
        message:
          `it was made for destination "${plan.changeSet.destination}", and "${destination.name}" is configured`,
      }],
  ];
}

/** Lists what forbids to write a plan at all: it is over, or policies object or ask for a person. */
export function findForbidden(
  { clock, policies }: Pick<ValidationScope, "clock" | "policies">,
  tenant: string,
  plan: Plan,
): readonly PlanFinding[] {
  const now = clock.now();
  return [
    ...findExpiry(plan, now),
    ...findPolicyFindings(policies(tenant), plan, { tenant, now }),
  ];
}

function findExpiry({ validity }: Plan, now: Instant): PlanFinding[] {
  if (now < validity.until) return [];
  const message = `it was valid until ${validity.until}; make a new plan`;
  return [{ code: "plan_expired", entity: null, message }];
}

async function findModel(
  scores: PlansScope["scores"],
  tenant: string,
  { modelVersion }: Plan,
): Promise<PlanFinding[]> {
  const { name } = parseModelRef(modelVersion);
  const told = (message: string) => [
    { code: "model_replaced", entity: null, message },
  ];
  try {
    const { record } = await scores.curves(tenant, name);
    const champion = printModelRef(record);
    if (champion === modelVersion) return [];
    return told(`it stands on ${modelVersion}, and ${champion} is champion`);
  } catch (error) {
    if (
      !(error instanceof EngineError) || error.code !== "model_unavailable"
    ) throw error;
    return told(`it stands on ${modelVersion}, and "${name}" has no champion`);
  }
}

/**
 * Lists values that have moved.
 *
 * @param side `before`: they are not what the writes expect, nor yet what they set;
 * `after`: they are not what was written.
 * @throws {EngineError} What the destination says if it cannot be read.
 */
export async function findDrift(
  destination: PlanDestination,
  { changeSet }: Plan,
  side: "before" | "after",
): Promise<PlanFinding[]> {
  const { operations, rate } = changeSet;
  const live = await readLive({ destination, rate }, operations);
  return fewest(operations.flatMap(({ target, field, expect, set }, at) => {
    const value = live[at] ?? null;
    if (value === set || (side === "before" && value === expect)) return [];
    return [{
      code: "live_value_drifted",
      entity: target,
      message: `${field} of ${target} is ${value ?? "unset"}, and ${
        side === "before"
          ? `was ${expect ?? "unset"} when the plan was made`
          : `${set ?? "unset"} was written`
      }`,
    }];
  }));
}
