/**
 * An online store is followed from where it stands, and rebuilt when it is another one.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SignalStream, StreamBatch } from "../ports/stream.ts";
import { keepFeatures, type OnlineEntry } from "./keep_features.ts";

const NOW = "2026-11-01T06:00:00.000Z";

/** A stream of batches 1 to 3, whose consumers stand where they are said to. */
function open(positions: Record<string, number>) {
  const done: string[] = [];
  const stream: Partial<SignalStream> = {
    lag: () =>
      Promise.resolve(
        Object.entries(positions).map(([consumer, position]) => ({
          ...{ consumer, position, waiting: 0 },
        })),
      ),
    skip: ({ consumer }, to) => {
      done.push(`${consumer} from ${to}`);
      positions[consumer] = to ?? 3;
      return Promise.resolve(true);
    },
    next: ({ consumer }) => {
      const position = (positions[consumer] ?? 0) + 1;
      const batch: StreamBatch = { position, messages: [] };
      return Promise.resolve(position > 3 ? null : batch);
    },
    advance: ({ consumer }, position) => {
      positions[consumer] = position;
      return Promise.resolve(true);
    },
    renew: () => Promise.resolve(true),
    release: ({ consumer }) => {
      done.push(`${consumer} ends`);
      return Promise.resolve();
    },
  };
  const world = { identity: "one", done };
  const entries: OnlineEntry[] = [];
  const keeping = keepFeatures({
    features: {
      identity: () => Promise.resolve(world.identity),
      refreshFrom: async () => void await done.push("batch"),
      sweepErased: () => Promise.resolve(0),
      rebuild: (tenant) => Promise.resolve(done.push(`rebuild ${tenant}`)),
    },
    signals: { tenants: () => Promise.resolve(["a", "b"]) },
    stream: stream as SignalStream,
    clock: { now: () => NOW },
    ids: { next: (prefix) => `${prefix}_1` },
    log: (entry) => entries.push(entry),
  });
  return { world, entries, keeping };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 5));
}

function count(done: readonly string[], what: string): number {
  return done.filter((one) => one === what).length;
}

Deno.test.each([
  {
    note: "known goes on where it was",
    positions: { "features@one": 2, "features@other": 3 },
    begins: [],
    batches: 1,
  },
  {
    note: "new begins where the furthest other is",
    positions: { "features@a": 1, "features@b": 2, relay: 3 },
    begins: ["features@one from 2"],
    batches: 1,
  },
  {
    note: "new, and the first, begins at the end",
    positions: { relay: 1 },
    begins: ["features@one from null"],
    batches: 0,
  },
])("a store that is $note", async ({ positions, begins, batches }) => {
  const { world: { done }, keeping } = open(positions);
  await keeping.following;
  await until(() => done.includes("rebuild b"));
  await until(() => count(done, "batch") >= batches);
  keeping.stop();
  await keeping.ended;
  assert.deepEqual(done.filter((one) => one.includes(" from ")), begins);
  assert.equal(count(done, "batch"), batches);
  assert.equal(done.at(-1), "features@one ends");
});

Deno.test("another store in its place is told of, followed and rebuilt", async () => {
  const { world, entries, keeping } = open({ "features@one": 3 });
  await until(() => entries.length === 1);
  world.identity = "two";
  await until(() => entries.length === 3);
  keeping.stop();
  await keeping.ended;
  assert.deepEqual(
    entries.map(({ event, level, error }) => [event, level, error]),
    [
      ["rebuild", "info", null],
      ["lost", "error", null],
      ["rebuild", "info", null],
    ],
  );
  assert.equal(count(world.done, "rebuild a"), 2);
  assert.ok(world.done.includes("features@two from 3"));
});
