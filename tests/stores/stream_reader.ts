/**
 * Writing to the stream and reading from it, for its cases.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SignalBatch } from "../../core/ports/signals.ts";
import type { Stores } from "../../core/ports/stores.ts";
import type {
  Following,
  SignalStream,
  StreamBatch,
} from "../../core/ports/stream.ts";
import { batch, subjectEvent } from "./cases.ts";

/** Day of what is written. */
export const DAY = "2026-02-01";

/** Stores that a stream needs. */
export type Streaming = Pick<Stores, "signals" | "stream">;

/** Follows as this holder, with a lease that outlasts every case. */
export function as(
  consumer: string,
  holder = "one",
  leaseMs = 60_000,
): Following {
  return { consumer, holder, leaseMs };
}

/** All batches that wait for a consumer, its position kept. */
export async function drain(
  stream: SignalStream,
  following: Following,
): Promise<StreamBatch[]> {
  const batches: StreamBatch[] = [];
  for (;;) {
    const next = await stream.next(following);
    if (next === null) return batches;
    batches.push(next);
    assert.equal(await stream.advance(following, next.position), true);
  }
}

/** Brings a consumer to the end, so that only what is written later is told. */
export async function begin(
  stores: Streaming,
  following: Following,
): Promise<void> {
  await drain(stores.stream, following);
}

/** What waits for a consumer, its position kept. */
export async function told(stores: Streaming, following: Following) {
  return (await drain(stores.stream, following))
    .flatMap(({ messages }) => messages);
}

/** Writes one event of a source. */
export async function writeEvent(
  { signals }: Streaming,
  tenant: string,
  also: Partial<SignalBatch> & { readonly id: string },
): Promise<void> {
  const { id, ...rest } = also;
  await signals.write(batch(tenant, {
    events: [subjectEvent(id, `${DAY}T10:00:00.000Z`)],
    ...rest,
  }));
}
