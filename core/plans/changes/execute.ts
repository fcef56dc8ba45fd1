/**
 * Carries out a change set, or what undoes it, so that it can stop anywhere and go on.
 *
 * Everything is read before anything is written. An operation is kept as sent before it
 * is, and read back after; what is not known after a stop is read, never written again
 * on a guess. What lowers spend goes out first, and a raise only when there is money
 * for it. A rollback is the same, with the inverse of what took hold: a value that
 * somebody else moved since is told of and left alone.
 *
 * Where the destination cannot compare and write in one step, a value that moves
 * between a reading and the write that follows at once is overwritten.
 *
 * @module
 */
import type {
  ChangeOperation,
  OperationProgress,
  OperationState,
} from "../../domain/change_set.ts";
import { EngineError } from "../../domain/error.ts";
import { affordRaises, isRaise } from "./account.ts";
import { undoneBy } from "./change_set.ts";
import { toFailure } from "./failure.ts";
import { inBatches, readEach, type Reading } from "./live.ts";
import {
  type ChangeJob,
  type Run,
  startRun,
  type Step,
  type Stop,
} from "./run.ts";
import { settle } from "./settle.ts";

export type { ChangeJob } from "./run.ts";

/** How far a job has come. */
export interface ChangeAnswer {
  /** Where each operation that was begun stands, in the order in which they go out. */
  readonly progress: readonly OperationProgress[];
  /** Whether every value is what it was to become; after a rollback, what it was. */
  readonly done: boolean;
  /** Those that the destination declined; it holds what it held before. */
  readonly refused: readonly OperationProgress[];
  /** Those whose value somebody else has moved; it was left alone. */
  readonly drifted: readonly OperationProgress[];
  /** Those whose fate is not known yet: going on reads them back first. */
  readonly unsettled: readonly OperationProgress[];
  /** Ids of raises kept back because what was to pay for them is not lowered. */
  readonly keptBack: readonly string[];
  /** Why it ended before all was tried, and when to go on; null if all was tried. */
  readonly stopped: Stop | null;
}

/**
 * Carries out a change set. Going on after a stop is the same call again; what was
 * refused is then tried once more, what drifted is not.
 *
 * @throws {EngineError} `change_drifted` if a value has moved before anything was
 * begun (never in a rollback); what the destination says when it cannot be read at
 * first; nothing is written then. `plan_state_invalid` if the rollback has begun
 * elsewhere.
 */
export async function executeChanges(job: ChangeJob): Promise<ChangeAnswer> {
  const kept = await job.journal.load(job.tenant, job.changeSet.id);
  const run = startRun(job, kept);
  const operations = chooseOperations(job, kept);
  const open = await takeStock(run, operations);
  await sendAll(run, open.filter((operation) => !isRaise(operation)));
  const { direction } = job;
  const { affordable, keptBack } = affordRaises(
    { direction, operations, known: run.known },
    open.filter(isRaise),
  );
  await sendAll(run, affordable);
  return toAnswer(run, operations, keptBack);
}

/** All of them; in a rollback, the inverse of what was sent and not refused. */
function chooseOperations(
  { changeSet, direction }: ChangeJob,
  kept: readonly OperationProgress[],
): readonly ChangeOperation[] {
  if (direction === "apply") return changeSet.operations;
  const sent = new Set(
    kept.filter(({ direction, attempts, state }) =>
      direction === "apply" && attempts > 0 && state !== "refused"
    ).map(({ operation }) => operation),
  );
  return changeSet.inverse.filter((operation) => sent.has(undoneBy(operation)));
}

/** Reads everything and keeps what has happened; what is to be sent is left. */
async function takeStock(
  run: Run,
  operations: readonly ChangeOperation[],
): Promise<readonly ChangeOperation[]> {
  const { job, known } = run;
  const place = { ...job, rate: job.changeSet.rate };
  const readings = await readEach(place, operations);
  const judged = operations.map((operation, at) =>
    judge(operation, readings[at], known.get(operation.id))
  );
  const steps = judged.filter((step) => step !== null);
  if (job.direction === "apply" && known.size === 0) {
    refuseMoved(job.destination.name, steps, readings);
  }
  await run.keep(steps.filter(({ operation, state, seen, error = null }) => {
    const step = known.get(operation.id);
    return step?.state !== state || step.seen !== seen || step.error !== error;
  }));
  const open = operations.filter((_, at) => judged[at] === null);
  const refused = ({ id }: ChangeOperation) =>
    known.get(id)?.state === "refused";
  return [...open.filter((one) => !refused(one)), ...open.filter(refused)];
}

/** Where an operation stands when a run begins; null if it is to be sent. */
function judge(
  operation: ChangeOperation,
  reading: Reading | undefined,
  step: OperationProgress | undefined,
): Step | null {
  const { expect, set } = operation;
  if (reading === undefined || "error" in reading) {
    const state: OperationState = step?.state ?? "sent";
    const error = reading?.error.code ?? "connector_failed";
    return { operation, state, seen: step?.seen ?? null, error };
  }
  const { value: seen } = reading;
  if (seen === set) {
    // What was refused and is there all the same came from somebody else.
    const attempts = step?.state === "refused" ? 0 : step?.attempts ?? 0;
    return { operation, state: "held", seen, attempts };
  }
  const wasThere = step?.state === "held" ||
    step?.state === "drifted" && step.attempts > 0;
  return seen === expect && !wasThere
    ? null
    : { operation, state: "drifted", seen };
}

/** Throws if anything cannot be read, or has moved since the plan was made. */
function refuseMoved(
  destination: string,
  steps: readonly Step[],
  readings: readonly Reading[],
): void {
  for (const reading of readings) if ("error" in reading) throw reading.error;
  const drifted = steps.filter(({ state }) => state === "drifted");
  if (drifted.length === 0) return;
  const targets = nameTargets(drifted);
  throw new EngineError(
    "change_drifted",
    `Cannot write to destination "${destination}": ${targets} changed since the plan was made; nothing was written, make a new plan`,
    { facts: { destination, targets, drifted: drifted.length } },
  );
}

const NAMED = 12;

function nameTargets(steps: readonly Step[]): string {
  const more = steps.length - NAMED;
  const named = steps.slice(0, NAMED).map(({ operation }) => operation.target);
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

async function sendAll(
  run: Run,
  operations: readonly ChangeOperation[],
): Promise<void> {
  for (const batch of inBatches(operations, run.job.changeSet.rate)) {
    stopIfHalted(run);
    if (run.stopped) return;
    await settle(run, batch);
  }
}

function stopIfHalted(run: Run): void {
  try {
    run.job.demandRunning?.();
  } catch (error) {
    run.stop(toFailure(error));
  }
}

function toAnswer(
  { known, stopped }: Run,
  operations: readonly ChangeOperation[],
  keptBack: readonly ChangeOperation[],
): ChangeAnswer {
  const progress = operations.map(({ id }) => known.get(id))
    .filter((step) => step !== undefined);
  const inState = (state: OperationState) =>
    progress.filter((step) => step.state === state);
  const done = inState("held").length === operations.length;
  return {
    progress,
    done,
    refused: inState("refused"),
    drifted: inState("drifted"),
    unsettled: inState("sent"),
    keptBack: stopped === null ? keptBack.map(({ id }) => id) : [],
    stopped: done ? null : stopped,
  };
}
