/**
 * When a change set stops: at a destination that is down, or refuses everything, after
 * few calls; and how many calls it takes where one operation of many is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EntityKey } from "../../core/domain/entity.ts";
import { EngineError, type ErrorCode } from "../../core/domain/error.ts";
import { buildChangeSet } from "../../core/plans/changes/change_set.ts";
import { executeChanges } from "../../core/plans/changes/execute.ts";
import type { PlanDestination } from "../../core/ports/changes.ts";
import { createWorld, jobIn } from "./change_fuzz_model.ts";

const ENTITIES = 200;
const TARGETS = Array.from(
  { length: ENTITIES },
  (_, at): EntityKey => `campaign:c-${at}`,
);

async function open(
  { refuses = [], batch = 50, change = {} }: {
    readonly refuses?: readonly EntityKey[];
    readonly batch?: number;
    readonly change?: Partial<PlanDestination>;
  },
) {
  const world = createWorld(new Map(TARGETS.map((target) => [target, "90"])), {
    ...{ script: [], refuses: new Set(refuses) },
    ...{ atomic: true, drifts: false },
  });
  const rate = { batch, pauseMs: 0 };
  const changeSet = await buildChangeSet(
    { ...world.destination, rate },
    TARGETS.map((entity) => ({ entity, microsPerDay: 80n })),
    "plan_1",
  );
  const destination = { ...world.destination, ...change };
  const run = (direction: "apply" | "rollback" = "apply") =>
    executeChanges({ ...jobIn(world), destination, changeSet, direction });
  return { world, changeSet, run };
}

function fail(code: ErrorCode): () => Promise<never> {
  return () => Promise.reject(new EngineError(code, "Cannot write: played"));
}

Deno.test("a change set stops after few writes where all come to nothing", async () => {
  let writes = 0;
  const { run } = await open({
    change: {
      write: () => {
        writes++;
        return fail("source_unavailable")();
      },
    },
  });
  const { stopped, unsettled, progress } = await run();
  assert.deepEqual(stopped, {
    code: "source_unavailable",
    retryAfterSeconds: null,
  });
  assert.equal(writes, 12);
  assert.equal(unsettled.length, 50);
  assert.deepEqual(progress, unsettled);
});

Deno.test("a change set stops where everything is refused, and tries what is left first when it goes on", async () => {
  const { changeSet, run } = await open({
    refuses: TARGETS,
    batch: 10,
  });
  const first = await run();
  assert.equal(first.stopped?.code, "request_invalid");
  assert.equal(first.refused.length, 50);
  const second = await run();
  const ids = changeSet.operations.slice(0, 100).map(({ id }) => id);
  assert.deepEqual(second.refused.map(({ operation }) => operation), ids);
});

Deno.test("one operation that is refused among many costs few calls", async () => {
  const { world, run } = await open({ refuses: ["campaign:c-77"], batch: 100 });
  const { done, refused, progress } = await run();
  assert.equal(done, false);
  assert.equal(refused.length, 1);
  assert.equal(progress.length, ENTITIES);
  assert.ok(world.writes < 20, `${world.writes} writes`);
});

Deno.test("a destination that takes writes and forgets them is never said to hold them", async () => {
  const { run } = await open({ change: { write: () => Promise.resolve() } });
  const { done, stopped, progress } = await run();
  assert.equal(done, false);
  assert.equal(stopped?.code, "connector_failed");
  assert.ok(progress.every(({ state }) => state === "sent"));
});

Deno.test("nothing is written where the destination cannot be read at first", async () => {
  const { world, changeSet, run } = await open({
    change: { read: fail("source_refused") },
  });
  await assert.rejects(run(), { code: "source_refused" });
  assert.equal(world.writes, 0);
  assert.deepEqual(await world.journal.load("acme", changeSet.id), []);
});

Deno.test("one target that can no longer be read hides no other in a rollback", async () => {
  let gone = false;
  const { world, run } = await open({
    change: {
      read: async (asked) => {
        if (gone && asked.some(({ target }) => target === "campaign:c-7")) {
          return await fail("request_invalid")();
        }
        return await world.destination.read(asked);
      },
    },
  });
  assert.ok((await run()).done);
  gone = true;
  const { done, unsettled, progress } = await run("rollback");
  assert.equal(done, false);
  assert.deepEqual(
    unsettled.map(({ operation, error }) => [operation, error]),
    [
      ["plan_1/campaign:c-7/inverse", "request_invalid"],
    ],
  );
  const held = progress.filter(({ state }) => state === "held");
  assert.equal(held.length, ENTITIES - 1);
});

Deno.test("buildChangeSet() keeps to the destination's unit and lowers first, both ways", async () => {
  const world = createWorld(
    new Map<EntityKey, string | null>([
      ["campaign:up", "100"],
      ["campaign:down", "900"],
      ["campaign:same", "500"],
      ["campaign:new", null],
    ]),
    { script: [], refuses: new Set(), atomic: true, drifts: false },
  );
  const unit = () => Promise.resolve(100n);
  const { operations, inverse, rate } = await buildChangeSet(
    { ...world.destination, unit },
    (["up", "down", "same", "new"] as const).map((name) => ({
      entity: `campaign:${name}`,
      microsPerDay: 599n,
    })),
    "plan_1",
  );
  assert.deepEqual(operations.map(({ id, expect, set }) => [id, expect, set]), [
    ["plan_1/campaign:down", "900", "500"],
    ["plan_1/campaign:up", "100", "500"],
    ["plan_1/campaign:new", null, "500"],
  ]);
  assert.deepEqual(inverse.map(({ id, expect, set }) => [id, expect, set]), [
    ["plan_1/campaign:up/inverse", "500", "100"],
    ["plan_1/campaign:new/inverse", "500", null],
    ["plan_1/campaign:down/inverse", "500", "900"],
  ]);
  assert.deepEqual(rate, { batch: 3, pauseMs: 10 });
});
