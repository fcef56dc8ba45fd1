/**
 * Acknowledged is durable, many at a time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openDeadlines } from "../../../domain/deadline.ts";
import { EngineError } from "../../../domain/error.ts";
import type { DecisionLog, LogEntry } from "../../../ports/decisions.ts";
import { createDecisions } from "../../decisions.ts";
import { REQUEST, worldOf } from "../../memory_ports_test.ts";
import { createMemoryLog } from "../records/memory_log_test.ts";
import { createWriter } from "./writer.ts";

function entry(id: string): LogEntry {
  const at = "2026-01-31T09:00:00.000Z";
  return { tenant: "acme", id, at, record: `{"id":"${id}"}`, idempotent: null };
}

function nextTurn(): Promise<void> {
  return new Promise((next) => setImmediate(next));
}

const options = {
  by: "tester",
  idempotent: null,
  render: ({ id }: { id: string }) => id,
};

Deno.test("decisions taken together become durable together, and none is lost", async () => {
  const world = worldOf();
  const decisions = createDecisions(world);
  const answered = await Promise.all(
    Array.from(
      { length: 1000 },
      () => decisions.decide("acme", REQUEST, options),
    ),
  );
  const ids = answered.map(({ answer }) => answer);
  assert.equal(new Set(ids).size, 1000);
  assert.deepEqual(
    world.log.rows.map(({ id }) => id).sort(),
    ids.toSorted(),
  );
  assert.ok(world.log.batches.length < 20);
  assert.ok((await decisions.verify("acme")).sound);
});

Deno.test("no answer comes before its record is durable", async () => {
  const world = worldOf();
  const gate = Promise.withResolvers<void>();
  world.log.gate = gate.promise;
  let answered = false;
  const decided = createDecisions(world).decide("acme", REQUEST, options)
    .then(() => answered = true);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  await new Promise((wake) => setTimeout(wake));
  assert.equal(answered, false);
  gate.resolve();
  await decided;
  assert.equal(world.log.rows.length, 1);
});

Deno.test("what is late before it is written is not written, and its caller is told so", async () => {
  let now = 0;
  const deadlines = openDeadlines(() => now);
  const log = createMemoryLog();
  const gate = Promise.withResolvers<void>();
  log.gate = gate.promise;
  const writer = createWriter(log);
  const writing = writer.append(entry("a"), deadlines.start(5));
  await nextTurn();
  const late = writer.append(entry("b"), deadlines.start(5));
  const patient = writer.append(entry("c"), deadlines.start(50));
  now = 10;
  gate.resolve();
  await assert.rejects(late, {
    code: "deadline_exceeded",
    facts: { kept: "no" },
  });
  await Promise.all([writing, patient]);
  assert.deepEqual(log.rows.map(({ id }) => id), ["a", "c"]);
});

Deno.test("a batch is bounded, and so is the queue", async () => {
  const log = createMemoryLog();
  const gate = Promise.withResolvers<void>();
  log.gate = gate.promise;
  const writer = createWriter(log, { maxBatch: 2, maxWaiting: 3 });
  const kept = [writer.append(entry("a"))];
  await nextTurn();
  kept.push(...["b", "c", "d"].map((id) => writer.append(entry(id))));
  await assert.rejects(writer.append(entry("e")), {
    code: "store_unavailable",
  });
  gate.resolve();
  await Promise.all(kept);
  assert.deepEqual(log.batches, [1, 2, 1]);
});

Deno.test("what comes turn by turn is written together", async () => {
  const log = createMemoryLog();
  const writer = createWriter(log);
  const kept: Promise<unknown>[] = [];
  for (const id of ["a", "b", "c"]) {
    const turn = nextTurn();
    kept.push(writer.append(entry(id)));
    await turn;
  }
  await Promise.all(kept);
  await writer.append(entry("d"));
  assert.deepEqual(log.batches, [3, 1]);
});

Deno.test("who keep coming do not hold up those that were first", async () => {
  const turns = 20_000;
  const log = createMemoryLog();
  const most = { maxBatch: turns * 2, maxWaiting: turns * 2 };
  const writer = createWriter(log, most);
  let isKept = false;
  writer.append(entry("first")).then(() => isKept = true);
  const kept: Promise<unknown>[] = [];
  while (!isKept && kept.length < turns) {
    const turn = nextTurn();
    kept.push(writer.append(entry(String(kept.length))));
    await turn;
  }
  assert.ok(isKept);
  await Promise.all(kept);
});

Deno.test("an outage is told to all that wait, and the next batch is tried", async () => {
  const log = createMemoryLog();
  log.failure = new EngineError("store_unavailable", "Cannot write");
  const writer = createWriter(log);
  const lost = await Promise.allSettled(
    ["a", "b", "c"].map((id) => writer.append(entry(id))),
  );
  assert.ok(lost.every(({ status }) => status === "rejected"));
  log.failure = null;
  assert.equal((await writer.append(entry("d"))).kind, "appended");
});

Deno.test("an entry that the log cannot hold does not take others down", async () => {
  const log = createMemoryLog();
  const picky: Pick<DecisionLog, "append"> = {
    append: (entries) =>
      entries.some(({ id }) => id === "bad")
        ? Promise.reject(new TypeError("no such text"))
        : log.append(entries),
  };
  const writer = createWriter(picky);
  const outcomes = await Promise.allSettled(
    ["a", "b", "bad", "c"].map((id) => writer.append(entry(id))),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(log.rows.map(({ id }) => id), ["a", "b", "c"]);
});
