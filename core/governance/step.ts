/**
 * What the steps of a change are told and what they answer.
 *
 * @module
 */
import type { ActivePointer, Change, ChangeState } from "../domain/change.ts";
import type { ChangeAct, ChangeActName } from "../domain/change_event.ts";
import type { Instant } from "../domain/day.ts";
import type { QuorumSizes } from "./approval.ts";

/** Where a change goes, what else is set, and where the pointer goes with it. */
export interface Step {
  readonly to: ChangeState;
  readonly set?: Partial<Change>;
  readonly pointer?: ActivePointer;
  /** What else belongs into the record of it. */
  readonly findings?: unknown;
}

/** What happens on an act, by the act's name. */
export type Steps<Names extends ChangeActName> = {
  readonly [Name in Names]: (
    change: Change,
    act: Extract<ChangeAct, { readonly act: Name }>,
    context: ChangeContext,
  ) => StepOrRefusal;
};

/** A step, or why it is not taken. */
export type StepOrRefusal = Step | { readonly refused: string };

/** All that a step depends on, beside the change and the act. */
export interface ChangeContext {
  readonly at: Instant;
  /** What runs for the subject. */
  readonly active: ActivePointer;
  /** Whether a rollback of the subject was not looked at yet. */
  readonly reviewOpen: boolean;
  /** Contents of the subject that were active before, by hash. */
  readonly formerly: readonly string[];
  /** Evidence that is asked for. */
  readonly requires: readonly string[];
  /** Different people that have to agree. */
  readonly quorum: QuorumSizes;
}
