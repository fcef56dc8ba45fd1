/**
 * The consumer's loop: nothing is skipped, nothing is done without the lease.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SignalStream, StreamBatch } from "../ports/stream.ts";
import { type Consumer, follow } from "./follow.ts";

const FOLLOWING = { consumer: "c", holder: "h", leaseMs: 30 };

/** Batches 1 to `last` in memory; `also` replaces what goes wrong. */
function createStream(last: number, also: Partial<SignalStream> = {}) {
  const kept = { position: 0, released: 0 };
  const stream: SignalStream = {
    next: () =>
      Promise.resolve(
        kept.position < last
          ? { position: kept.position + 1, messages: [] }
          : null,
      ),
    advance: (_, position) => {
      kept.position = position;
      return Promise.resolve(true);
    },
    renew: () => Promise.resolve(true),
    release: () => {
      kept.released++;
      return Promise.resolve();
    },
    lag: () => Promise.resolve([]),
    skip: () => Promise.resolve(true),
    forget: () => Promise.resolve(true),
    forgetIdle: () => Promise.resolve(0),
    prune: () => Promise.resolve(0),
    ...also,
  };
  return { stream, kept };
}

/** Follows to the end; what was worked on, and what failed. */
async function run(
  stream: SignalStream,
  also: Partial<Consumer> = {},
): Promise<{ readonly seen: number[]; readonly failures: unknown[] }> {
  const seen: number[] = [];
  const failures: unknown[] = [];
  await follow(stream, FOLLOWING, {
    onFailure: (error) => failures.push(error),
    signal: new AbortController().signal,
    untilEmpty: true,
    retryMs: 1,
    idleMs: 1,
    ...also,
    handle: (batch, lost) => {
      seen.push(batch.position);
      return also.handle?.(batch, lost) ?? Promise.resolve();
    },
  });
  return { seen, failures };
}

Deno.test("follow() takes every batch in order, keeps the last and lets go", async () => {
  const { stream, kept } = createStream(3);
  const { seen, failures } = await run(stream);
  assert.deepEqual([seen, failures], [[1, 2, 3], []]);
  assert.deepEqual(kept, { position: 3, released: 1 });
});

Deno.test("follow() tries a batch again whose work failed, and reports it", async () => {
  const { stream, kept } = createStream(2);
  let left = 2;
  const { seen, failures } = await run(stream, {
    handle: async ({ position }: StreamBatch) => {
      if (position === 1 && left-- > 0) throw await new RangeError("again");
    },
  });
  assert.deepEqual(seen, [1, 1, 1, 2]);
  assert.deepEqual(failures.map(String), Array(2).fill("RangeError: again"));
  assert.equal(kept.position, 2);
});

Deno.test("follow() goes on when the store answers again", async () => {
  let asked = 0;
  const { stream } = createStream(2);
  const { next } = stream;
  const { seen, failures } = await run({
    ...stream,
    next: (following) =>
      asked++ === 1 ? Promise.reject(new Error("away")) : next(following),
  });
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(failures.map(String), ["Error: away"]);
});

Deno.test("follow() sees a batch again whose position could not be kept", async () => {
  let asked = 0;
  const { stream } = createStream(1);
  const { advance } = stream;
  const { seen } = await run({
    ...stream,
    advance: (...position) =>
      asked++ === 0 ? Promise.reject(new Error("away")) : advance(...position),
  });
  assert.deepEqual(seen, [1, 1]);
});

Deno.test("follow() ends between two batches when told to", async () => {
  const stopping = new AbortController();
  const { stream, kept } = createStream(9);
  const { seen } = await run(stream, {
    signal: stopping.signal,
    untilEmpty: false,
    handle: async ({ position }) => {
      if (position === 2) stopping.abort();
      await Promise.resolve();
    },
  });
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(kept, { position: 2, released: 1 });
});

Deno.test("follow() wakes from its pause when told to end", async () => {
  const stopping = new AbortController();
  const { stream } = createStream(0);
  const ended = run(stream, {
    signal: stopping.signal,
    untilEmpty: false,
    idleMs: 60_000,
  });
  setTimeout(() => stopping.abort(), 5);
  assert.deepEqual((await ended).seen, []);
});

Deno.test("follow() renews the lease during long work, and tells it of a loss", async () => {
  let renewals = 0;
  const { stream, kept } = createStream(1, {
    renew: () => Promise.resolve(++renewals < 4),
    advance: () => Promise.resolve(false),
  });
  const { seen, failures } = await run(stream, {
    handle: (_, lost) =>
      new Promise((resolve) => lost.addEventListener("abort", () => resolve())),
  });
  assert.deepEqual([seen, failures], [[1], []]);
  assert.equal(renewals, 4);
  assert.equal(kept.position, 0);
});
