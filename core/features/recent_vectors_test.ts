/**
 * Vectors kept at hand are never older than a second, and never older than a write
 * of the same process.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { EntityKey } from "../domain/entity.ts";
import type { FeatureVector } from "../domain/feature.ts";
import type { OnlineFeatures } from "../ports/features.ts";
import { keepRecent } from "./recent_vectors.ts";

type Key = Pick<FeatureVector, "view" | "version" | "entity">;

const KEY: Key = { view: "audience", version: 1, entity: "subject:s-1" };

function vector(value: number, key = KEY): FeatureVector {
  return { ...key, at: "2026-03-01T00:00:00.000Z", values: [value] };
}

/** A store in memory that answers a turn later with what it held when asked. */
function openMemory() {
  const held = new Map<string, FeatureVector>();
  const reads: number[] = [];
  const failures: Error[] = [];
  const name = (tenant: string, { view, version, entity }: Key) =>
    JSON.stringify([tenant, view, version, entity]);
  const online: OnlineFeatures = {
    read: async (tenant, keys) => {
      reads.push(keys.length);
      const failure = failures.pop();
      const found = keys.map((key) => held.get(name(tenant, key)) ?? null);
      await new Promise((turn) => setTimeout(turn, 0));
      if (failure) throw failure;
      return found;
    },
    write: async (tenant, vectors) => {
      await new Promise((turn) => setTimeout(turn, 0));
      for (const one of vectors) {
        held.set(name(tenant, one), one);
      }
    },
  };
  return { online, reads, failures };
}

Deno.test("a vector is read once a second, and seen when another process changed it", async () => {
  const { online, reads } = openMemory();
  let nowMs = 0;
  const recent = keepRecent(online, () => nowMs);
  await online.write("acme", [vector(1)]);
  assert.deepEqual(await recent.read("acme", [KEY]), [vector(1)]);
  await online.write("acme", [vector(2)]);
  nowMs = 999;
  assert.deepEqual(await recent.read("acme", [KEY]), [vector(1)]);
  assert.deepEqual(reads, [1]);
  nowMs = 1000;
  assert.deepEqual(await recent.read("acme", [KEY]), [vector(2)]);
});

Deno.test("a write of this process is seen at once, whatever was being read", async () => {
  const { online } = openMemory();
  const recent = keepRecent(online, () => 0);
  await recent.write("acme", [vector(1)]);
  const writing = recent.write("acme", [vector(2)]);
  const during = recent.read("acme", [KEY]);
  await writing;
  assert.deepEqual(await recent.read("acme", [KEY]), [vector(2)]);
  assert.equal((await during).length, 1);
});

Deno.test("tenants, versions and entities are never mixed up", async () => {
  const key = fc.record({
    tenant: fc.constantFrom("a", "b"),
    version: fc.constantFrom(1, 2),
    entity: fc.constantFrom<EntityKey>("subject:1", "campaign:1"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key, write: fc.boolean() }), { maxLength: 30 }),
      async (steps) => {
        const { online } = openMemory();
        const recent = keepRecent(online, () => 0);
        const reading: Promise<void>[] = [];
        const written = new Map<string, number>();
        for (
          const [place, { key: { tenant, ...rest }, write }] of steps.entries()
        ) {
          const key = { ...KEY, ...rest };
          const name = JSON.stringify([tenant, rest]);
          if (write) {
            await Promise.all(reading);
            await recent.write(tenant, [vector(place, key)]);
            written.set(name, place);
          } else {
            const want = written.get(name);
            const read = recent.read(tenant, [key]).then(([found]) =>
              assert.equal(found?.values[0], want)
            );
            reading.push(read);
          }
        }
        await Promise.all(reading);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("what is asked for at the same time goes out in few reads", async () => {
  const { online, reads } = openMemory();
  const recent = keepRecent(online, () => 0);
  const keys = Array.from(
    { length: 20 },
    (_, place) => ({ ...KEY, entity: `subject:${place}` as const }),
  );
  await Promise.all(keys.map((key) => recent.read("acme", [key])));
  assert.deepEqual(reads, [20]);
});

Deno.test("a failure is told and not kept", async () => {
  const { online, failures } = openMemory();
  const recent = keepRecent(online, () => 0);
  await recent.write("acme", [vector(1)]);
  failures.push(new Error("down"));
  await assert.rejects(recent.read("acme", [KEY]), /down/);
  assert.deepEqual(await recent.read("acme", [KEY]), [vector(1)]);
});
