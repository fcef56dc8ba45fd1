/**
 * Decisions of a release before are found by what they are about: page by page, from
 * where the last run ended, and no more once no node of that release can be left.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RecordName } from "../../ports/log.ts";
import type { LoggedRecord } from "../../domain/decision.ts";
import { subjectHash } from "../../domain/keyed_hash.ts";
import { nameRecordsJob } from "./name_records.ts";
import { takenRun } from "./taken_run_test.ts";

const AT = "2026-11-01T04:00:00.000Z";
const NEXT_DAY = "2026-11-02T04:00:00.000Z";

function rowOf(seq: number, also: Partial<LoggedRecord> = {}): LoggedRecord {
  const id = `dec_${seq}`;
  const entities = { campaign: `c-${seq}`, subject: `u-${seq}` };
  const text = { tenant: "acme", by: "t", request: { entities } };
  const record = { v: 1, kind: "decision", ...text, decision: { id, at: AT } };
  return {
    ...{ seq, id, at: AT, kind: "decision", prev: "", hash: "" },
    record: JSON.stringify(record),
    ...also,
  };
}

/** Stands in for what tells that a record is sealed. */
const SEALED = "sealed";

function open(rows: LoggedRecord[], grow?: () => void) {
  const looked: number[] = [];
  const named: RecordName[] = [];
  const clock = { at: AT, now: () => clock.at };
  const memories: { tenant: string; subject: string; memory: unknown }[] = [];
  const job = nameRecordsJob({
    stores: {
      log: {
        head: () => Promise.resolve({ seq: rows.at(-1)?.seq ?? 0, hash: "" }),
        tenants: () => Promise.resolve(["acme", "other"]),
      },
      naming: {
        unnamed: (_tenant, { after, within, limit }) => {
          looked.push(within);
          grow?.();
          const part = rows.filter(({ seq }) => seq > after).slice(0, within);
          const lacking = part.filter(({ kind, hash }) =>
            kind === "decision" && hash !== SEALED
          ).slice(0, limit);
          const last = lacking.length === limit ? lacking : part;
          const upTo = last.at(-1)?.seq ?? null;
          return Promise.resolve({ rows: lacking, upTo });
        },
        name: (_tenant, names) => Promise.resolve(void named.push(...names)),
      },
      jobs: { memories: () => Promise.resolve(memories) },
    },
    clock,
    restMs: 0,
  });
  return { job, named, clock, memories, looked };
}

Deno.test("what is in clear is named once, what is sealed, no decision or damaged is passed over", async () => {
  const rows = Array.from({ length: 2500 }, (_, place) => rowOf(place + 1));
  rows[10] = rowOf(11, { hash: SEALED });
  rows[11] = rowOf(12, { kind: "outcome" });
  rows[12] = rowOf(13, { record: "{" });
  const { job, named, clock, memories } = open(rows);
  const run = takenRun(job);
  const memory = await job.run(run);
  assert.deepEqual(memory, { upTo: 2500, since: AT, done: false });
  assert.equal(named.length, 2 * 2497);
  assert.deepEqual(named.slice(0, 2), [
    { seq: 1, at: AT, entity: "campaign:c-1", subjectHash: null },
    {
      ...{ seq: 1, at: AT, entity: "subject:u-1" },
      subjectHash: subjectHash("acme", "u-1"),
    },
  ]);
  rows.push(rowOf(2501));
  clock.at = NEXT_DAY;
  assert.deepEqual(await job.run(takenRun(job, { memory })), {
    ...{ upTo: 2501, since: AT, done: true },
  });
  assert.equal(named.length, 2 * 2498);
  memories.push({ tenant: "acme", subject: "", memory: { done: true } });
  assert.deepEqual(await job.concerns(), [{ tenant: "other", subject: "" }]);
});

Deno.test("what is sealed is passed over by the thousand, and how far it came is kept", async () => {
  const rows = Array.from(
    { length: 25_000 },
    (_, place) => rowOf(place + 1, { hash: SEALED }),
  );
  const { job, looked } = open(rows);
  const run = takenRun(job);
  await job.run(run);
  assert.deepEqual([looked.length, run.kept], [25, [10_000, 20_000]]);
});

Deno.test("a log that grows faster than it is named does not hold a run for ever", async () => {
  const rows = Array.from({ length: 200 }, (_, place) => rowOf(place + 1));
  const { job, named } = open(rows, () => {
    for (let more = 0; more < 100; more++) rows.push(rowOf(rows.length + 1));
  });
  const { upTo } = await job.run(takenRun(job)) as { upTo: number };
  assert.ok(upTo >= 200 && upTo < 300, `${upTo}`);
  assert.equal(named.length, 2 * upTo);
});

Deno.test("a run that was interrupted goes on from its last page", async () => {
  const { job, named } = open([rowOf(1), rowOf(2), rowOf(3)]);
  await job.run(takenRun(job, { checkpoint: 2 }));
  assert.deepEqual(named.map(({ seq }) => seq), [3, 3]);
  await assert.rejects(
    job.run(takenRun(job, { signal: AbortSignal.abort(new Error("stop")) })),
    /stop/,
  );
});
