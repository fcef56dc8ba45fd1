/**
 * Change sets: the writes of a plan, what undoes them, how fast they go out, and how
 * far each has come.
 *
 * @module
 */
import type { Instant } from "./day.ts";
import type { EntityKey } from "./entity.ts";

/** One write to a destination. */
export interface ChangeOperation {
  /** Unique in the change set; also its idempotency key. */
  readonly id: string;
  /** What is changed. */
  readonly target: EntityKey;
  /** Which field, with its unit: `budget_micros_per_day`. */
  readonly field: string;
  /**
   * Which of several platforms it goes to, chosen when the plan was made; what undoes
   * it goes there too. Absent where there is one platform.
   */
  readonly route?: string;
  /** Value read when the plan was made; the write is refused if it has moved. */
  readonly expect: string | null;
  /** Value to write. */
  readonly set: string | null;
}

/** How fast writes go out. */
export interface RatePlan {
  /** Operations written together at most, at least 1. */
  readonly batch: number;
  /** Pause between two batches, milliseconds. */
  readonly pauseMs: number;
}

/** All writes of a plan. The inverse swaps `expect` and `set`. */
export interface ChangeSet {
  /** Hash of the operations and the destination. */
  readonly id: string;
  /** Connector that writes: `file`, … */
  readonly destination: string;
  /** The writes, in the order in which they go out: what lowers spend first. */
  readonly operations: readonly ChangeOperation[];
  /** What undoes them, in the order in which it goes out. */
  readonly inverse: readonly ChangeOperation[];
  /** How fast they go out. */
  readonly rate: RatePlan;
}

/** Which way a change set goes. */
export type ChangeDirection = "apply" | "rollback";

/**
 * Where one write stands.
 *
 * - `sent`: under way, or its answer was lost, or its target cannot be read: what it
 *   came to is read back
 * - `held`: the destination was read, and holds the value
 * - `refused`: the destination said no, and holds what it held before
 * - `drifted`: the destination holds a value that is neither the old nor the new one
 */
export type OperationState = "sent" | "held" | "refused" | "drifted";

/** How far one write has come. An operation without it has not been begun. */
export interface OperationProgress {
  /** Id of the operation. */
  readonly operation: string;
  /** Which way. */
  readonly direction: ChangeDirection;
  /** Where it stands. */
  readonly state: OperationState;
  /** What the destination was last seen to hold. */
  readonly seen: string | null;
  /** How often it was sent. */
  readonly attempts: number;
  /** Stable code of the last failure; null if none. */
  readonly error: string | null;
  /** When it came there. */
  readonly at: Instant;
}
