/**
 * The queue of work in the background, on the embedded Postgres and on a real server: one
 * run of a flight at a time, what failed again, what was lost or handed back goes on.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  Flight,
  JobOutcome,
  JobRun,
  TakenRun,
} from "../../core/ports/jobs.ts";
import { createJobQueue } from "../../core/store/jobs/job_queue.ts";
import { createKeyedEffects } from "../../core/store/keyed_effects.ts";
import type { Sql } from "../../core/store/sql.ts";
import { testDatabases } from "./databases.ts";

const QUICK = {
  pollSeconds: 0.5,
  heartbeatSeconds: 10,
  watchSeconds: 1,
  scheduleSeconds: 1,
  retrySeconds: 1,
};
const FLIGHT: Flight = { job: "materialize", tenant: "acme", subject: "" };
const DONE: JobOutcome = { kind: "done", memory: null };

type Run = (taken: TakenRun) => Promise<JobOutcome>;

/** A node of its own on a database. */
async function openNode(sql: Sql, node: string, run: Run) {
  const queue = createJobQueue(sql, QUICK);
  const failures: unknown[] = [];
  const working = await queue.work({
    ...{ node, run },
    failed: (error) => failures.push(error),
  });
  return {
    queue,
    failures,
    close: async () => {
      await working.stop();
      await queue.close();
    },
  };
}

/** Waits until something is seen of a flight. */
async function seen(
  queue: Pick<ReturnType<typeof createJobQueue>, "list">,
  holds: (run: JobRun) => boolean,
): Promise<JobRun> {
  for (let look = 0; look < 300; look++) {
    const found = (await queue.list()).find(holds);
    if (found !== undefined) return found;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`Never seen: ${JSON.stringify(await queue.list())}`);
}

/** When the run under way was heard of last. */
async function heardOf(sql: Sql): Promise<unknown> {
  const [row] = await sql.query(
    "select heartbeat_on from pgboss.job where state = 'active' and name = 'moe'",
  );
  return row?.["heartbeat_on"];
}

function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

