/**
 * A consumer within the process: takes one batch after the other, works on it, and
 * keeps the position when the work is done. What fails is tried again from the same
 * batch and never skipped; whoever takes over begins with the batch that was not
 * finished.
 *
 * @module
 */
import type { Following, SignalStream, StreamBatch } from "../ports/stream.ts";
import { whileHolding } from "./hold.ts";
import { pause } from "./pause.ts";

const IDLE_MS = 1000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** What a consumer does with batches, and until when. */
export interface Consumer {
  /**
   * Works on one batch. It may see a batch again whose position could not be kept.
   *
   * @param batch What changed.
   * @param lost Aborted if another holder took over while it worked.
   */
  handle(batch: StreamBatch, lost: AbortSignal): Promise<void>;
  /** Told of every failure, of the work as of the store. */
  onFailure(error: unknown): void;
  /** Ends it between two batches. */
  readonly signal: AbortSignal;
  /** Whether it ends when nothing waits. */
  readonly untilEmpty?: boolean;
  /** Pause when nothing waits; 1 s unless given. */
  readonly idleMs?: number;
  /** Pause after a failure, doubled with each in a row up to 30 s; 1 s unless given. */
  readonly retryMs?: number;
}

/**
 * Follows the stream until it is told to stop, then lets others take over.
 *
 * @param stream What to follow.
 * @param following As whom.
 * @param consumer What to do with it.
 * @returns When it has stopped; it never rejects for what fails on the way.
 */
export async function follow(
  stream: SignalStream,
  following: Following,
  consumer: Consumer,
): Promise<void> {
  const { signal, idleMs = IDLE_MS, retryMs = FIRST_RETRY_MS } = consumer;
  let pauseMs = retryMs;
  while (!signal.aborted) {
    try {
      const worked = await takeOne(stream, following, consumer);
      pauseMs = retryMs;
      if (worked) continue;
      if (consumer.untilEmpty) break;
      await pause(idleMs, signal);
    } catch (error) {
      consumer.onFailure(error);
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS);
    }
  }
  await stream.release(following).catch(consumer.onFailure);
}

/** Works on the next batch; false if there is none or others do. */
async function takeOne(
  stream: SignalStream,
  following: Following,
  { handle }: Consumer,
): Promise<boolean> {
  const batch = await stream.next(following);
  if (batch === null) return false;
  await whileHolding({
    leaseMs: following.leaseMs,
    renew: () => stream.renew(following),
  }, (lost) => handle(batch, lost));
  return await stream.advance(following, batch.position);
}
