/**
 * What a plan claims: how good it is, how sure that is, and what holds it back.
 *
 * @module
 */
import type { BindingConstraint } from "./allocation.ts";
import type { EntityKey } from "./entity.ts";

/** How good a plan is: expected outcome over the period, and its certificate. */
export interface PlanValue {
  /** Unit of the outcome. */
  readonly unit: string;
  /** Expected outcome of the plan. */
  readonly outcome: number;
  /** Expected outcome of today's spend. */
  readonly currentOutcome: number;
  /** No plan within the constraints brings more: outcome, or value of the goal. */
  readonly upperBound: number;
  /** (upperBound − what was reached) ÷ upperBound, at least 0. */
  readonly gap: number;
  /** No plan that reaches the target outcome spends less, micros; absent without a target. */
  readonly leastMicros?: bigint;
  /** What was maximised in place of the outcome; the bound is of this. */
  readonly goal?: PlanGoal;
}

/** Something other than the outcome that was maximised. */
export interface PlanGoal {
  /** What. */
  readonly measure: "weighted_outcome" | "profit" | "mean_cvar" | "chance";
  /** Its unit: that of the outcome, micros, or a share. */
  readonly unit: string;
  /** Of the plan. */
  readonly value: number;
  /** Of today's spend. */
  readonly current: number;
}

/** What draws of the curves say of the outcome: in the outcome's unit, weighted as asked. */
export interface PlanForecast {
  /** Share of the cases within each interval. */
  readonly share: number;
  /** How many cases. */
  readonly draws: number;
  /** Outcome of the plan. */
  readonly outcome: readonly [number, number];
  /** Mean of what it brings more than today's spend. */
  readonly improvementMean: number;
  /** What it brings more than today's spend. */
  readonly improvement: readonly [number, number];
  /** Share of the cases in which it brings more. */
  readonly beatsToday: number;
}

/** A limit that holds the plan back, in the words of whoever asked for it. */
export interface PlanBinding extends BindingConstraint {
  /** Fields of the request, and rules as `rule:<name>`, that ask for it. */
  readonly asked?: readonly string[];
  /** For a person. */
  readonly text?: string;
}

/** A test whose information is expected to be worth more than it costs. */
export interface PlanExperiment {
  /** Whose budget is changed. */
  readonly entity: EntityKey;
  /** Its planned budget, micros a day. */
  readonly plannedMicrosPerDay: bigint;
  /** Its budget in the test, micros a day. */
  readonly testMicrosPerDay: bigint;
  /** How long. */
  readonly days: number;
  /** Outcome that better plans are expected to bring. */
  readonly benefit: number;
  /** Outcome that the test is expected to lose. */
  readonly cost: number;
}
