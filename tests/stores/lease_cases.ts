/**
 * Leases: work that one node does at a time, and that is due on none for a while.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Case } from "./cases.ts";

const LONG_MS = 60_000;
const SHORT_MS = 40;

function later(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

/** Cases about leases. */
export const leaseCases: readonly Case[] = [
  {
    name: "a lease is its holder's until it is over or given back",
    run: async ({ leases }, name) => {
      assert.equal(await leases.take(name, "a", LONG_MS), true);
      assert.equal(await leases.take(name, "a", SHORT_MS), true);
      assert.equal(await leases.take(name, "b", LONG_MS), false);
      assert.equal(await leases.take(`${name}/other`, "b", LONG_MS), true);
      await later(2 * SHORT_MS);
      assert.equal(await leases.take(name, "b", LONG_MS), true);
      assert.equal(await leases.take(name, "a", LONG_MS), false);
      await leases.release(name, "a");
      assert.equal(await leases.take(name, "a", LONG_MS), false);
      await leases.release(name, "b");
      assert.equal(await leases.take(name, "a", LONG_MS), true);
    },
  },
  {
    name: "a lease at rest is nobody's until the rest is over",
    run: async ({ leases }, name) => {
      assert.equal(await leases.take(name, "a", LONG_MS), true);
      await leases.rest(name, "a", SHORT_MS + 0.5);
      for (const holder of ["a", "b"]) {
        assert.equal(await leases.take(name, holder, LONG_MS), false);
        await leases.release(name, holder);
      }
      await later(2 * SHORT_MS);
      assert.equal(await leases.take(name, "b", LONG_MS), true);
      await leases.rest(name, "a", 0);
      assert.equal(await leases.take(name, "a", LONG_MS), false);
    },
  },
];
