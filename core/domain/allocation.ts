/**
 * Allocation problems: what money is divided among, under which constraints, and the
 * answer with its certificate.
 *
 * @module
 */
import type { ResponseCurve } from "./score.ts";

/**
 * Find x: maximise Σ weight_i·curve_i(x_i) with Σ x_i = (or ≤) budget, every x_i
 * within its bounds, the sums of groups within theirs, and what else is asked.
 * Amounts are in one unit, usually micros a day.
 */
export interface AllocationProblem {
  /** What money is divided among. */
  readonly entities: readonly AllocationEntity[];
  /** Bounds on sums; of two groups that share an entity, one holds the other. */
  readonly groups: readonly AllocationGroup[];
  /** What there is to divide. */
  readonly budget: number;
  /** Whether all must be spent, or up to the budget. */
  readonly spend: "all" | "up_to";
  /** Bounds on weighted sums, such as a share of voice or a mix of brands. */
  readonly linear?: readonly LinearConstraint[];
  /** Outcome that must come back for what is spent. */
  readonly returns?: readonly ReturnTarget[];
  /** What is maximised: the weighted outcome (by default), or that less the spend. */
  readonly objective?: "outcome" | "profit";
}

/** The same, its entities as columns, for problems too large for objects. */
export interface ColumnarProblem extends Omit<AllocationProblem, "entities"> {
  /** Its entities. */
  readonly columns: AllocationColumns;
}

/** Entities as columns of shape [size], filled by whoever reads them. */
export interface AllocationColumns {
  /** How many there are. */
  readonly size: number;
  /** Name of each; null names them by their position, `0`, `1`, … */
  readonly ids: readonly string[] | null;
  /** Index into {@link CURVE_KINDS}. */
  readonly kind: Uint8Array;
  /** Ceiling of each curve. */
  readonly ceiling: Float64Array;
  /** Half saturation; of a logistic curve its rate. */
  readonly scale: Float64Array;
  /** Slope of a Hill curve; not read for others. */
  readonly slope: Float64Array;
  /** Least each receives. */
  readonly lo: Float64Array;
  /** Most each receives. */
  readonly hi: Float64Array;
  /** Index into the problem's groups, −1 for none. */
  readonly group: Int32Array;
  /** 1 where nothing at all is allowed beside [lo, hi]; absent: nowhere. */
  readonly off?: Uint8Array;
  /** Step sizes, 0 for none; absent: none. */
  readonly step?: Float64Array;
  /** Value of an outcome unit; absent: 1. */
  readonly weight?: Float64Array;
  /** Curves of kind `other`, by position. */
  readonly others?: ReadonlyMap<number, AllocationCurve>;
}

/** What `kind` means in {@link AllocationColumns}. */
export const CURVE_KINDS = [
  "hill",
  "logistic",
  "michaelis_menten",
  "other",
] as const;

/** Response to what an entity receives. */
export type AllocationCurve = ResponseCurve | PiecewiseCurve | SampledCurve;

/** Straight lines between points, of any shape; 0 before the first, flat after the last. */
export interface PiecewiseCurve {
  /** Which. */
  readonly type: "piecewise";
  /** Amount and outcome, amounts ascending; the first is at or below the entity's least. */
  readonly points: readonly (readonly [amount: number, outcome: number])[];
}

/** Mean over posterior draws. */
export interface SampledCurve {
  /** Which. */
  readonly type: "sampled";
  /** At least one. */
  readonly draws: readonly ResponseCurve[];
}

/** One entity that may receive money. */
export interface AllocationEntity {
  /** Its name, unique in the problem. */
  readonly id: string;
  /** Its group's id, or null. */
  readonly group: string | null;
  /** Response to what it receives. */
  readonly curve: AllocationCurve;
  /** Least it receives. */
  readonly lo: number;
  /** Most it receives. */
  readonly hi: number;
  /** Whether it may receive nothing instead: 0, or within [lo, hi]. */
  readonly off?: boolean;
  /** Amounts are lo + k·step (or 0 if it may be off). */
  readonly step?: number;
  /** Value of one unit of its outcome; 1 by default, not negative. */
  readonly weight?: number;
}

/** Bounds on what a group receives together. */
export interface AllocationGroup {
  /** Its name. */
  readonly id: string;
  /** Least. */
  readonly lo: number;
  /** Most. */
  readonly hi: number;
  /** The group that holds it; null or absent if it stands below the total. */
  readonly parent?: string | null;
  /** How many of its entities, at any depth, may receive more than nothing. */
  readonly most?: number;
}

/** lo ≤ Σ coefficient·amount ≤ hi. */
export interface LinearConstraint {
  /** Its name. */
  readonly id: string;
  /** Coefficient of each entity that counts. */
  readonly terms: Readonly<Record<string, number>>;
  /** Least; absent: none. */
  readonly lo?: number;
  /** Most; absent: none. */
  readonly hi?: number;
}

/** Σ weight·outcome ≥ least · Σ amount: a target return, or the inverse of a target cost. */
export interface ReturnTarget {
  /** Its name. */
  readonly id: string;
  /** Over whom; null for all. */
  readonly group: string | null;
  /** Outcome for each unit spent. */
  readonly least: number;
}

/** A limit that holds the plan back, and what one more unit of it would bring. */
export interface BindingConstraint {
  /** `budget`, `entity:<id>:hi`, `group:<id>:lo`, `linear:<id>:hi`, `returns:<id>`, … */
  readonly constraint: string;
  /** Outcome units per unit of the amount. */
  readonly shadowPrice: number;
}

/** An allocation and its certificate. */
export interface Allocation {
  /** Amount of each entity, shape [entities], within all bounds. */
  readonly amounts: Float64Array;
  /** What the objective says of the amounts. */
  readonly outcome: number;
  /** No feasible allocation brings more, however early the search ended. */
  readonly upperBound: number;
  /** (upperBound − outcome) ÷ |upperBound|, at least 0. */
  readonly gap: number;
  /** What holds it back. */
  readonly binding: readonly BindingConstraint[];
  /** d objective / d amount of each entity, before prices, shape [entities]. */
  readonly marginal: Float64Array;
}
