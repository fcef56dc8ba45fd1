/**
 * A tenant's views are read again in time, and a store that is away is no hindrance.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DeclaredView } from "../ports/features.ts";
import { keepCatalogues } from "./catalogue.ts";

const AT = "2026-03-01T12:00:00.000Z";

function declared(name: string): DeclaredView {
  return {
    view: {
      name,
      version: 1,
      entity: "subject",
      owner: "tests",
      purposes: ["optimization"],
      about: "A view",
      ttlSeconds: 60,
      source: { grain: "event" },
      features: [],
    },
    state: "serving",
    declaredAt: AT,
    promotedAt: null,
  };
}

function open() {
  const world = {
    nowMs: 0,
    reads: 0,
    names: ["a"] as string[],
    failure: null as Error | null,
  };
  const catalogues = keepCatalogues({
    list: async () => {
      world.reads++;
      const found = world.names.map(declared);
      await new Promise((turn) => setTimeout(turn, 0));
      if (world.failure) throw world.failure;
      return found;
    },
  }, () => world.nowMs);
  const names = async () =>
    (await catalogues.of("acme")).declared.map(({ view }) => view.name)
      .filter((name) => name.length === 1);
  const turn = () => new Promise((turn) => setTimeout(turn, 5));
  return { world, catalogues, names, turn };
}

Deno.test("views are read once, beside their use when they are older, and before it at five seconds", async () => {
  const { world, names, turn } = open();
  assert.deepEqual(await Promise.all([names(), names()]), [["a"], ["a"]]);
  world.names = ["b"];
  world.nowMs = 2499;
  assert.deepEqual(await names(), ["a"]);
  assert.equal(world.reads, 1);
  world.nowMs = 2500;
  assert.deepEqual(await names(), ["a"]);
  await turn();
  assert.deepEqual(await names(), ["b"]);
  world.names = ["c"];
  world.nowMs += 5000;
  assert.deepEqual(await names(), ["c"]);
  assert.equal(world.reads, 3);
});

Deno.test("what this process declared is seen at once, whatever was being read", async () => {
  const { world, catalogues, names, turn } = open();
  await names();
  world.nowMs = 2500;
  await names();
  world.names = ["b"];
  catalogues.forget("acme");
  assert.deepEqual(await names(), ["b"]);
  await turn();
  assert.deepEqual(await names(), ["b"]);
});

Deno.test("while the store is away the last views stand; without any the failure is told", async () => {
  const { world, catalogues, names } = open();
  await names();
  world.failure = new Error("away");
  world.nowMs = 60_000;
  assert.deepEqual(await names(), ["a"]);
  world.failure = null;
  world.names = ["b"];
  assert.deepEqual(await names(), ["b"]);
  world.failure = new Error("away");
  catalogues.forget("acme");
  await assert.rejects(names(), /away/);
});
