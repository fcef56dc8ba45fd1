/**
 * Plans: one budget for each entity, all at once, with a proof of how good they are.
 *
 * @module
 */
import type { ChangeSet } from "./change_set.ts";
import type { DayRange, Instant } from "./day.ts";
import type { EntityKey } from "./entity.ts";
import type { PlanGuardrail } from "./guardrail.ts";
import type { Currency } from "./money.ts";
import type {
  PlanBinding,
  PlanExperiment,
  PlanForecast,
  PlanValue,
} from "./plan_proof.ts";
import type { PlanSchedule } from "./plan_schedule.ts";
import type { AppliedRule } from "./verdict.ts";

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
  /** Least and most outcome, as the plan's forecast has them; absent without one. */
  readonly outcomeInterval?: readonly [number, number];
  /** Why it gets that and no more or less, for a person. */
  readonly why?: string;
}

/**
 * Where a plan may go from where it stands. To itself: what speaks against it is noted
 * anew.
 *
 * ```text
 * proposed ─▶ validated ─▶ approved ─▶ applying ─▶ applied ─▶ superseded
 *    ▲            │            │        │  │          │
 *    └────────────┴────────────┴────────┘  └──▶ rolling_back ─▶ rolled_back
 * ```
 *
 * - `proposed`: made; policies or live values object, as its findings say
 * - `validated`: policies and live values agree, or agree once a person does
 * - `approved`: by another person than who asked, who named the rules that need one
 * - `applying`: its writes are under way or stopped half-way; applying again goes on. It
 *   is proposed again only if nothing was written
 * - `applied`: every write was read back
 * - `superseded`: a later plan was applied over it, or over what it left half-way
 * - `rolling_back`: as `applying`, the other way
 * - `rolled_back`: everything is as it was, or what could not be is among its findings
 */
export const PLAN_MOVES = {
  proposed: ["proposed", "validated"],
  validated: ["proposed", "approved"],
  approved: ["proposed", "applying"],
  applying: ["applying", "proposed", "applied", "superseded", "rolling_back"],
  applied: ["applied", "superseded", "rolling_back"],
  superseded: [],
  rolling_back: ["rolling_back", "rolled_back", "superseded"],
  rolled_back: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Where a plan stands. */
export type PlanState = keyof typeof PLAN_MOVES;

/** One move of a plan, written down for good. */
export interface PlanEvent {
  /** 0 for its making, then 1, 2, … */
  readonly seq: number;
  /** Where it stood; null for its making. */
  readonly from: PlanState | null;
  /** Where it went. */
  readonly to: PlanState;
  /** Who moved it; `engine:…` for the engine itself. */
  readonly by: string;
  /** When. */
  readonly at: Instant;
  /** Why; null if nobody said. */
  readonly reason: string | null;
}

/** What speaks against a plan as things are now. */
export interface PlanFinding {
  /**
   * `live_value_drifted`, `policy_objects`, `policy_review`, `model_replaced`,
   * `plan_expired`, `destination_replaced`; of writes `write_refused`, `write_unsettled` and
   * `write_kept_back`.
   */
  readonly code: string;
  /** Who it is about; null for the plan as a whole. */
  readonly entity: EntityKey | null;
  /** For a person. */
  readonly message: string;
  /** `policy@version/rule` that a person must agree to, or that bounds several budgets; absent otherwise. */
  readonly rule?: string;
}

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
  /** What of the total asked for is left: it brings nothing, or steps do not divide it; micros. */
  readonly unspentMicros?: bigint;
  /** How good it is. */
  readonly objective: PlanValue;
  /** How sure that is; absent where the model knows no doubt. */
  readonly forecast?: PlanForecast;
  /** What holds it back. */
  readonly binding: readonly PlanBinding[];
  /** When budgets are spent; absent if that was not asked for. */
  readonly schedule?: PlanSchedule;
  /** Tests worth their cost, the best first; absent if none were asked for. */
  readonly experiments?: readonly PlanExperiment[];
  /** Entity by entity. */
  readonly recommendations: readonly PlanRecommendation[];
  /** The writes that apply it. */
  readonly changeSet: ChangeSet;
  /** Who approved it; never the one who asked. */
  readonly approvedBy: string | null;
  /** What spoke against it when it was last validated, applied, verified or rolled back. */
  readonly findings: readonly PlanFinding[];
  /** What must not become worse once it is applied, or it is rolled back; none if absent. */
  readonly guardrails?: readonly PlanGuardrail[];
}
