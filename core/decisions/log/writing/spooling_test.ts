/**
 * Where decisions are made durable: each mode, while the log is well, away, slow and back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../../domain/error.ts";
import type { GapRecord } from "../../../domain/log_record.ts";
import type {
  Appended,
  IdempotentAnswer,
  LogEntry,
} from "../../../ports/decisions.ts";
import type { Spool, SpoolGap } from "../../../ports/spool.ts";
import { createDecisions } from "../../decisions.ts";
import { REQUEST, worldOf } from "../../memory_ports_test.ts";
import type { GapTold } from "./carry_on.ts";
import { createMemoryLog } from "../records/memory_log_test.ts";
import { createSpooling, type LogWrites } from "./spooling.ts";

const AT = "2026-01-31T09:00:00.000Z";
const AWAY = new EngineError("store_unavailable", "Cannot write: it is away");
const KEY: IdempotentAnswer = {
  ...{ route: "/r", key: "k", requestHash: "h", status: 200, answer: "a" },
};

function entry(id: string, idempotent: IdempotentAnswer | null = null) {
  const record = `{"id":"${id}"}`;
  return { tenant: "acme", id, at: AT, record, idempotent };
}

/** A spool as simple as it can be. */
function createMemorySpool(
  gaps: SpoolGap[] = [],
  problem: string | null = null,
) {
  const kept: LogEntry[] = [];
  const aside: string[] = [];
  const spool: Spool = {
    append: (entries) => {
      kept.push(...entries);
      return Promise.resolve(
        entries.map((): Appended => ({ kind: "spooled" })),
      );
    },
    find: (_tenant, id) =>
      Promise.resolve(kept.find((one) => one.id === id) ?? null),
    oldest: (most) => {
      const entries = kept.slice(0, most);
      if (entries.length === 0 && gaps.length === 0) {
        return Promise.resolve(null);
      }
      return Promise.resolve({
        ...{ entries, gaps: [...gaps], more: entries.length < kept.length },
        carried: (refused: readonly LogEntry[] = []) => {
          aside.push(...refused.map(({ id }) => id));
          kept.splice(0, entries.length);
          gaps.splice(0);
          return Promise.resolve();
        },
      });
    },
    standing: () => ({
      waiting: kept.length,
      oldestAt: kept[0]?.at ?? null,
      ...{ bytes: 0, maxBytes: 1, problem },
    }),
    close: () => Promise.resolve(),
  };
  return { spool, kept, aside };
}

function open(
  writes: LogWrites,
  gaps: SpoolGap[] = [],
  problem: string | null = null,
) {
  const log = createMemoryLog();
  const memory = createMemorySpool(gaps, problem);
  const told: GapTold[] = [];
  const spooling = createSpooling({
    ...{ log, writes, spool: memory.spool, clock: { now: () => AT } },
    slowMs: 5,
  });
  return {
    ...{ log, told, ...memory, spooling },
    append: async (...asked: Parameters<typeof entry>) =>
      (await spooling.writer.append(entry(...asked))).kind,
    carryOn: () => spooling.carryOn((gap) => told.push(gap)),
    logged: () => log.rows.map(({ id }) => id),
  };
}

Deno.test("mode postgres refuses while the log is away, and spools nothing", async () => {
  const { log, append, kept } = open("postgres");
  assert.equal(await append("a"), "appended");
  log.failure = AWAY;
  await assert.rejects(append("b"), { code: "store_unavailable" });
  assert.deepEqual(kept, []);
});

Deno.test("mode spool answers from the spool; a key waits for the log", async () => {
  const { append, carryOn, logged } = open("spool");
  assert.equal(await append("a"), "spooled");
  assert.equal(await append("b", KEY), "appended");
  assert.deepEqual(logged(), ["b"]);
  assert.equal(await carryOn(), 1);
  assert.deepEqual(logged(), ["b", "a"]);
  assert.equal(await append("c", KEY), "duplicate");
});

Deno.test("mode fallback spools while the log is away, in order, and comes back once all is carried on", async () => {
  const { log, append, carryOn, logged, spooling } = open("fallback");
  assert.equal(await append("a"), "appended");
  log.failure = AWAY;
  assert.equal(await append("b"), "spooled");
  await assert.rejects(append("k", KEY), { code: "store_unavailable" });
  await assert.rejects(carryOn(), { code: "store_unavailable" });
  assert.match(spooling.standing().away ?? "", /it is away/);
  log.failure = null;
  assert.equal(await append("c"), "spooled");
  assert.equal(await carryOn(), 2);
  assert.equal(spooling.standing().away, null);
  assert.equal(await append("d"), "appended");
  assert.equal(await append("k", KEY), "appended");
  assert.deepEqual(logged(), ["a", "b", "c", "d", "k"]);
});

Deno.test.each(
  [
    { writes: "fallback", wellAgain: null },
    { writes: "spool", wellAgain: "it is full" },
  ] as const,
)(
  "a full spool is told of in mode $writes while it matters",
  async ({ writes, wellAgain }) => {
    const { log, append, carryOn, spooling } = open(writes, [], "it is full");
    log.failure = AWAY;
    await append("a");
    assert.equal(spooling.standing().problem, "it is full");
    log.failure = null;
    await carryOn();
    assert.equal(spooling.standing().problem, wellAgain);
  },
);

