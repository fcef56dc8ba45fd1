/**
 * Plans: one budget for each entity, all at once, with a proof of how good they are.
 *
 * @module
 */
import type { DayRange, Instant } from "./day.ts";
import type { EntityKey } from "./entity.ts";
import type { Currency } from "./money.ts";
import type { ResponseCurve } from "./score.ts";
import type { AppliedRule } from "./verdict.ts";

/**
 * Find x: maximise Σ curve_i(x_i) with Σ x_i = (or ≤) budget, lo_i ≤ x_i ≤ hi_i
 * and lo_g ≤ Σ_{i in g} x_i ≤ hi_g. Amounts are in one unit, usually micros a day.
 */
export interface AllocationProblem {
  /** What money is divided among. */
  readonly entities: readonly AllocationEntity[];
  /** Bounds on sums; groups do not overlap. */
  readonly groups: readonly AllocationGroup[];
  /** What there is to divide. */
  readonly budget: number;
  /** Whether all must be spent, or up to the budget. */
  readonly spend: "all" | "up_to";
}

/** One entity that may receive money. */
export interface AllocationEntity {
  /** Its name, unique in the problem. */
  readonly id: string;
  /** Its group's id, or null. */
  readonly group: string | null;
  /** Response to what it receives. */
  readonly curve: ResponseCurve;
  /** Least it receives. */
  readonly lo: number;
  /** Most it receives. */
  readonly hi: number;
}

/** Bounds on what a group receives together. */
export interface AllocationGroup {
  /** Its name. */
  readonly id: string;
  /** Least. */
  readonly lo: number;
  /** Most. */
  readonly hi: number;
}

/** A limit that holds the plan back, and what one more unit of it would bring. */
export interface BindingConstraint {
  /** `budget`, `entity:<id>:hi`, `group:<id>:lo`, … */
  readonly constraint: string;
  /** Outcome units per unit of the amount. */
  readonly shadowPrice: number;
}

/** An allocation and its certificate. */
export interface Allocation {
  /** Amount of each entity, shape [entities], within all bounds. */
  readonly amounts: Float64Array;
  /** Σ curve_i(x_i). */
  readonly outcome: number;
  /** No feasible allocation brings more. */
  readonly upperBound: number;
  /** (upperBound − outcome) ÷ upperBound, at least 0. */
  readonly gap: number;
  /** What holds it back. */
  readonly binding: readonly BindingConstraint[];
  /** d outcome / d amount of each entity, shape [entities]. */
  readonly marginal: Float64Array;
}

/** What a caller wants planned. */
export interface PlanRequest {
  /** Allocation model whose champion's curves are used; null for the only one. */
  readonly model: string | null;
  /** Entities to plan; null for all that the model knows. */
  readonly entities: readonly EntityKey[] | null;
  /** Days planned. */
  readonly period: DayRange;
  /** Total for the period in micros; null for what is spent today. */
  readonly totalMicros: bigint | null;
  /** Currency of every amount. */
  readonly currency: Currency;
  /** Whether all must be spent. */
  readonly spend: "all" | "up_to";
  /** Bounds for the period, of entities and of their parents, in micros. */
  readonly bounds: Readonly<
    Record<EntityKey, { readonly lo?: bigint; readonly hi?: bigint }>
  >;
}

/** What one entity gets. */
export interface PlanRecommendation {
  /** Who. */
  readonly entity: EntityKey;
  /** Its channel or other parent; null if none. */
  readonly parent: EntityKey | null;
  /** Budget for the whole period, micros. */
  readonly budgetMicros: bigint;
  /** What it gets now for as long a period, micros. */
  readonly currentMicros: bigint;
  /** Outcome expected of the budget, in the objective's unit. */
  readonly expectedOutcome: number;
  /** Outcome of one more micro. */
  readonly marginalOutcome: number;
  /** Least and most it could have got, micros, after request and policies. */
  readonly boundsMicros: readonly [bigint, bigint];
  /** Rules that shaped it. */
  readonly applied: readonly AppliedRule[];
  /** Warnings, such as a budget beyond the spend ever seen. */
  readonly warnings: readonly string[];
}

/** One write to a destination, and what undoes it. */
export interface ChangeOperation {
  /** Unique in the change set; also its idempotency key. */
  readonly id: string;
  /** What is changed. */
  readonly target: EntityKey;
  /** Which field, with its unit: `budget_micros_per_day`. */
  readonly field: string;
  /** Value read when the plan was made; the write is refused if it has moved. */
  readonly expect: string | null;
  /** Value to write. */
  readonly set: string | null;
}

/** All writes of a plan. The inverse swaps `expect` and `set`. */
export interface ChangeSet {
  /** Hash of the operations and the destination. */
  readonly id: string;
  /** Connector that writes: `file`, … */
  readonly destination: string;
  /** The writes. */
  readonly operations: readonly ChangeOperation[];
  /** What undoes them. */
  readonly inverse: readonly ChangeOperation[];
}

/** Where a plan stands. */
export type PlanState = "proposed" | "approved" | "applied" | "rolled_back";

/** A plan with its proof. */
export interface Plan {
  /** `plan_` and a sortable id. */
  readonly id: string;
  /** Where it stands. */
  readonly state: PlanState;
  /** Who asked for it. */
  readonly createdBy: string;
  /** When it was made. */
  readonly createdAt: Instant;
  /** From when until when it may be applied and holds. */
  readonly validity: { readonly from: Instant; readonly until: Instant };
  /** Days planned. */
  readonly period: DayRange;
  /** Currency of every amount. */
  readonly currency: Currency;
  /** Sum of all budgets, micros. */
  readonly totalMicros: bigint;
  /** Model whose curves were used. */
  readonly modelVersion: string;
  /** Hash of the policy set. */
  readonly policySet: string;
  /** How good it is: expected outcome over the period, and its certificate. */
  readonly objective: {
    readonly unit: string;
    readonly outcome: number;
    readonly currentOutcome: number;
    readonly upperBound: number;
    readonly gap: number;
  };
  /** What holds it back. */
  readonly binding: readonly BindingConstraint[];
  /** Entity by entity. */
  readonly recommendations: readonly PlanRecommendation[];
  /** The writes that apply it. */
  readonly changeSet: ChangeSet;
  /** Who approved it; never the one who asked. */
  readonly approvedBy: string | null;
}