const CASES: Readonly<Record<string, (sql: Sql) => Promise<void>>> = {
  "nodes that start together on an empty database all start": async (sql) => {
    const queues = [1, 2, 3].map(() => createJobQueue(sql, QUICK));
    const asked = await Promise.all(queues.map((queue) => queue.ask(FLIGHT)));
    assert.equal(asked.filter((id) => id !== null).length, 1);
    for (const queue of queues) await queue.close();
  },
  "a caller's key asks for one run, on any node and after it has ended": async (
    sql,
  ) => {
    const queue = createJobQueue(sql, QUICK);
    const effects = createKeyedEffects(sql);
    const under = (holder: string) =>
      effects.under({
        ...{ tenant: "acme", route: "POST /jobs/{job}/run", key: "k-1" },
        ...{ requestHash: "h-1", holder, at: "2026-03-01T12:00:00.000Z" },
      }, () => queue.ask({ ...FLIGHT, subject: "keyed" }));
    const id = await under("one");
    assert.ok(id !== null && await queue.cancel(id));
    await assert.rejects(under("other"), { code: "idempotency_key_in_flight" });
    assert.equal(
      (await queue.list()).find((run) => run.id === id)?.state,
      "cancelled",
    );
    await queue.close();
  },
  "a run of a flight is asked for once, and one that fails goes on where it was":
    async (sql) => {
      const attempts: unknown[] = [];
      const node = await openNode(sql, "a", async (taken) => {
        attempts.push([taken.attempt, taken.checkpoint, taken.memory]);
        if (taken.attempt > 1) return { kind: "done", memory: { told: 1 } };
        taken.report("half", 0.5);
        await taken.keep({ half: true });
        const [seen] = await node.queue.list("acme");
        assert.deepEqual([seen?.state, seen?.share, seen?.text, seen?.node], [
          ...["running", 0.5, "half", "a"],
        ]);
        return { kind: "failed", error: "store_unavailable" };
      });
      const id = await node.queue.ask(FLIGHT);
      assert.ok(id);
      assert.equal(await node.queue.ask(FLIGHT), null);
      const failed = await seen(node.queue, ({ state }) => state === "failed");
      assert.equal(failed.error, "store_unavailable");
      assert.ok(failed.nextTryAt, "it is tried again");
      assert.equal(await node.queue.ask(FLIGHT), null, "it waits for that");
      const done = await seen(node.queue, ({ state }) => state === "done");
      assert.deepEqual([done.id, done.attempt, done.error], [id, 2, null]);
      assert.ok(done.succeededAt);
      assert.deepEqual(attempts, [[1, null, null], [2, { half: true }, null]]);
      assert.deepEqual(await node.queue.memories("materialize"), [
        { tenant: "acme", subject: "", memory: { told: 1 } },
      ]);
      assert.deepEqual(await node.queue.list("other"), []);
      assert.ok(await node.queue.ask(FLIGHT), "it is over");
      await seen(
        node.queue,
        ({ id: now, state }) => now !== id && state === "done",
      );
      assert.deepEqual(attempts[2], [1, null, { told: 1 }]);
      assert.deepEqual(node.failures, []);
      await node.close();
    },
  "what is cancelled is told so, and is not tried again": async (sql) => {
    const begun: string[] = [];
    const node = await openNode(sql, "a", async ({ id, signal }) => {
      begun.push(id);
      await new Promise((told) => signal.addEventListener("abort", told));
      return { kind: "failed", error: "internal_error" };
    });
    const id = await node.queue.ask(FLIGHT) ?? "";
    await seen(node.queue, ({ state }) => state === "running");
    assert.equal(await node.queue.cancel(id, "other"), false);
    assert.equal(await node.queue.cancel(id, "acme"), true);
    assert.equal(await node.queue.cancel(id, "acme"), false);
    await node.close();
    const [run] = await node.queue.list();
    assert.deepEqual([run?.state, run?.nextTryAt], ["cancelled", null]);
    assert.deepEqual(begun, [id]);
    await node.queue.close();
  },
  "what is handed back goes on at once elsewhere, as often as that may be":
    async (sql) => {
      const begun = Promise.withResolvers<string>();
      const first = await openNode(sql, "a", async (taken) => {
        await taken.keep({ pages: 3 });
        begun.resolve(taken.askedAt);
        return { kind: "handed_back" };
      });
      const id = await first.queue.ask(FLIGHT);
      const askedAt = await begun.promise;
      await first.close();
      const [waits] = await first.queue.list();
      assert.equal(waits?.state, "queued");
      assert.notEqual(waits.id, id);
      const went: unknown[] = [];
      const second = await openNode(sql, "b", (taken) => {
        went.push([taken.attempt, taken.checkpoint, taken.askedAt]);
        return Promise.resolve(DONE);
      });
      await seen(second.queue, ({ state }) => state === "done");
      assert.deepEqual(went, [[1, { pages: 3 }, askedAt]]);
      await second.close();
    },
  "a run that is still at work when it is heard of again goes on": async (
    sql,
  ) => {
    const lost: boolean[] = [];
    const node = await openNode(sql, "a", async ({ signal }) => {
      const began = await heardOf(sql);
      while (await heardOf(sql) === began) await pause(100);
      await pause(100);
      lost.push(signal.aborted);
      return DONE;
    });
    await node.queue.ask(FLIGHT);
    await seen(node.queue, ({ state }) => state === "done");
    await node.close();
    assert.deepEqual(lost, [false]);
  },
  "a run whose node is silent is another's, and its old node changes nothing":
    async (sql) => {
      const silent = Promise.withResolvers<void>();
      const kept: unknown[] = [];
      const node = await openNode(sql, "a", async (taken) => {
        if (taken.attempt === 1) {
          await taken.keep({ pages: 1 });
          await silent.promise;
          await taken.keep({ pages: 2 }).catch((error) => kept.push(error));
          return { kind: "done", memory: "of the first" };
        }
        kept.push(taken.checkpoint);
        return { kind: "done", memory: "of the second" };
      });
      await node.queue.ask(FLIGHT);
      await seen(node.queue, ({ state }) => state === "running");
      await sql.query(
        "update pgboss.job set heartbeat_on = heartbeat_on - interval '1 hour' where state = 'active' and name = 'moe'",
      );
      const done = await seen(node.queue, ({ state }) => state === "done");
      assert.equal(done.attempt, 2);
      silent.resolve();
      await node.close();
      assert.deepEqual(kept[0], { pages: 1 });
      assert.match(String(kept[1]), /no longer/);
      assert.deepEqual(
        (await node.queue.memories("materialize")).map(({ memory }) => memory),
        ["of the second"],
      );
      await node.queue.close();
    },
  "what is due by schedule is run once, whatever the number of nodes": async (
    sql,
  ) => {
    let runs = 0;
    const run: Run = ({ scheduled, tenant, subject }) => {
      assert.deepEqual([scheduled, tenant, subject], [true, "", "*"]);
      runs += 1;
      return Promise.resolve(DONE);
    };
    const minute = () => Math.floor(Date.now() / 60_000);
    const before = minute();
    const a = await openNode(sql, "a", run);
    const b = await openNode(sql, "b", run);
    const schedule = { everyMinutes: 1 };
    for (const { queue } of [a, b]) {
      await queue.keepSchedules([{ job: "watch_plans", schedule }]);
    }
    await seen(a.queue, ({ state }) => state === "done");
    await new Promise((wake) => setTimeout(wake, 2500));
    const due = 1 + minute() - before;
    assert.ok(runs <= due, `${runs} runs, ${due} due`);
    await b.queue.keepSchedules([]);
    const kept = await sql.query("select 1 from pgboss.schedule");
    assert.deepEqual(kept, []);
    await a.close();
    await b.close();
  },
};

testDatabases("the queue of jobs", async (sql, t) => {
  for (const [name, run] of Object.entries(CASES)) {
    await t.step(name, async () => {
      await run(sql);
      await sql.query("delete from pgboss.job");
      await sql.query("delete from job_flight");
    });
  }
});
