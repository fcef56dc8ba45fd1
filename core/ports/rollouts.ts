/**
 * What changes on trial were seen to do, counted by all nodes together.
 *
 * @module
 */
import type { Trial } from "../domain/change.ts";
import type { Scope } from "./governance.ts";

/** Decisions that were judged by what is active and by what is on trial. */
export interface RolloutCounts {
  readonly decisions: number;
  /** Those that come out otherwise. */
  readonly flips: number;
  /** Of these, less is done or for less. */
  readonly tighter: number;
  readonly looser: number;
}

/** One stage of a trial. */
export interface RolloutStage {
  readonly scope: Scope;
  readonly change: string;
  /** Round of review: one that is tried again is counted anew. */
  readonly cycle: number;
  readonly stage: Trial["stage"];
}

/** Counts of trials. */
export interface RolloutStore {
  /** Adds what one node has seen. */
  add(of: RolloutStage, counts: RolloutCounts): Promise<void>;
  /** What all have seen; zeros if nothing. */
  seen(of: RolloutStage): Promise<RolloutCounts>;
}
