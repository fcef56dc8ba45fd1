/**
 * What is asked of a schedule, a plan's period laid out over days or weeks, and what it
 * answers.
 *
 * A slot is one day, or what is left of seven days counted from the period's first. Within a
 * slot money is spent alike every day; outcomes are counted day by day, those of the days after
 * the period that its money still brings included.
 *
 * @module
 */
import type { BindingConstraint } from "../../domain/allocation.ts";
import type { Day, DayRange } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { FittedCurve } from "../../domain/score.ts";

/** One entity of a plan, and what is known of its days. */
export interface ScheduleEntity {
  /** Its curve and carry-over, whose periods are days; a geometric one is followed until a millionth of it is left, two years at most. */
  readonly fitted: Pick<
    FittedCurve,
    "entity" | "curve" | "decay" | "carryOver"
  >;
  /** Spend of the days before the period, the latest last, micros. */
  readonly historyMicros: readonly number[];
  /** Spend of the days of the period before `from`, micros; missing days count as 0. */
  readonly spentMicros: readonly bigint[];
  /** Least and most of the period, what is spent included, micros. What is spent stays, if it is more. */
  readonly boundsMicros: readonly [lo: bigint, hi: bigint];
  /** Least and most of a day to come, micros; absent: any. */
  readonly dailyMicros?: readonly [lo: bigint, hi: bigint];
  /** Largest change of a day's spend from one slot to the next, micros. A slot of fewer days than its neighbour is not held to it. */
  readonly rampMicros?: bigint;
  /** Whether the first slot to come may leave the days before it by any step; if not, or absent, the ramp holds from their last on, from their last seven where slots are weeks. */
  readonly freeStart?: boolean;
  /** Factor of each day's outcome, the period's first day first; 1 where absent. */
  readonly season?: readonly number[];
}

/** A budget that several entities share. An entity is in one of them at most. */
export interface ScheduleGroup {
  /** Its name. */
  readonly id: string;
  /** Who shares it. */
  readonly entities: readonly EntityKey[];
  /** Least and most that they spend together on a day to come, micros. */
  readonly dailyMicros: readonly [lo: bigint, hi: bigint];
}

/** What to lay out. */
export interface ScheduleRequest {
  /** Days planned. */
  readonly period: DayRange;
  /** First day that can still change, within the period; the days before it are spent. */
  readonly from: Day;
  /** Length of a slot. */
  readonly granularity: "day" | "week";
  readonly entities: readonly ScheduleEntity[];
  readonly groups?: readonly ScheduleGroup[];
  /** What there is for the period, what is spent included, micros. */
  readonly totalMicros: bigint;
  /** Whether all must be spent. */
  readonly spend: "all" | "up_to";
  /** Outcome to be reached by the end of the period with the least spend; the total is then the most. */
  readonly targetOutcome?: number;
}

/** One entity's share of a schedule. */
export interface ScheduledEntity {
  readonly entity: EntityKey;
  /** What it gets in each slot, what is spent included, shape [slots], micros. */
  readonly micros: readonly bigint[];
  /** Their sum. */
  readonly totalMicros: bigint;
}

/** A schedule and its certificate. */
export interface Schedule {
  /** The slots, in order; together they are the period. */
  readonly slots: readonly DayRange[];
  /** In the request's order. */
  readonly entities: readonly ScheduledEntity[];
  /** Sum of all, micros; with spend `all` it is the request's total. */
  readonly totalMicros: bigint;
  /** Outcome of all days, those already gone included. */
  readonly outcome: number;
  /** No schedule within the bounds brings more. */
  readonly upperBound: number;
  /** (upperBound − outcome) ÷ upperBound, at least 0. */
  readonly gap: number;
  /** The best outcome of spending alike on every day to come; null if bounds admit none. What timing is worth is the rest. */
  readonly uniformOutcome: number | null;
  /** What holds it back: `budget`, `entity:<key>:hi`, `group:<id>:<slot>:hi`, `cell:<key>:<slot>:hi`, `ramp:<key>:<slot>:hi`, with the outcome of one more micro. */
  readonly binding: readonly BindingConstraint[];
  /** No schedule that reaches the target spends less, micros; absent without a target. */
  readonly leastMicros?: bigint;
}
