/** Kept traces that wait to be sent. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { KEEP_REASONS, type KeepReason } from "./keeping.ts";
import type { Trace } from "./trace.ts";
import { createTraceQueue } from "./trace_queue.ts";

function traceOf(name: string, reason: KeepReason): Trace {
  return {
    ...{ traceId: "1", spanId: "1", parentId: null, name, kind: "server" },
    ...{ startedMs: 0, durationMs: 1, isWrong: false, stages: [] },
    facts: { "moe.kept": reason },
  };
}

Deno.test("whatever else comes, as many errors wait as there is room for", () => {
  const added = fc.array(fc.constantFrom(...KEEP_REASONS), { maxLength: 60 });
  fc.assert(fc.property(added, fc.integer({ min: 1, max: 9 }), (all, most) => {
    const queue = createTraceQueue(most);
    all.forEach((reason, place) =>
      queue.add(traceOf(`${place}`, reason), reason)
    );
    const urgent = (reason: KeepReason) => ["error", "slow"].includes(reason);
    const names = (want: boolean) =>
      all.flatMap((reason, place) =>
        urgent(reason) === want ? [`${place}`] : []
      ).slice(-most);
    const taken = queue.take(1000).map(({ name }) => name);
    assert.deepEqual(taken, [...names(true), ...names(false)]);
    assert.equal(queue.dropped(), all.length - taken.length);
    assert.equal(queue.waiting(), 0);
  }));
});

Deno.test("what could not be sent is first again, and the oldest goes for want of room", () => {
  const queue = createTraceQueue(3);
  for (const name of ["a", "b"]) queue.add(traceOf(name, "error"), "error");
  const taken = queue.take(2);
  for (const name of ["c", "d"]) queue.add(traceOf(name, "slow"), "slow");
  queue.putBack(taken);
  assert.deepEqual(queue.take(9).map(({ name }) => name), ["b", "c", "d"]);
  assert.equal(queue.dropped(), 1);
});

Deno.test("what is refused for good is lost, and counted", () => {
  const queue = createTraceQueue(3);
  for (const name of ["a", "b"]) queue.add(traceOf(name, "error"), "error");
  queue.lose(queue.take(1));
  assert.deepEqual([queue.dropped(), queue.waiting()], [1, 1]);
});
