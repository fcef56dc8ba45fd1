/**
 * Why a problem has no plan, and the nearest one that has.
 *
 * @module
 */
import type { AllocationProblem } from "../../domain/allocation.ts";
import { EngineError } from "../../domain/error.ts";
import { type Conflict, findConflict } from "../allocation/conflict.ts";
import { type Move, relaxNearest } from "../allocation/nearest.ts";
import { listEntities } from "../allocation/solver/columns.ts";
import { layTotals } from "./flight_totals.ts";
import type { PlanProblem } from "./plan_problem.ts";

/** Why there is no plan. */
export interface Infeasible {
  /** Constraints that cannot be met together; without any of them the others can. */
  readonly conflict: Conflict;
  /** Bounds that move as little as possible so that there is a plan; null if moving bounds does not help. */
  readonly moves: readonly Move[] | null;
}

const MOST_TOLD = 6;

/**
 * Explains.
 *
 * @param asked A problem without a plan.
 * @returns Null where nothing was found that a search has not said already.
 */
export function explainInfeasible(asked: PlanProblem): Infeasible | null {
  if (asked.kind === "flight") return explain(layTotals(asked.problem));
  const { problem } = asked;
  return explain(
    "columns" in problem
      ? { ...problem, entities: listEntities(problem) }
      : problem,
  );
}

function explain(problem: AllocationProblem): Infeasible | null {
  const conflict = findConflict(problem);
  if (conflict === null) return null;
  const relaxed = relaxNearest(problem, conflict);
  return { conflict, moves: relaxed?.moves ?? null };
}

/** The failure that names the conflict and what would resolve it. */
export function refuseInfeasible(
  { conflict, moves }: Infeasible,
  file: string,
): EngineError {
  const { constraints, reason } = conflict;
  const nearest = moves === null || moves.length === 0
    ? ""
    : `; the nearest that can be met moves ${
      told(
        moves.map(({ constraint, from, to }) =>
          `${constraint} from ${print(from)} to ${print(to)}`
        ),
      )
    }`;
  return new EngineError(
    "plan_infeasible",
    `Cannot allocate budget of "${file}": ${reason} (${
      told(constraints)
    })${nearest}`,
    {
      facts: {
        constraints: told(constraints),
        conflicting: constraints.length,
      },
    },
  );
}

function told(texts: readonly string[]): string {
  const more = texts.length - MOST_TOLD;
  return texts.slice(0, MOST_TOLD).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
}

function print(amount: number): string {
  return String(Number(amount.toPrecision(9)));
}
