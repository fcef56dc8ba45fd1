/**
 * Vectors kept at hand are never older than allowed, never older than what the process
 * itself wrote, and never older than the moment as of which they are said to hold.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { OnlineFeatures } from "../ports/features.ts";
import {
  AT,
  KEY,
  openMemory,
  type Recent,
  turn,
  valueOf,
  vector,
  VIEW,
} from "./memory_online_test.ts";
import { keepRecent } from "./recent_vectors.ts";

const ENTITIES = ["subject:a", "subject:b"] as const;
const by = fc.nat({ max: 1 });
const stepArbitrary = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      by,
      entities: fc.subarray([...ENTITIES], { minLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "write" as const,
        "write" as const,
        "remove" as const,
      ),
      by,
      entity: fc.constantFrom(...ENTITIES),
    }),
  },
  fc.record({ do: fc.constant("through" as const), by }),
  fc.record({
    do: fc.constant("pass" as const),
    ms: fc.constantFrom(100, 250, 400, 700, 1000),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** A write of one process. */
interface Write {
  readonly entity: string;
  readonly by: number;
  /** When it was answered. */
  doneMs: number;
  /** Its place in the order of all, once it was answered. */
  place: number;
  /** The first moment that was moved after it. */
  through: string;
}

/** Two processes on one store, all of whose steps run at once. */
function startWorld(delays: readonly number[]) {
  const { online, changed } = openMemory(delays);
  const clock = { ms: 0 };
  const processes = [0, 1].map(() =>
    keepRecent(online, { nowMs: () => clock.ms })
  );
  return { clock, processes, changed, writes: [] as Write[], moved: 0 };
}

type World = ReturnType<typeof startWorld>;

async function take(world: World, step: Step): Promise<void> {
  const { clock } = world;
  if (step.do === "pass") return void (clock.ms += step.ms);
  if (step.do === "turn") return;
  const recent = world.processes[step.by] ?? assert.fail();
  if (step.do === "read") return await checkRead(world, recent, step);
  if (step.do === "through") return await move(world, recent);
  await change(world, recent, step);
}

async function move(world: World, recent: Recent): Promise<void> {
  const at = new Date(Date.UTC(2026) + ++world.moved).toISOString();
  for (const write of world.writes) {
    if (write.doneMs < Infinity) write.through ||= at;
  }
  await recent.setThrough("acme", VIEW, at);
}

async function change(
  { clock, changed, writes }: World,
  recent: Recent,
  { do: what, by, entity }: Step & { do: "write" | "remove" },
): Promise<void> {
  const write = { entity, by, doneMs: Infinity, place: -1, through: "" };
  const id = writes.push(write) - 1;
  const one = vector(id, { ...KEY, entity });
  if (what === "write") await recent.write("acme", [one]);
  else await recent.remove("acme", [one]);
  write.place = changed.indexOf(one);
  write.doneMs = clock.ms;
}

async function checkRead(
  { clock, changed, writes }: World,
  recent: Recent,
  { by, entities }: { by: number; entities: (typeof ENTITIES)[number][] },
): Promise<void> {
  const sinceMs = clock.ms - 1000;
  const latest = (entity: string, such: (write: Write) => boolean) =>
    Math.max(
      -1,
      ...writes.filter((write) => write.entity === entity && such(write))
        .map(({ place }) => place),
    );
  const least = entities.map((entity) =>
    latest(
      entity,
      (write) =>
        write.by === by ? write.doneMs < Infinity : write.doneMs <= sinceMs,
    )
  );
  const keys = entities.map((entity) => ({ ...KEY, entity }));
  const found = await recent.read("acme", keys);
  found.forEach(({ vector, through }, one) => {
    if (vector === null) return;
    const covered = latest(
      vector.entity,
      (write) => write.through !== "" && write.through <= (through ?? ""),
    );
    const shown = changed.indexOf(vector);
    assert.ok(shown >= (least[one] ?? -1), "older than allowed");
    assert.ok(shown >= covered, "older than the moment of its view");
  });
}

Deno.test("whatever two processes do at once, no read shows what is older than allowed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 50, maxLength: 100 }),
      fc.array(fc.nat({ max: 6 }), { minLength: 11, maxLength: 23 }),
      async (steps, delays) => {
        const world = startWorld(delays);
        const failures: unknown[] = [];
        const taken: Promise<unknown>[] = [];
        for (const step of steps) {
          taken.push(take(world, step).catch((error) => failures.push(error)));
          if (step.do === "turn") await turn();
        }
        await Promise.all(taken);
        if (failures.length > 0) throw failures[0];
      },
    ),
    { numRuns: 1000 },
  );
});

const LATER = "2026-03-02T00:00:00.000Z";

/** What another process does: a vector, then the moment as of which all hold. */
async function correct(online: OnlineFeatures): Promise<void> {
  await online.write("acme", [vector(2)]);
  await online.setThrough("acme", VIEW, LATER);
}

Deno.test("a moment that moves while it is looked for comes with the vectors before it", async () => {
  const { online } = openMemory();
  let nowMs = 0;
  let between = () => Promise.resolve();
  const recent = keepRecent({
    ...online,
    through: async (...asked) => {
      await between();
      return await online.through(...asked);
    },
  }, { nowMs: () => nowMs });
  await online.write("acme", [vector(1)]);
  await online.setThrough("acme", VIEW, AT);
  assert.equal(await valueOf(recent), 1);
  between = () => correct(online);
  nowMs = 1000;
  assert.deepEqual(await recent.read("acme", [KEY]), [{
    vector: vector(2),
    through: LATER,
  }]);
});

Deno.test("a moment that moves while a vector is read does not cover it", async () => {
  const { online } = openMemory();
  let nowMs = 0;
  const recent = keepRecent({
    ...online,
    read: async (...asked) => {
      const found = await online.read(...asked);
      if (nowMs > 0) return found;
      await correct(online);
      nowMs = 1000;
      await recent.setThrough("acme", VIEW, AT);
      return found;
    },
  }, { nowMs: () => nowMs });
  await online.write("acme", [vector(1)]);
  await online.setThrough("acme", VIEW, AT);
  assert.deepEqual(await recent.read("acme", [KEY]), [{
    vector: vector(1),
    through: AT,
  }]);
  assert.equal(await valueOf(recent), 2);
});
