/**
 * A change set over several platforms keeps its promises for each: one that is down, or
 * refuses a part because a value moved, is no other's concern.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { OperationProgress } from "../../core/domain/change_set.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { EngineError } from "../../core/domain/error.ts";
import { buildChangeSet } from "../../core/plans/changes/change_set.ts";
import { executeChanges } from "../../core/plans/changes/execute.ts";
import {
  joinRoutes,
  type Route,
} from "../../core/plans/destinations/routed_destination.ts";
import type { ChangeJournal, RoutedChange } from "../../core/ports/changes.ts";

const NAMES = ["google", "meta", "tiktok"];
const EACH = 4;
const TARGETS = Array.from(
  { length: EACH * NAMES.length },
  (_, at): EntityKey => `campaign:${at}`,
);

/** Platforms turn by turn: entities that follow one another are at different ones. */
function ownerOf(target: EntityKey): string {
  return NAMES[Number(target.slice("campaign:".length)) % NAMES.length] ?? "";
}

function keepInMap(): ChangeJournal {
  const rows = new Map<string, OperationProgress>();
  return {
    save(_, __, progress) {
      for (const step of progress) {
        rows.set(`${step.direction} ${step.operation}`, step);
      }
      return Promise.resolve();
    },
    load: () => Promise.resolve([...rows.values()]),
  };
}

async function open() {
  const live = new Map<EntityKey, string | null>(
    TARGETS.map((target, at) => [target, at % 2 === 0 ? "100" : "50"]),
  );
  const down = new Set<string>();
  const writes: (RoutedChange & { readonly to: string })[] = [];
  const hasMoved = ({ target, expect, value }: RoutedChange["settings"][0]) =>
    live.get(target) !== expect && live.get(target) !== value;
  const routeOf = (name: string): Route => ({
    name,
    takes: (all) =>
      Promise.resolve(new Set(all.filter((one) => ownerOf(one) === name))),
    destination: {
      name,
      rate: { batch: 5, pauseMs: 0 },
      read: (targets) =>
        down.has(name)
          ? Promise.reject(new EngineError("source_unavailable", "down"))
          : Promise.resolve(targets.map((one) => ({
            ...one,
            value: live.get(one.target) ?? null,
          }))),
      write(change) {
        writes.push({ ...change, to: name });
        if (change.settings.some(hasMoved)) {
          return Promise.reject(new EngineError("change_drifted", "moved"));
        }
        change.settings.forEach(({ target, value }) => live.set(target, value));
        return Promise.resolve();
      },
    },
  });
  const destination = joinRoutes(NAMES.map(routeOf));
  const changeSet = await buildChangeSet(
    destination,
    TARGETS.map((entity) => ({ entity, microsPerDay: 75n })),
    "plan_1",
  );
  const job = {
    ...{ tenant: "acme", changeSet, destination, journal: keepInMap() },
    clock: { now: () => "2026-04-02T09:00:00.000Z" },
    sleep: () => Promise.resolve(),
  };
  return { live, down, writes, changeSet, job };
}

Deno.test("each write goes to one platform, and lowers go out before raises", async () => {
  const { live, writes, changeSet, job } = await open();
  for (const { target, route } of changeSet.operations) {
    assert.equal(route, ownerOf(target));
  }
  const { done } = await executeChanges({ ...job, direction: "apply" });
  assert.ok(done);
  assert.deepEqual([...new Set(live.values())], ["75"]);
  assert.equal(writes.length, 2 * NAMES.length);
  const raises = writes.map(({ settings }) =>
    settings.every(({ expect }) => expect === "50")
  );
  assert.deepEqual(raises, [
    ...NAMES.map(() => false),
    ...NAMES.map(() => true),
  ]);
});

Deno.test("a platform that is down does not keep the others from being rolled back", async () => {
  const { live, down, changeSet, job } = await open();
  const before = new Map(live);
  await executeChanges({ ...job, direction: "apply" });
  down.add("meta");
  const half = await executeChanges({ ...job, direction: "rollback" });
  assert.equal(half.done, false);
  assert.equal(half.unsettled.length, EACH);
  const waiting = new Set(half.keptBack);
  for (const { id, target, set } of changeSet.inverse) {
    if (ownerOf(target) === "meta") assert.equal(live.get(target), "75");
    else if (!waiting.has(id)) assert.equal(live.get(target), set);
  }
  assert.ok(waiting.size < (NAMES.length - 1) * EACH);
  down.clear();
  const whole = await executeChanges({ ...job, direction: "rollback" });
  assert.ok(whole.done);
  assert.deepEqual(live, before);
});

Deno.test("nothing is written at first while one platform cannot be read", async () => {
  const { down, writes, job } = await open();
  down.add("tiktok");
  await assert.rejects(executeChanges({ ...job, direction: "apply" }), {
    code: "source_unavailable",
  });
  for (const name of NAMES) down.add(name);
  await assert.rejects(
    executeChanges({ ...job, direction: "rollback" }).then(
      ({ done }) => assert.ok(done, "nothing was sent, so nothing is asked"),
    ).then(() => executeChanges({ ...job, direction: "apply" })),
    {
      code: "source_unavailable",
    },
  );
  assert.deepEqual(writes, []);
});

Deno.test("a value that moves while the writes go out is left alone, and no other is written twice", async () => {
  const { live, writes, changeSet, job } = await open();
  const theirs =
    changeSet.operations.find(({ target }) => ownerOf(target) === "google")
      ?.target ?? assert.fail();
  let kept = 0;
  const journal: ChangeJournal = {
    ...job.journal,
    save: async (...step) => {
      await job.journal.save(...step);
      if (kept++ === 0) live.set(theirs, "33");
    },
  };
  const answer = await executeChanges({ ...job, journal, direction: "apply" });
  assert.equal(live.get(theirs), "33");
  assert.deepEqual(
    answer.drifted.map(({ seen }) => seen),
    ["33"],
  );
  for (const target of TARGETS) {
    const sent = writes.filter(({ settings }) =>
      settings.some((one) => one.target === target)
    );
    assert.ok(sent.length <= (ownerOf(target) === "google" ? 2 : 1));
  }
});
