/**
 * Work in the background: what is asked for, by whom it is done, and how far it is.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";

/** Everything that is done in the background by schedule; labels of metrics. */
export const JOB_NAMES = [
  "materialize",
  "make_plans",
  "watch_plans",
  "retrain_models",
  "watch_models",
  "watch_sources",
  "keep_retention",
  "name_records",
] as const;

/** Name of work in the background. */
export type JobName = (typeof JOB_NAMES)[number];

/** Whether a text names work in the background. */
export function isJobName(text: string): text is JobName {
  return (JOB_NAMES as readonly string[]).includes(text);
}

/** The subject of a run that only asks for the runs of all whom the job concerns. */
export const SPREAD = "*";
/** The tenant of what concerns all. */
export const ALL_TENANTS = "";

/** What is done one at a time, whatever the number of nodes. */
export interface Flight {
  readonly job: JobName;
  /** Whose; {@link ALL_TENANTS} if it is of all. */
  readonly tenant: string;
  /** Of what within the tenant; empty if of all of it, {@link SPREAD} for a spread. */
  readonly subject: string;
}

/** When a job is due by itself: at a time of day, UTC, `HH:MM`, or every so many minutes. */
export type Schedule = { readonly at: string } | {
  readonly everyMinutes: number;
};

/** When a job is due, and how long a run of it may take. */
export interface ScheduledJob {
  readonly job: JobName;
  readonly schedule: Schedule;
}

/** `lost`: the node that ran it is not heard of; another goes on with it. */
export type JobState =
  | "queued"
  | "running"
  | "lost"
  | "done"
  | "failed"
  | "cancelled";

/** The latest run of a flight, as it is seen from outside. */
export interface JobRun extends Flight {
  readonly id: string;
  readonly state: JobState;
  /** Counted from 1; 0 while none has begun. */
  readonly attempt: number;
  /** Name of the process that ran it last; null if none did. */
  readonly node: string | null;
  readonly since: Instant | null;
  readonly endedAt: Instant | null;
  /** When a run that failed is tried again; null if it is not. */
  readonly nextTryAt: Instant | null;
  /** When a run of this flight last ended well. */
  readonly succeededAt: Instant | null;
  /** Share of the work that is done, in [0, 1]; null if unknown. */
  readonly share: number | null;
  /** What is being done, in a few words. */
  readonly text: string | null;
  /** Code of the failure; null if there was none. */
  readonly error: string | null;
}

/** A run that this process has taken. */
export interface TakenRun extends Flight {
  readonly id: string;
  readonly attempt: number;
  /** When it was asked for, by the clock of the database. */
  readonly askedAt: Instant;
  /** Whether it was asked for by its schedule, and not by somebody. */
  readonly scheduled: boolean;
  /** What an attempt before this one kept of how far it came; null if nothing. */
  readonly checkpoint: unknown;
  /** What the last run of the flight that ended well left for this one; null if nothing. */
  readonly memory: unknown;
  /** Told when the run is no longer this process's: cancelled, too long, or taken over. */
  readonly signal: AbortSignal;
  /** Says how far it is; shown within seconds. */
  report(text: string, share: number | null): void;
  /**
   * Keeps how far it came, for whoever goes on after this process.
   *
   * @throws The signal's reason, if the run is no longer this process's.
   */
  keep(checkpoint: unknown): Promise<void>;
}

/** What a run came to. */
export type JobOutcome =
  | { readonly kind: "done"; readonly memory: unknown }
  /** It is tried again after a while, a few times. */
  | { readonly kind: "failed"; readonly error: string }
  /** It goes on at once, with its checkpoint, wherever there is a node. */
  | { readonly kind: "handed_back" };

/** Runs that this process takes. */
export interface Working {
  /** Takes no more, and waits until what was taken is settled. */
  stop(): Promise<void>;
}

/** The queue that all nodes share. */
export interface JobQueue {
  /**
   * Asks for a run.
   *
   * @returns Its id; null if one of the flight is asked for, running or to be tried again.
   */
  ask(flight: Flight): Promise<string | null>;
  /** Has spreads of all tenants asked for when they are due, and nothing else any more. */
  keepSchedules(jobs: readonly ScheduledJob[]): Promise<void>;
  /**
   * Takes runs, a few at a time.
   *
   * @param options Who runs them, how, and who is told when the queue does not answer.
   */
  work(options: {
    readonly node: string;
    run(taken: TakenRun): Promise<JobOutcome>;
    failed(error: unknown): void;
  }): Promise<Working>;
  /** The latest run of every flight, by job, tenant and subject; of one tenant, or of all. */
  list(tenant?: string): Promise<readonly JobRun[]>;
  /** What the runs of a job left. */
  memories(
    job: JobName,
  ): Promise<
    readonly (Pick<Flight, "tenant" | "subject"> & {
      readonly memory: unknown;
    })[]
  >;
  /**
   * Ends a run, and tries it no more.
   *
   * @param id Which.
   * @param tenant Whose; anybody's unless given.
   * @returns Whether there was one to end.
   */
  cancel(id: string, tenant?: string): Promise<boolean>;
  close(): Promise<void>;
}
