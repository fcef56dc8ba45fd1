/**
 * A plan's budgets laid out over the days or weeks of its period.
 *
 * @module
 */
import type { DayRange } from "./day.ts";
import type { EntityKey } from "./entity.ts";

/** When each budget is spent, and what that is worth. */
export interface PlanSchedule {
  /** Length of a slot; a week is seven days from the period's first, the last may be shorter. */
  readonly by: "day" | "week";
  /** In order; together they are the period. */
  readonly slots: readonly DayRange[];
  /** In the order of the recommendations. */
  readonly entities: readonly ScheduledBudget[];
  /** Outcome of all days with carry-over: what earlier spend still brings in the period, and what the period's brings after it, included. */
  readonly outcome: number;
  /** No schedule of the same budgets brings more. */
  readonly upperBound: number;
  /** (upperBound − outcome) ÷ upperBound, at least 0. */
  readonly gap: number;
  /** Outcome of spending alike on every day to come; null if limits of a day forbid that. */
  readonly uniformOutcome: number | null;
}

/** One budget over the slots. */
export interface ScheduledBudget {
  /** Whose. */
  readonly entity: EntityKey;
  /** Micros in each slot, what is spent already included; they sum to the budget. Shape [slots]. */
  readonly micros: readonly bigint[];
}
