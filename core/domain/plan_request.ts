/**
 * What a caller wants planned: an objective, and what every plan must keep.
 *
 * Amounts are micros for the whole period unless a name says otherwise. A key or name
 * stands for entities: an entity's for itself, a parent's for all below it, a
 * group's for its members.
 *
 * @module
 */
import type { DayRange } from "./day.ts";
import type { EntityKey } from "./entity.ts";
import type { PlanGuardrail } from "./guardrail.ts";
import type { Currency } from "./money.ts";
import type { PlanSchedule } from "./plan_schedule.ts";

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
  /** Bounds of entities, and of all below a parent together. */
  readonly bounds: Readonly<
    Record<EntityKey, { readonly lo?: bigint; readonly hi?: bigint }>
  >;
  /** What is maximised; the outcome if absent. */
  readonly objective?: PlanObjective;
  /** How far budgets may move from today's. */
  readonly changeLimit?: ChangeLimit;
  /** Least of an entity that may be paused: it gets nothing, or so much. A parent's is that of each below it. */
  readonly leastIfOn?: Readonly<Record<EntityKey, bigint>>;
  /** Budgets per day are multiples of it, micros. */
  readonly stepMicros?: bigint;
  /** Sets with bounds; of two that share an entity, one holds the other. */
  readonly groups?: readonly PlanGroup[];
  /** Shares of sets in others. */
  readonly shares?: readonly PlanShare[];
  /** Returns that must come back. */
  readonly returns?: readonly PlanReturn[];
  /** Outcome to be reached by the least budget; the total is then the most. */
  readonly targetOutcome?: number;
  /** What is made of curves that are not known exactly; the mean if absent. */
  readonly risk?: PlanRisk;
  /** Tests to look for; none if absent. */
  readonly exploration?: PlanExploration;
  /** Slots over which budgets are laid out; none if absent. */
  readonly schedule?: PlanSchedule["by"];
  /** Time after which the best plan so far is the answer, milliseconds; 20,000 if absent. */
  readonly deadlineMs?: number;
  /** What must not become worse once the plan is applied, or it is rolled back; none if absent. */
  readonly guardrails?: readonly PlanGuardrail[];
}

/** What is maximised. */
export interface PlanObjective {
  /** Σ weight·outcome, or its worth less the spend. */
  readonly maximize: "outcome" | "profit";
  /** Worth of one unit of the weighted outcome, micros; 1 if absent, which is right for outcomes in micros. */
  readonly valueMicros?: number;
  /** Weight of the outcomes of an entity, or of those below a parent; the nearest counts, 1 if none. */
  readonly weights?: Readonly<Record<EntityKey, number>>;
}

/** How far budgets may move from today's spend, in thousandths of it, either way. */
export interface ChangeLimit {
  /** Of each entity; absent: any. */
  readonly mostPermille?: number;
  /** Of single entities, instead; of a parent, what is below it together. */
  readonly of?: Readonly<Record<EntityKey, number>>;
}

/** A set of entities with bounds on what it gets. */
export interface PlanGroup {
  /** Unique in the request. */
  readonly name: string;
  /** Entities, parents, and names of other groups. */
  readonly members: readonly string[];
  /** Least. */
  readonly lo?: bigint;
  /** Most. */
  readonly hi?: bigint;
  /** How many of its entities may get more than nothing. */
  readonly mostOn?: number;
}

/** Bounds on what one set gets of another, in thousandths. */
export interface PlanShare {
  /** The set: entities, parents, and names of groups. */
  readonly of: readonly string[];
  /** Of which it is a share; null for all that is spent. */
  readonly in: readonly string[] | null;
  /** At least; absent: any. */
  readonly leastPermille?: number;
  /** At most; absent: any. */
  readonly mostPermille?: number;
}

/** A target return on spend, or a target cost. */
export interface PlanReturn {
  /** Over an entity, what is below a parent, or a group; null for all. */
  readonly over: string | null;
  /** Worth of the outcomes, at least, for each unit spent. */
  readonly leastRoas?: number;
  /** Spend for each unit of outcome at most, micros. */
  readonly mostCostMicros?: number;
}

/** What is made of curves that are not known exactly. */
export type PlanRisk =
  /** The expected outcome. */
  | { readonly measure: "mean" }
  /** (1 − weight) · mean + weight · mean of the worst `tail` of all cases. */
  | {
    readonly measure: "mean_cvar";
    /** (0, 1]. */
    readonly weight: number;
    /** (0, 1]. */
    readonly tail: number;
  }
  /** The chance that the outcome reaches the target. */
  | { readonly measure: "chance"; readonly target: number };

/** Tests to look for, and what they may cost. */
export interface PlanExploration {
  /** Outcome that all tests may be expected to cost, thousandths of the plan's. */
  readonly costPermille: number;
  /** Days that a test lasts, at most those of the period. */
  readonly testDays: number;
  /** Periods, as long as this one, in which what was learnt is of use. */
  readonly usefulPeriods: number;
  /** Noise of one entity's outcome in a period, thousandths of its expected outcome. */
  readonly noisePermille: number;
}
