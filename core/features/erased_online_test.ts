/**
 * Who was erased stays off line, on whichever node and whoever was quicker.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureVector } from "../domain/feature.ts";
import { subjectHash } from "../domain/keyed_hash.ts";
import type { ErasedSubject } from "../ports/erasure.ts";
import { keepErasedOut } from "./erased_online.ts";
import { openMemory } from "./memory_online_test.ts";

const NOW = "2026-03-02T00:00:00.000Z";
const BEFORE = "2026-03-01T23:59:00.000Z";
const AFTER = "2026-03-02T00:01:00.000Z";
const PSEUDONYM = "email_0123456789abcdef0123456789abcdef";

function vectorOf(id: string, at: string): FeatureVector {
  const key = { view: "audience", version: 1 };
  return { ...key, entity: `subject:${id}`, at, values: [1] };
}

function open(tombstones: readonly ErasedSubject[] = []) {
  const { online, held } = openMemory([0, 0]);
  const world = { now: NOW, asked: [] as string[], tombstones };
  const node = keepErasedOut({
    online,
    clock: { now: () => world.now },
    erasures: {
      erasedSince: (at) => {
        world.asked.push(at);
        return Promise.resolve(world.tombstones.filter((one) => one.at >= at));
      },
    },
  });
  const left = () => [...held.values()].map(({ entity, at }) => [entity, at]);
  return { node, online, world, left };
}

function erased(id: string, tenant = "acme"): ErasedSubject {
  return { tenant, hash: subjectHash(tenant, id), at: NOW };
}

Deno.test("a page that was read before somebody was erased leaves nothing of them", async () => {
  const { node, left } = open([erased("s-1"), erased("s-2", "other")]);
  await node.write("acme", [
    vectorOf("s-1", BEFORE),
    vectorOf("s-2", BEFORE),
    vectorOf(`device of ${PSEUDONYM}`, BEFORE),
  ]);
  assert.deepEqual(left(), [
    ["subject:s-2", BEFORE],
    [`subject:device of ${PSEUDONYM}`, BEFORE],
  ]);
});

Deno.test("what is computed of somebody after the erasure stays", async () => {
  const { node, left } = open([erased("s-1")]);
  await node.write("acme", [vectorOf("s-1", AFTER)]);
  assert.deepEqual(left(), [["subject:s-1", AFTER]]);
});

Deno.test("each node takes out whom another was asked to erase, once", async () => {
  const { node, online, world, left } = open();
  await online.write("acme", [
    vectorOf("s-1", BEFORE),
    vectorOf("s-2", BEFORE),
    vectorOf(`device of ${PSEUDONYM}`, BEFORE),
  ]);
  await online.write("other", [vectorOf("s-1", BEFORE)]);
  assert.equal(await node.sweep(), 0);
  world.tombstones = [erased("s-1"), erased(PSEUDONYM)];
  assert.equal(await node.sweep(), 2);
  assert.deepEqual(left(), [["subject:s-2", BEFORE], ["subject:s-1", BEFORE]]);
  world.now = AFTER;
  assert.equal(await node.sweep(), 0);
  const [first, second] = world.asked;
  assert.ok(first !== undefined && second !== undefined && first < second);
});