Deno.test("mode fallback does not wait for a slow log, and takes up what others wrote meanwhile", async () => {
  const { log, append, kept } = open("fallback");
  const gate = Promise.withResolvers<void>();
  log.gate = gate.promise;
  let asked = 0;
  const { append: toLog } = log;
  log.append = (entries) => {
    asked += 1;
    return toLog(entries);
  };
  const together = ["a", "b", "c"].map((id) => append(id));
  assert.deepEqual(await Promise.all(together), Array(3).fill("spooled"));
  assert.deepEqual(kept.map(({ id }) => id).sort(), ["a", "b", "c"]);
  assert.equal(asked, 1, "a log that is away is not asked again");
  const keyed = append("k", KEY);
  gate.resolve();
  assert.equal(await keyed, "appended", "a key waits, however slow the log is");
});

Deno.test("an entry that the log cannot hold is refused, and not spooled", async () => {
  const { log, append, kept } = open("fallback");
  log.failure = new TypeError("no such text");
  await assert.rejects(append("a"), { code: "store_unavailable" });
  log.failure = null;
  assert.equal(await append("b"), "appended");
  assert.deepEqual(kept, []);
});

Deno.test("what is left from before is carried on before anything goes to the log", async () => {
  const left = open("fallback");
  left.kept.push(entry("old"));
  const spooling = createSpooling({
    ...{ log: left.log, spool: left.spool, writes: "fallback" },
    clock: { now: () => AT },
  });
  const { kind } = await spooling.writer.append(entry("new"));
  assert.equal(kind, "spooled");
  await spooling.carryOn(() => {});
  assert.deepEqual(left.logged(), ["old", "new"]);
});

Deno.test("what is spooled while others are carried on goes together the next time", async () => {
  const { log, append, carryOn, logged, kept } = open("spool");
  await append("a");
  const gate = Promise.withResolvers<void>();
  log.gate = gate.promise;
  const carrying = carryOn();
  for (const id of ["b", "c"]) await append(id);
  gate.resolve();
  assert.equal(await carrying, 1);
  assert.equal(kept.length, 2);
  assert.equal(await carryOn(), 2);
  assert.deepEqual(logged(), ["a", "b", "c"]);
  assert.deepEqual(log.batches, [1, 2]);
});

Deno.test("a decision that is only spooled is found, replayed and explained", async () => {
  const { spooling, carryOn } = open("spool");
  const world = worldOf();
  const { log, writer } = spooling;
  const decisions = createDecisions({ ...world, log, writer });
  const { decision } = await decisions.decide("acme", REQUEST, {
    ...{ by: "tester", idempotent: null, render: ({ id }) => id },
  });
  const id = decision?.id ?? "";
  const found = await decisions.find("acme", id);
  assert.deepEqual(found?.record.decision, decision);
  assert.equal(found?.logged.seq, 0);
  assert.ok((await decisions.replay("acme", id)).same);
  await carryOn();
  assert.equal((await decisions.find("acme", id))?.logged.seq, 1);
  assert.ok((await decisions.verify("acme")).sound);
});

Deno.test("a loss becomes a gap of everyone it may concern", async () => {
  const gap = { id: "gap_1", reason: "damaged", count: 3 } as const;
  const { log, told, carryOn, spooling } = open("spool", [
    { ...gap, tenants: ["acme", "other"], file: "1.spool" },
    { ...gap, id: "gap_2", count: 1, tenants: [], file: "2.spool" },
  ]);
  assert.equal(await carryOn(), 0);
  const records = log.rows.map(({ record }): GapRecord => JSON.parse(record));
  assert.deepEqual(
    records.map(({ id, tenant, count, kind }) => [id, tenant, count, kind]),
    [
      ["gap_1", "acme", 3, "gap"],
      ["gap_1", "other", 3, "gap"],
      ["gap_2", "acme", 1, "gap"],
    ],
  );
  assert.equal(log.rows[0]?.kind, "gap");
  assert.match(records[0]?.detail ?? "", /"1\.spool"/);
  assert.deepEqual(told.map(({ id }) => id), ["gap_1", "gap_2"]);
  assert.deepEqual(spooling.standing().gaps, { damaged: 4 });
});

Deno.test("an entry that no log takes does not hold up the others: it becomes a gap, and is kept aside", async () => {
  const { log, append, aside, carryOn, told } = open("spool");
  for (const id of ["a", "bad", "c"]) await append(id);
  const { append: toLog } = log;
  log.append = (entries) =>
    entries.some(({ id }) => id === "bad")
      ? Promise.reject(
        new EngineError("store_unavailable", "Cannot use the database", {
          facts: { cause: "22021" },
        }),
      )
      : toLog(entries);
  assert.equal(await carryOn(), 2);
  assert.deepEqual(log.rows.map(({ id }) => id), ["a", "c", "gap_bad"]);
  assert.deepEqual(aside, ["bad"]);
  assert.deepEqual(told.map(({ reason }) => reason), ["refused"]);
});

Deno.test.each(
  [
    { note: "its key is not here", code: "configuration_invalid" },
    { note: "it is away", code: "store_unavailable" },
  ] as const,
)(
  "what is spooled stays there while the log cannot take it: $note",
  async ({ code }) => {
    const { log, append, aside, kept, carryOn, told, logged } = open("spool");
    for (const id of ["a", "b"]) await append(id);
    log.failure = new EngineError(code, "Cannot open the keys");
    await assert.rejects(carryOn(), { code });
    assert.deepEqual([kept.length, aside, told], [2, [], []]);
    log.failure = null;
    assert.equal(await carryOn(), 2);
    assert.deepEqual(logged(), ["a", "b"]);
  },
);
