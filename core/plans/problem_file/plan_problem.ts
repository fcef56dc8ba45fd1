/**
 * What a problem file asks for, whichever format it is written in.
 *
 * @module
 */
import type { FlightProblem } from "../flighting/problem.ts";
import type { AnyProblem } from "../allocation/solver/columns.ts";

/** What is to be large: the outcome, its mean and worst tail, or the chance of a target. */
export type Aim =
  | { readonly type: "mean" }
  | {
    readonly type: "mean_cvar";
    /** Weight of the tail, [0, 1]. */
    readonly weight: number;
    /** Share of the draws in it, (0, 1]. */
    readonly tail: number;
  }
  | {
    readonly type: "chance";
    /** Outcome wanted. */
    readonly target: number;
  };

/** One amount for each entity. */
export interface AmountsAsked {
  readonly kind: "amounts";
  /** Sampled curves where there are draws. */
  readonly problem: AnyProblem;
  readonly aim: Aim;
  /** What each gets today, shape [entities], NaN where that is not known; null if it is known of none. */
  readonly today: Float64Array | null;
  /** Least and most that was ever seen of entities, by id. */
  readonly seen: ReadonlyMap<string, readonly [number, number]>;
}

/** One amount for each entity in each period. */
export interface FlightAsked {
  readonly kind: "flight";
  readonly problem: FlightProblem;
  /** What each gets in a period today, as above. */
  readonly today: Float64Array | null;
}

/** What a file asks for. */
export type PlanProblem = AmountsAsked | FlightAsked;
