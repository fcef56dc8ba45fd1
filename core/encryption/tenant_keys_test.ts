/**
 * Keys of tenants: one for all nodes, bound to their tenant, changed without touching
 * what they sealed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import { createDataKeys } from "./data_keys.ts";
import { parseMasterKeys } from "./master_key.ts";
import {
  createMemoryKeys,
  createTestClock,
  masterOf,
} from "./memory_stores_test.ts";
import { createTenantKeys } from "./tenant_keys.ts";

function openWorld() {
  const clock = createTestClock();
  const store = createMemoryKeys();
  const open = (master = masterOf(1)) =>
    createTenantKeys({ store, master, clock });
  return { clock, store, open };
}

Deno.test("nodes that begin at once have the same key", async () => {
  const { store, open } = openWorld();
  const rings = await Promise.all(
    [open(), open(), open()].map(({ ring }) => ring("acme")),
  );
  assert.equal(new Set(rings.map(({ newest }) => newest.id)).size, 1);
  assert.equal(store.records.length, 1);
});

Deno.test("the newest seals, older ones open, and names stay", async () => {
  const { clock, open } = openWorld();
  const [one, two] = [open(), open()];
  const before = await one.ring("acme");
  await two.ring("acme");
  const name = before.blind("subject:u-1");
  assert.match(name, /^[0-9a-f]{32}$/);
  assert.equal(await one.rotate("acme"), 2);
  const after = await one.ring("acme");
  assert.notEqual(after.newest.id, before.newest.id);
  assert.ok(after.byId.has(before.newest.id));
  assert.equal(after.blind("subject:u-1"), name);
  assert.equal((await two.ring("acme")).newest.id, before.newest.id);
  const unknown = await two.find("acme", after.newest.id);
  assert.equal(unknown.id, after.newest.id);
  clock.advance(60_001);
  assert.equal((await two.ring("acme")).newest.id, after.newest.id);
  assert.notEqual((await one.ring("beta")).blind("subject:u-1"), name);
});

Deno.test("a wrapped key in the place of another is refused", async () => {
  const { store, open } = openWorld();
  await Promise.all([open().ring("acme"), open().ring("beta")]);
  const [acme, beta] = store.records;
  assert.ok(acme && beta);
  acme.wrapped = beta.wrapped;
  await assert.rejects(open().ring("acme"), { code: "configuration_invalid" });
});

Deno.test("another master key opens nothing, and says which would", async () => {
  const { store, open } = openWorld();
  await open().ring("acme");
  await assert.rejects(open(masterOf(2)).ring("acme"), {
    code: "configuration_invalid",
    message: new RegExp(store.records[0]?.wrapper ?? "none"),
  });
});

Deno.test("keys are wrapped anew while nodes that know both go on", async () => {
  const { clock, store, open } = openWorld();
  const known = (await open().ring("acme")).newest.id;
  await open().ring("beta");
  await open().rotate("beta");
  const keys = createDataKeys({ store, master: masterOf(1, 2), clock });
  assert.equal(await keys.rewrap(masterOf(2)), 3);
  assert.equal(await keys.rewrap(masterOf(2)), 0);
  for (const master of [masterOf(2), masterOf(1, 2)]) {
    assert.equal((await open(master).ring("acme")).newest.id, known);
  }
  await assert.rejects(open(masterOf(1)).ring("acme"));
});

Deno.test("known keys go on while the store does not answer, unknown ones do not", async () => {
  const { clock, store, open } = openWorld();
  const keys = open();
  const { newest } = await keys.ring("acme");
  clock.advance(60_001);
  store.failure = new EngineError("store_unavailable", "Cannot use it");
  assert.equal((await keys.atHand("acme")).newest.id, newest.id);
  assert.equal((await keys.ring("acme")).newest.id, newest.id);
  await assert.rejects(keys.ring("beta"), { code: "store_unavailable" });
  store.failure = null;
  assert.notEqual((await keys.ring("beta")).newest.id, newest.id);
});

Deno.test("a tenant whose keys were destroyed begins anew", async () => {
  const { clock, store, open } = openWorld();
  const keys = open();
  const before = await keys.ring("acme");
  const at = clock.now();
  await store.destroy("acme", { at, by: "ann", reason: "left" });
  clock.advance(60_001);
  const after = await keys.ring("acme");
  assert.equal(after.byId.size, 1);
  assert.equal(after.erasedAt, at);
  assert.notEqual(after.blind("subject:u-1"), before.blind("subject:u-1"));
  await assert.rejects(keys.find("acme", before.newest.id), {
    code: "configuration_invalid",
  });
});

Deno.test.each([
  { note: "nothing", text: "\n" },
  { note: "too short a key", text: "ab".repeat(31) },
  { note: "no key in the second line", text: `${"ab".repeat(32)}\nsecret` },
])(
  "a file of master keys with $note is refused without a value",
  ({ text }) => {
    assert.throws(
      () => parseMasterKeys(text, "keys.txt"),
      (error) =>
        error instanceof EngineError && /keys\.txt/.test(error.message) &&
        !/abab|secret/.test(error.message),
    );
  },
);
