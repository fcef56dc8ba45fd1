/**
 * Vectors kept at hand are read once, and again when they changed.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { VectorKey } from "../ports/features.ts";
import {
  AT,
  KEY,
  openMemory,
  turn,
  valueOf,
  vector,
  VIEW,
} from "./memory_online_test.ts";
import { keepRecent } from "./recent_vectors.ts";

Deno.test("a vector is read once, and again when another process changed it", async () => {
  const { online, reads } = openMemory();
  let nowMs = 0;
  const recent = keepRecent(online, { nowMs: () => nowMs });
  await online.write("acme", [vector(1)]);
  assert.equal(await valueOf(recent), 1);
  for (nowMs = 0; nowMs < 5000; nowMs += 100) {
    assert.equal(await valueOf(recent), 1);
  }
  assert.deepEqual(reads, [1]);
  await online.write("acme", [vector(2)]);
  nowMs += 1000;
  assert.equal(await valueOf(recent), 2);
  assert.deepEqual(reads, [1, 1]);
});

Deno.test("what is due to be looked for is looked for beside the reads", async () => {
  const { online } = openMemory();
  let nowMs = 0;
  const recent = keepRecent(online, { nowMs: () => nowMs });
  await online.write("acme", [vector(1)]);
  assert.equal(await valueOf(recent), 1);
  await online.write("acme", [vector(2)]);
  nowMs = 249;
  assert.equal(await valueOf(recent), 1);
  await turn();
  await turn();
  assert.equal(await valueOf(recent), 1);
  nowMs = 250;
  assert.equal(await valueOf(recent), 1);
  await turn();
  await turn();
  await turn();
  assert.equal(await valueOf(recent), 2);
});

Deno.test("that there is no vector is known as well, until there is one", async () => {
  const { online, reads } = openMemory();
  const recent = keepRecent(online, { nowMs: () => 0 });
  assert.equal(await valueOf(recent), undefined);
  assert.equal(await valueOf(recent), undefined);
  assert.deepEqual(reads, [1]);
  await recent.write("acme", [vector(1)]);
  assert.equal(await valueOf(recent), 1);
  await recent.remove("acme", [KEY]);
  assert.equal(await valueOf(recent), undefined);
});

Deno.test("tenants, versions and entities are never mixed up", async () => {
  const key = fc.record({
    tenant: fc.constantFrom("a", "b"),
    version: fc.constantFrom(1, 2),
    entity: fc.constantFrom<VectorKey["entity"]>("subject:1", "campaign:1"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key, write: fc.boolean() }), { maxLength: 30 }),
      async (steps) => {
        const { online } = openMemory();
        const recent = keepRecent(online, { nowMs: () => 0 });
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
            const read = valueOf(recent, tenant, key).then((found) =>
              assert.equal(found, want)
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
  const recent = keepRecent(online, { nowMs: () => 0 });
  const keys = Array.from(
    { length: 20 },
    (_, place) => ({ ...KEY, entity: `subject:${place}` as const }),
  );
  await Promise.all(keys.map((key) => recent.read("acme", [key])));
  assert.deepEqual(reads, [20]);
});

Deno.test("a failure is told and not kept", async () => {
  const { online, failures } = openMemory();
  const recent = keepRecent(online, { nowMs: () => 0 });
  await recent.write("acme", [vector(1)]);
  failures.push(new Error("down"));
  await assert.rejects(valueOf(recent), /down/);
  assert.equal(await valueOf(recent), 1);
});

Deno.test("a tenant whose views were online and are no longer is told of, once", async () => {
  const { online, held, throughs } = openMemory();
  const lost: string[] = [];
  let nowMs = 0;
  const recent = keepRecent(online, {
    nowMs: () => nowMs,
    onLost: (tenant) => lost.push(tenant),
  });
  await recent.write("acme", [vector(1)]);
  assert.equal(await valueOf(recent), 1);
  nowMs += 1000;
  await recent.setThrough("acme", VIEW, AT);
  assert.equal(await valueOf(recent), 1);
  assert.deepEqual(lost, []);
  held.clear();
  throughs.clear();
  for (const _ of [1, 2]) {
    nowMs += 1000;
    await valueOf(recent);
  }
  assert.deepEqual(lost, ["acme"]);
});
