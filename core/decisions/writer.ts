/**
 * Group commit: decisions taken at the same time become durable in one
 * transaction. While one batch is written the next gathers.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Appended, DecisionLog, LogEntry } from "../ports/decisions.ts";

/** Appends one entry; durable when it resolves. */
export interface Writer {
  /**
   * @throws {EngineError} `store_unavailable` if too many wait, or the log cannot
   * be written; whether the entry was kept is then unknown.
   */
  append(entry: LogEntry): Promise<Appended>;
}

interface Waiting extends PromiseWithResolvers<Appended> {
  readonly entry: LogEntry;
}

const MAX_BATCH = 256;
const MAX_WAITING = 8192;

/** Opens a writer on a log. */
export function createWriter(
  log: Pick<DecisionLog, "append">,
  { maxBatch = MAX_BATCH, maxWaiting = MAX_WAITING } = {},
): Writer {
  let waiting: Waiting[] = [];
  let writing = false;
  async function drain(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      await write(log, batch);
    }
    writing = false;
  }
  return {
    append(entry) {
      if (waiting.length >= maxWaiting) return Promise.reject(overloaded());
      const one = { entry, ...Promise.withResolvers<Appended>() };
      waiting.push(one);
      if (!writing) drain();
      return one.promise;
    },
  };
}

/** An entry that the log cannot hold must not take the others down with it. */
async function write(
  log: Pick<DecisionLog, "append">,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    const outcomes = await log.append(batch.map(({ entry }) => entry));
    batch.forEach(({ resolve, reject }, place) => {
      const outcome = outcomes[place];
      if (outcome === undefined) reject(unwritten(null));
      else resolve(outcome);
    });
  } catch (cause) {
    const [only] = batch;
    if (batch.length === 1) only?.reject(unwritten(cause));
    else if (isOutage(cause)) {
      for (const { reject } of batch) reject(unwritten(cause));
    } else for (const one of batch) await write(log, [one]);
  }
}

function isOutage(cause: unknown): boolean {
  return cause instanceof EngineError && cause.code === "store_unavailable";
}

function unwritten(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  return new EngineError(
    "store_unavailable",
    "Cannot answer decision: the decision log could not be written; try again",
    { cause },
  );
}

function overloaded(): EngineError {
  return new EngineError(
    "store_unavailable",
    "Cannot take decision: too many wait for the decision log; try again shortly",
  );
}
