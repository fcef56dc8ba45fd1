/**
 * What a job is: work that is due by schedule, of many, each of which is done by one node
 * at a time and goes on elsewhere when that node is gone.
 *
 * @module
 */
import type { Flight, JobName, Schedule, TakenRun } from "../ports/jobs.ts";

/** Of whom, and of what within it. */
export type Concern = Pick<Flight, "tenant" | "subject">;

/** One job. */
export interface Job {
  readonly name: JobName;
  /** When it is due by itself; null for never. */
  readonly schedule: Schedule | null;
  /** Longest that an attempt may take, minutes; it is told to end then, and tried again. */
  readonly longestMinutes: number;
  /** Whom it concerns now: a run for each. */
  concerns(): Promise<readonly Concern[]>;
  /**
   * Does it for one of them. It may run again after it did all or half of it, and does
   * nothing twice then.
   *
   * @returns What the next run of the same is given as its `memory`.
   * @throws What it could not do; it is tried again after a while, a few times.
   */
  run(run: TakenRun): Promise<unknown>;
}
