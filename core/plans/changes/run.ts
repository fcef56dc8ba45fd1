/**
 * One run of a change set: what is known of each operation, kept before it is relied
 * on, and why the run stops.
 *
 * @module
 */
import type {
  ChangeDirection,
  ChangeOperation,
  ChangeSet,
  OperationProgress,
  OperationState,
} from "../../domain/change_set.ts";
import type { ErrorCode } from "../../domain/error.ts";
import type { ChangeJournal, PlanDestination } from "../../ports/changes.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Failure, waitAfter } from "./failure.ts";

/** Longest wait of a run, milliseconds; for more it stops, and is gone on with later. */
const LONGEST_WAIT_MS = 60_000;
/** Operations in a row that come to nothing, each tried alone, before a run stops. */
const IN_VAIN_IN_A_ROW = 3;
/** Operations in a row that are refused before a run stops. */
const REFUSED_IN_A_ROW = 50;

/** A change set to be carried out. */
export interface ChangeJob {
  readonly tenant: string;
  readonly changeSet: ChangeSet;
  readonly direction: ChangeDirection;
  readonly destination: PlanDestination;
  readonly journal: ChangeJournal;
  readonly clock: Clock;
  /** Waits so many milliseconds; what it throws stops the job where it can go on. */
  sleep(ms: number): Promise<void>;
  /** Asked before each batch; what it throws stops the job where it can go on. */
  demandRunning?(): void;
  /** Is told of each step that has been kept. */
  progress?(steps: readonly OperationProgress[]): void;
}

/** Why a run ended before all was tried. */
export interface Stop {
  readonly code: ErrorCode;
  /** Seconds to wait for before it is gone on with; null if the destination did not say. */
  readonly retryAfterSeconds: number | null;
}

/** Where an operation has come to. */
export interface Step {
  readonly operation: ChangeOperation;
  readonly state: OperationState;
  readonly seen: string | null;
  /** Absent: as many as before. */
  readonly attempts?: number;
  readonly error?: ErrorCode | null;
}

/** A run under way. */
export interface Run {
  readonly job: ChangeJob;
  /** Progress in the job's direction, by operation. */
  readonly known: ReadonlyMap<string, OperationProgress>;
  /** Null while it goes on. */
  readonly stopped: Stop | null;
  /** Keeps steps; they are known when they are durable. */
  keep(steps: readonly Step[]): Promise<void>;
  /** Pauses as the rate plan asks, before each batch but the first. */
  pace(): Promise<void>;
  /** Ends the run here. */
  stop(failure: Failure): void;
  /** Waits after a failure, or stops the run if that takes too long. */
  waitAfter(failure: Failure, tries: number): Promise<void>;
  /** Is told that something took hold. */
  countHeld(): void;
  /** Is told that an operation alone did not, and stops the run after too many in a row. */
  countFailed(failure: Failure): void;
}

/** Begins a run, or goes on with it. */
export function startRun(
  job: ChangeJob,
  kept: readonly OperationProgress[],
): Run {
  const { tenant, changeSet, direction, journal } = job;
  const known = new Map(
    kept.filter((step) => step.direction === direction)
      .map((step) => [step.operation, step]),
  );
  let stopped: Stop | null = null;
  let batches = 0;
  let [inVain, refused] = [0, 0];
  function stop({ code, retryAfterSeconds }: Failure): void {
    stopped ??= { code, retryAfterSeconds };
  }
  return {
    job,
    known,
    get stopped() {
      return stopped;
    },
    async keep(steps) {
      if (steps.length === 0) return;
      const progress = steps.map((step) => toProgress(job, step, known));
      await journal.save(tenant, changeSet.id, progress);
      for (const step of progress) known.set(step.operation, step);
      job.progress?.(progress);
    },
    async pace() {
      const { pauseMs } = changeSet.rate;
      if (batches++ > 0 && pauseMs > 0) await job.sleep(pauseMs);
    },
    stop,
    async waitAfter(failure, tries) {
      const waitMs = waitAfter(failure, tries);
      if (waitMs > LONGEST_WAIT_MS) stop(failure);
      else if (waitMs > 0) await job.sleep(waitMs);
    },
    countHeld() {
      [inVain, refused] = [0, 0];
    },
    countFailed(failure) {
      if (failure.retryable) inVain++;
      else refused++;
      if (inVain >= IN_VAIN_IN_A_ROW || refused >= REFUSED_IN_A_ROW) {
        stop(failure);
      }
    },
  };
}

function toProgress(
  { direction, clock }: ChangeJob,
  { operation: { id }, state, seen, attempts, error = null }: Step,
  known: ReadonlyMap<string, OperationProgress>,
): OperationProgress {
  return {
    operation: id,
    direction,
    state,
    seen,
    attempts: attempts ?? known.get(id)?.attempts ?? 0,
    error,
    at: clock.now(),
  };
}
