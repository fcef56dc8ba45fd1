/**
 * What the company's site and mailer push: messages in Segment's form.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Scalar } from "../domain/signal.ts";

/** One `track` message. */
export interface Message {
  readonly type: "track";
  readonly event: string;
  readonly messageId: string;
  readonly userId: string;
  readonly timestamp: Instant;
  readonly properties: Readonly<Record<string, Scalar>>;
}

const MAX_BATCH_BYTES = 400_000;

/**
 * Prints messages as bodies of batches, each below the receiver's bounds.
 *
 * @param messages Messages, in any order.
 * @returns JSON bodies.
 */
export function printBatches(messages: readonly Message[]): string[] {
  const bodies: string[] = [];
  let batch: string[] = [];
  let bytes = 0;
  function close(): void {
    if (batch.length > 0) bodies.push(`{"batch":[${batch.join(",")}]}`);
    batch = [];
    bytes = 0;
  }
  for (const message of messages) {
    const text = JSON.stringify(message);
    if (bytes + text.length > MAX_BATCH_BYTES || batch.length === 2500) close();
    batch.push(text);
    bytes += text.length + 1;
  }
  close();
  return bodies;
}

/**
 * Moves a moment.
 *
 * @param at The moment.
 * @param seconds How much later.
 * @returns The later moment.
 */
export function later(at: Instant, seconds: number): Instant {
  return new Date(Date.parse(at) + Math.round(seconds * 1000)).toISOString();
}
