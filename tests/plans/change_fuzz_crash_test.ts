/**
 * A process that carries out a change set and dies at each of its awaits in turn: the
 * next one ends where one ends that never died, and writes nothing a second time.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ChangeDirection } from "../../core/domain/change_set.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { buildChangeSet } from "../../core/plans/changes/change_set.ts";
import { executeChanges } from "../../core/plans/changes/execute.ts";
import {
  Crash,
  createWorld,
  jobIn,
  type Mishaps,
  totalOf,
} from "./change_fuzz_model.ts";

const LEAST_POINTS = 40;

const SOUND: Mishaps = {
  script: [],
  refuses: new Set(),
  atomic: true,
  drifts: false,
};

/** Eight budgets: four batches, of which two lower and two raise. */
async function open(mishaps: Mishaps = SOUND) {
  const [before, after] = [
    [40n, 10n, 30n, null, 20n, 50n, 10n, 15n],
    [10n, 40n, 20n, 5n, 55n, 10n, 20n, 14n],
  ];
  const key = (at: number): EntityKey => `campaign:c-${at}`;
  const initial = new Map(
    before.map((micros, at) => [key(at), micros?.toString() ?? null]),
  );
  const world = createWorld(initial, mishaps);
  const changeSet = await buildChangeSet(
    createWorld(initial, SOUND).destination,
    after.map((microsPerDay, at) => ({ entity: key(at), microsPerDay })),
    "plan_1",
  );
  const run = (direction: ChangeDirection) =>
    executeChanges({ ...jobIn(world), changeSet, direction });
  /** Whether it died. */
  const die = async (direction: ChangeDirection, point: number) => {
    world.dieAt(point);
    try {
      await run(direction);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    const died = world.points() >= point;
    world.dieAt(Infinity);
    return died;
  };
  return { world, changeSet, initial, run, die };
}

Deno.test("a change set whose process dies at any await is ended by the next, and nothing is written twice", async () => {
  for (let point = 1;; point++) {
    const { world, changeSet, run, die } = await open();
    const most = totalOf(world.live);
    const planned = changeSet.operations.reduce(
      (sum, { expect, set }) => sum + BigInt(set ?? 0) - BigInt(expect ?? 0),
      most,
    );
    const died = await die("apply", point);
    const answer = await run("apply");
    assert.ok(answer.done, `after point ${point}`);
    for (const { target, set } of changeSet.operations) {
      assert.equal(world.live.get(target), set);
      assert.equal(world.puts.get(target), 1, `after point ${point}`);
    }
    assert.ok(world.peak <= (most > planned ? most : planned));
    if (!died) return assert.ok(point > LEAST_POINTS, `${point} points`);
  }
});

Deno.test("a rollback whose process dies at any await is ended by the next", async () => {
  for (let point = 1;; point++) {
    const { world, initial, run, die } = await open();
    await run("apply");
    const died = await die("rollback", point);
    const answer = await run("rollback");
    assert.ok(answer.done, `after point ${point}`);
    assert.deepEqual(world.live, initial);
    assert.deepEqual([...world.puts.values()], Array(8).fill(2));
    if (!died) return assert.ok(point > LEAST_POINTS, `${point} points`);
  }
});

Deno.test("a change set that died at any await is rolled back exactly", async () => {
  for (let point = 1;; point++) {
    const { world, initial, run, die } = await open();
    const died = await die("apply", point);
    const reached = totalOf(world.live);
    world.peak = reached;
    const answer = await run("rollback");
    assert.ok(answer.done, `after point ${point}`);
    assert.deepEqual(world.live, initial, `after point ${point}`);
    const before = totalOf(initial);
    assert.ok(world.peak <= (reached > before ? reached : before));
    if (!died) return;
  }
});

Deno.test("what took hold and was moved since is told when a change set is gone on with, and left alone", async () => {
  const { world, changeSet, run, die } = await open();
  assert.ok(await die("apply", 19));
  const [first] = changeSet.operations;
  assert.equal(world.live.get(first?.target ?? "campaign:"), first?.set);
  world.live.set(first?.target ?? "campaign:", first?.expect ?? null);
  const { drifted, done } = await run("apply");
  assert.equal(done, false);
  assert.deepEqual(drifted.map(({ operation, seen }) => [operation, seen]), [
    [first?.id, first?.expect],
  ]);
  assert.equal(world.live.get(first?.target ?? "campaign:"), first?.expect);
});

Deno.test("two processes that carry out one change set at once end as one does", async () => {
  const { world, changeSet, run } = await open();
  await Promise.all([run("apply"), run("apply"), run("apply")]);
  assert.ok((await run("apply")).done);
  for (const { target, set } of changeSet.operations) {
    assert.equal(world.live.get(target), set);
  }
});

Deno.test("a process that is left behind writes nothing once the rollback has begun", async () => {
  const { world, changeSet, initial, run } = await open();
  let rolledBack = false;
  const behind = executeChanges({
    ...jobIn(world),
    changeSet,
    direction: "apply",
    sleep: async () => {
      if (rolledBack) return;
      rolledBack = true;
      assert.ok((await run("rollback")).done);
    },
  });
  await assert.rejects(behind, { code: "plan_state_invalid" });
  assert.deepEqual(world.live, initial);
});

Deno.test("a change set waits between its batches, and as long as it is asked to", async () => {
  const { world, changeSet } = await open({
    ...SOUND,
    script: [0, 0, 0, 0, 95],
  });
  const waits: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  const job = { ...jobIn(world), changeSet, sleep };
  assert.ok((await executeChanges({ ...job, direction: "apply" })).done);
  const { pauseMs } = changeSet.rate;
  assert.deepEqual(waits, [5000, pauseMs, pauseMs, pauseMs]);
});

Deno.test("a change set that is asked to wait for an hour stops, says so, and goes on later", async () => {
  const { world, changeSet, run } = await open({
    ...SOUND,
    script: [0, 0, 0, 0, 98],
  });
  const answer = await run("apply");
  assert.deepEqual(answer.stopped, {
    code: "source_throttled",
    retryAfterSeconds: 3600,
  });
  assert.equal(answer.done, false);
  assert.deepEqual(
    answer.unsettled.map(({ operation, error }) => [operation, error]),
    changeSet.operations.slice(0, 3).map(({ id }) => [id, "source_throttled"]),
  );
  assert.equal(world.puts.size, 0);
  assert.ok((await run("apply")).done);
});

Deno.test("one operation that is refused hides no other, and raises that it was to pay for are kept back", async () => {
  const refuses = new Set<EntityKey>(["campaign:c-5"]);
  const { world, changeSet, initial, run } = await open({ ...SOUND, refuses });
  const before = totalOf(world.live);
  const answer = await run("apply");
  assert.deepEqual(
    answer.refused.map(({ operation, error }) => [operation, error]),
    [["plan_1/campaign:c-5", "request_invalid"]],
  );
  const held = answer.progress.filter(({ state }) => state === "held");
  assert.equal(
    held.length + answer.keptBack.length + 1,
    changeSet.operations.length,
  );
  assert.ok(answer.keptBack.length > 0);
  assert.ok(world.peak <= before);
  assert.ok((await run("rollback")).done);
  assert.deepEqual(world.live, initial);
});

Deno.test("nothing is written when a value has moved before anything was begun", async () => {
  const { world, changeSet, run } = await open();
  world.move("campaign:c-3");
  await assert.rejects(run("apply"), {
    code: "change_drifted",
    facts: { destination: "map", targets: "campaign:c-3", drifted: 1 },
  });
  assert.equal(world.writes, 0);
  assert.deepEqual(await world.journal.load("acme", changeSet.id), []);
});

Deno.test("what somebody else set to the planned value is not the engine's to roll back", async () => {
  const { world, changeSet, initial, run } = await open();
  const { target, set } = changeSet.operations.at(-1) ?? assert.fail();
  world.live.set(target, set);
  assert.ok((await run("apply")).done);
  assert.equal(world.puts.get(target), undefined);
  assert.ok((await run("rollback")).done);
  assert.deepEqual(world.live, new Map([...initial, [target, set]]));
});

Deno.test("a rollback leaves what was moved since, says so, and restores all else", async () => {
  const { world, initial, run } = await open();
  assert.ok((await run("apply")).done);
  world.move("campaign:c-4");
  const { done, drifted, keptBack } = await run("rollback");
  assert.equal(done, false);
  assert.deepEqual(keptBack, []);
  assert.deepEqual(drifted.map(({ operation }) => operation), [
    "plan_1/campaign:c-4/inverse",
  ]);
  const left = world.foreign.get("campaign:c-4") ?? null;
  assert.deepEqual(world.live, new Map([...initial, ["campaign:c-4", left]]));
});
