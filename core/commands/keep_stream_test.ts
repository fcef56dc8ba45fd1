/**
 * What is old is forgotten, whatever fails, and a stop ends it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import { createGuards } from "../store/guard/guards.ts";
import type { SignalStream } from "../ports/stream.ts";
import { keepStream, type StreamEntry } from "./keep_stream.ts";

const NOW = "2026-11-08T06:00:00.000Z";

/** Runs once and stops; what was asked for, and what was logged. */
async function runOnce(
  prune: () => Promise<number>,
  natsUrl: string | null = null,
) {
  const asked: string[] = [];
  const entries: StreamEntry[] = [];
  const forgotten: string[][] = [];
  const guards = createGuards();
  const uses: string[] = [];
  guards.onUse((dependency, outcome) => uses.push(`${dependency} ${outcome}`));
  const stream: Partial<SignalStream> = {
    next: () => Promise.resolve(null),
    release: () => Promise.resolve(),
    forgetIdle: (...idle) => Promise.resolve(forgotten.push(idle)),
    prune: (before) => {
      asked.push(before);
      return prune();
    },
  };
  const streaming = keepStream({
    stores: { guards, stream: stream as SignalStream },
    clock: { now: () => NOW },
    ids: { next: (prefix) => `${prefix}_1` },
    log: (entry) => entries.push(entry),
  }, natsUrl);
  await new Promise((wake) => setTimeout(wake, 5));
  streaming.stop();
  await streaming.ended;
  return { asked, forgotten, entries, uses };
}

Deno.test("a stream that is away is told to its guard, and ends with a stop", async () => {
  const { uses, entries } = await runOnce(
    () => Promise.resolve(0),
    "nats://127.0.0.1:1",
  );
  assert.deepEqual(uses, ["stream failed"]);
  assert.match(entries[0]?.error ?? "", /^store_unavailable: Cannot use/);
});

Deno.test("what is older than seven days is forgotten at start", async () => {
  const { asked, forgotten, entries } = await runOnce(() => Promise.resolve(3));
  assert.deepEqual(asked, ["2026-11-01T06:00:00.000Z"]);
  assert.deepEqual(forgotten, [["features@", "2026-11-01T06:00:00.000Z"]]);
  assert.deepEqual(entries, [{
    at: NOW,
    level: "info",
    event: "prune",
    batches: 3,
    error: null,
  }]);
});

Deno.test("nothing to forget is nothing to log", async () => {
  assert.deepEqual((await runOnce(() => Promise.resolve(0))).entries, []);
});

Deno.test("a store that fails is logged", async () => {
  const { entries } = await runOnce(() =>
    Promise.reject(new EngineError("store_unavailable", "Gone"))
  );
  assert.deepEqual(entries, [{
    at: NOW,
    level: "error",
    event: "prune",
    error: "store_unavailable: Gone",
  }]);
});
