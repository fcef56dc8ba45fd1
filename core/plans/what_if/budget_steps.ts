/**
 * What other budgets would bring: the plan for each, and what it makes of the money.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { PlanAnswer } from "../problem_file/plan_answer.ts";

/** A budget and its plan; no plan where it admits none. */
export interface BudgetStep {
  readonly budget: number;
  readonly answer: PlanAnswer | null;
}

const STEP = /^([+\-\u2212]?)(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(%?)$/;

/**
 * Reads a budget as it is asked for.
 *
 * @param text `+10%` or `-10%` of the file's, `90%` of it, `+500`, or an amount.
 * @param base The file's budget.
 * @throws {EngineError} `request_invalid` if it is none, or below 0.
 */
export function parseBudget(text: string, base: number): number {
  const [, sign = "", digits = "", percent] = STEP.exec(text.trim()) ?? [];
  const number = Number(digits);
  const size = percent === "%" ? base * (number / 100) : number;
  const budget = sign === "" ? size : sign === "+" ? base + size : base - size;
  if (digits !== "" && budget >= 0 && budget < Infinity) return budget;
  throw new EngineError(
    "request_invalid",
    `Cannot use budget "${text}": give +10%, -10%, 90%, or an amount of 0 or more`,
  );
}

/**
 * Solves for each budget.
 *
 * @param budgets In the file's unit.
 * @param solve Solves the file's problem for a budget.
 * @returns In ascending order, each once.
 */
export function stepBudgets(
  budgets: readonly number[],
  solve: (budget: number) => PlanAnswer,
): BudgetStep[] {
  const ascending = [...new Set(budgets)].sort((one, other) => one - other);
  return ascending.map((budget) => ({
    budget,
    answer: attempt(solve, budget),
  }));
}

function attempt(
  solve: (budget: number) => PlanAnswer,
  budget: number,
): PlanAnswer | null {
  try {
    return solve(budget);
  } catch (error) {
    const none = error instanceof EngineError &&
      error.code === "plan_infeasible";
    if (none) return null;
    throw error;
  }
}
