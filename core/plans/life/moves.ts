/**
 * From which states a plan takes which step, and how it is said when it does not.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Plan, PlanFinding, PlanState } from "../../domain/plan.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PlanMove, PlanStore } from "../../ports/decisions.ts";

/** What people and the engine do with a plan. */
export type Verb = "validate" | "approve" | "apply" | "roll back" | "verify";

/** Who does something with which plan. */
export interface Step {
  readonly tenant: string;
  readonly id: string;
  readonly by: string;
  /** Why; null if nobody said. */
  readonly reason: string | null;
}

/** Where a plan must stand for a step. */
const FROM: Readonly<Record<Verb, readonly PlanState[]>> = {
  validate: ["proposed", "validated", "approved"],
  approve: ["validated"],
  apply: ["approved", "applying"],
  "roll back": ["applied", "applying", "rolling_back"],
  verify: ["applied"],
};

/** What moves are made with. */
export interface MoveScope {
  readonly store: PlanStore;
  readonly clock: Clock;
}

/**
 * Finds a plan that may take a step.
 *
 * @throws {EngineError} `not_found`, or `plan_state_invalid` if it stands elsewhere.
 */
export async function findFor(
  { store }: MoveScope,
  { tenant, id }: Pick<Step, "tenant" | "id">,
  verb: Verb,
): Promise<Plan> {
  const plan = await store.find(tenant, id);
  if (plan === null) {
    throw new EngineError(
      "not_found",
      `Cannot ${verb} plan "${id}": not found`,
    );
  }
  if (!FROM[verb].includes(plan.state)) throw stateInvalid(plan, verb);
  return plan;
}

/**
 * Moves a plan from where it was found, for the reason given, or else for what was said.
 *
 * @throws {EngineError} `plan_state_invalid` if somebody else moved it meanwhile.
 */
export async function moveOn(
  { store, clock }: MoveScope,
  { step: { tenant, id, by, reason }, verb, plan, ...move }: {
    readonly step: Step;
    readonly verb: Verb;
    /** As it was found. */
    readonly plan: Plan;
  } & Pick<PlanMove, "to" | "reason" | "findings">,
): Promise<Plan> {
  const moved = await store.move(tenant, id, {
    ...reason !== null && { reason },
    ...{ ...move, from: plan.state, by, at: clock.now() },
  });
  if (moved !== null) return moved;
  throw stateInvalid(await store.find(tenant, id) ?? plan, verb);
}

/** Whether two lists of findings say the same. */
export function areSame(
  some: readonly PlanFinding[],
  others: readonly PlanFinding[],
): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

/** Findings in one line. */
export function printFindings(findings: readonly PlanFinding[]): string {
  const [first, ...more] = findings.map(({ message }) => message);
  if (first === undefined) return "nothing speaks against it";
  return more.length === 0 ? first : `${first}; and ${more.length} more`;
}

function stateInvalid({ id, state }: Plan, verb: Verb): EngineError {
  return new EngineError(
    "plan_state_invalid",
    `Cannot ${verb} plan "${id}": it is ${state}, and must be ${
      FROM[verb].join(" or ")
    }`,
    { facts: { plan: id, state } },
  );
}
