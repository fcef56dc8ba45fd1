/**
 * Group commit: decisions taken at the same time become durable in one
 * transaction. While one batch is written the next gathers, and then as long as more come
 * at once: a transaction costs as much as taking a decision, however many it holds.
 *
 * @module
 */
import { type Deadline, NO_DEADLINE } from "../../../domain/deadline.ts";
import { EngineError } from "../../../domain/error.ts";
import type {
  Appended,
  DecisionLog,
  LogEntry,
} from "../../../ports/decisions.ts";

/** Appends one entry; durable when it resolves. */
export interface Writer {
  /**
   * @param deadline When it has passed before writing begins, the entry is not written.
   * @throws {EngineError} `deadline_exceeded` if it was not written for that; and
   * `store_unavailable` if too many wait, or the log cannot be written; whether the entry
   * was kept is then unknown.
   */
  append(entry: LogEntry, deadline?: Deadline): Promise<Appended>;
  /** Entries that were refused because too many waited. */
  shed(): number;
}

interface Waiting {
  readonly entry: LogEntry;
  readonly deadline: Deadline;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** Longest that a batch waits for more. */
const GATHER_MS = 1;
const MAX_BATCH = 256;
const MAX_WAITING = 8192;

/** Opens a writer on a log. */
export function createWriter(
  log: Pick<DecisionLog, "append">,
  { maxBatch = MAX_BATCH, maxWaiting = MAX_WAITING } = {},
): Writer {
  let waiting: Waiting[] = [];
  let writing = false;
  let shed = 0;
  async function drain(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      await gather();
      const batch = waiting.slice(0, maxBatch).filter(isInTime);
      waiting = waiting.slice(maxBatch);
      if (batch.length > 0) await write(log, batch);
    }
    writing = false;
  }
  /** One that comes alone waits for a turn of the event loop, which is microseconds. */
  async function gather(): Promise<void> {
    const untilMs = performance.now() + GATHER_MS;
    for (let had = 0; had < waiting.length && waiting.length < maxBatch;) {
      had = waiting.length;
      await new Promise((next) => setImmediate(next));
      if (performance.now() > untilMs) return;
    }
  }
  return {
    append(entry, deadline = NO_DEADLINE) {
      if (waiting.length >= maxWaiting) {
        shed += 1;
        return Promise.reject(overloaded());
      }
      return new Promise((resolve, reject) => {
        waiting.push({ entry, deadline, resolve, reject });
        if (!writing) drain();
      });
    },
    shed: () => shed,
  };
}

/** What nobody waits for any more is not written. */
function isInTime({ deadline, reject }: Waiting): boolean {
  if (!deadline.expired) return true;
  reject(unkept());
  return false;
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

/** Whether the log itself is away, and not the entry wrong. */
export function isOutage(cause: unknown): boolean {
  return cause instanceof EngineError && cause.code === "store_unavailable";
}

/** Why what is late was not kept, for sure. */
export function unkept(): EngineError {
  return new EngineError(
    "deadline_exceeded",
    "Cannot answer decision in time: nothing was kept; try again, or allow more time in x-deadline-ms",
    { facts: { kept: "no" } },
  );
}

/** Whether a failure says that nothing was kept. */
export function isUnkept(error: unknown): boolean {
  return error instanceof EngineError && error.facts.kept === "no";
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
