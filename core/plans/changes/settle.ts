/**
 * Brings a batch of operations to its end: kept as sent, written, and read back.
 *
 * Nothing is sent before it was read that the destination still holds the old value,
 * and nothing is sent again before it was read that it did not take hold. Where a batch
 * comes to nothing, its parts are tried, so that one operation that is refused hides no
 * other.
 *
 * @module
 */
import type {
  ChangeOperation,
  OperationState,
} from "../../domain/change_set.ts";
import { EngineError } from "../../domain/error.ts";
import { type Failure, FORGOTTEN, toFailure } from "./failure.ts";
import { identify } from "./change_set.ts";
import { halves, readEach, type Reading } from "./live.ts";
import type { Run, Step } from "./run.ts";

/** Times that one batch is sent. */
const TRIES = 3;

type Batch = readonly ChangeOperation[];

/** Sends a batch until it is settled, or the run stops. */
export async function settle(run: Run, batch: Batch): Promise<void> {
  await run.pace();
  let left = batch;
  let failure: Failure | null = null;
  for (let tries = 0;; tries++) {
    if (tries > 0) await run.waitAfter(failure ?? FORGOTTEN, tries);
    left = await readBack(run, left);
    if (left.length === 0) return;
    const final = failure !== null && !failure.retryable;
    if (run.stopped || final || tries === TRIES) {
      return await giveUp(run, left, failure ?? FORGOTTEN);
    }
    failure = await send(run, left);
    if (failure === null) left = await readBack(run, left);
    if (left.length === 0) return;
  }
}

/** Writes; null if the destination says that it did. */
async function send(run: Run, batch: Batch): Promise<Failure | null> {
  const { job: { destination }, known } = run;
  await run.keep(batch.map((operation) => ({
    operation,
    state: "sent",
    seen: operation.expect,
    attempts: (known.get(operation.id)?.attempts ?? 0) + 1,
  })));
  try {
    await destination.write({
      id: identify(destination.name, batch),
      settings: batch.map(({ id, set, ...place }) => ({
        ...place,
        value: set,
        key: id,
      })),
    });
    return null;
  } catch (error) {
    return toFailure(error);
  }
}

/** Reads what became of a batch; those that still hold what they held are left. */
async function readBack(run: Run, batch: Batch): Promise<Batch> {
  const { job, known } = run;
  const place = { ...job, rate: job.changeSet.rate };
  let readings: readonly Reading[];
  try {
    readings = await readEach(place, batch);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const failure = toFailure(error);
    run.stop(failure);
    await keepUnsettled(run, batch, failure);
    return [];
  }
  const judged = batch.map((operation, at) =>
    judge(operation, readings[at], known.get(operation.id)?.state)
  );
  const steps = judged.filter((step) => step !== null);
  await run.keep(steps);
  if (steps.some(({ state }) => state === "held")) run.countHeld();
  return batch.filter((_, at) => judged[at] === null);
}

/** Where an operation has come to; null if it has no effect yet. */
function judge(
  operation: ChangeOperation,
  reading: Reading | undefined,
  state: OperationState | undefined,
): Step | null {
  const { expect, set } = operation;
  if (reading === undefined || "error" in reading) {
    const error = reading?.error.code ?? FORGOTTEN.code;
    return { operation, state: state ?? "sent", seen: null, error };
  }
  const { value: seen } = reading;
  if (seen === set) return { operation, state: "held", seen };
  return seen === expect ? null : { operation, state: "drifted", seen };
}

/** What is left when a batch came to nothing: its parts are tried. */
async function giveUp(
  run: Run,
  left: Batch,
  failure: Failure,
): Promise<void> {
  await keepUnsettled(run, left, failure);
  if (run.stopped) return;
  const [only, ...others] = left;
  if (only === undefined) return;
  if (others.length > 0) {
    const parts = failure.retryable
      ? left.map((operation) => [operation])
      : halves(left);
    for (const part of parts) if (!run.stopped) await settle(run, part);
    return;
  }
  run.countFailed(failure);
  if (failure.retryable) return;
  await run.keep([{
    operation: only,
    state: "refused",
    seen: only.expect,
    error: failure.code,
  }]);
}

/** Keeps why operations that were sent are not settled. */
function keepUnsettled(
  run: Run,
  batch: Batch,
  { code: error }: Failure,
): Promise<void> {
  const sent = batch.filter(({ id }) => run.known.get(id)?.state === "sent");
  return run.keep(sent.map((operation) => ({
    operation,
    state: "sent",
    seen: operation.expect,
    error,
  })));
}
