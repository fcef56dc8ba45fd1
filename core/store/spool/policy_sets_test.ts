/**
 * Policy sets outlive an outage of the database, and of the node meanwhile.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { openSpooledSets } from "./policy_sets.ts";

const [ONE, OTHER] = ["a", "b"].map((digit) => digit.repeat(64)) as [
  string,
  string,
];
const AWAY = new EngineError("store_unavailable", "Cannot save: it is away");

/** A database that may be away. */
function createDatabase() {
  const rows = new Map<string, string>();
  let failure: Error | null = null;
  return {
    rows,
    fail: (error: Error | null) => void (failure = error),
    archive: {
      save: (hash: string, text: string) => {
        if (failure !== null) return Promise.reject(failure);
        rows.set(hash, text);
        return Promise.resolve();
      },
      load: (hash: string) => Promise.resolve(rows.get(hash) ?? null),
    },
  };
}

Deno.test("a set that the database cannot take is on the disk until it does, whoever carries it on", async () => {
  const folder = await Deno.makeTempDir();
  const { rows, fail, archive } = createDatabase();
  const first = await openSpooledSets(archive, folder);
  await first.save(ONE, "one");
  assert.equal(await first.load(ONE), "one");
  fail(AWAY);
  await first.save(OTHER, "other");
  assert.equal(await first.load(OTHER), "other");
  assert.deepEqual([...rows.keys()], [ONE]);
  await assert.rejects(first.settle(), { code: "store_unavailable" });

  const second = await openSpooledSets(archive, folder);
  assert.equal(await second.load(OTHER), "other");
  fail(null);
  await second.settle();
  assert.equal(rows.get(OTHER), "other");
  const third = await openSpooledSets(archive, folder);
  rows.clear();
  assert.equal(await third.load(OTHER), null, "nothing is left on the disk");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what neither takes is refused", async () => {
  const folder = await Deno.makeTempDir();
  const { fail, archive } = createDatabase();
  const sets = await openSpooledSets(archive, folder);
  fail(new TypeError("no such text"));
  await assert.rejects(sets.save(ONE, "one"), TypeError);
  fail(AWAY);
  await Deno.remove(folder, { recursive: true });
  await assert.rejects(sets.save(ONE, "one"), { code: "store_unavailable" });
  assert.equal(await sets.load(ONE), null);
});
