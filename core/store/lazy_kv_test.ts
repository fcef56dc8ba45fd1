/**
 * The online store is a file only once somebody asks it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createLazyKv } from "./lazy_kv.ts";

Deno.test("a store that nobody asks leaves no file, one that is asked is opened once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lazy_" });
  const kv = createLazyKv(`${folder}/data/features.kv`, `${folder}/data`);
  await kv.close();
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  const [first, second] = await Promise.all([kv.open(), kv.open()]);
  assert.equal(first, second);
  await kv.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a store that could not be opened is tried again", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lazy_" });
  const place = `${folder}/features.kv`;
  await Deno.mkdir(place);
  const kv = createLazyKv(place, folder);
  await assert.rejects(kv.open(), { code: "store_unavailable" });
  await Deno.remove(place);
  assert.ok(await kv.open());
  await kv.close();
  await Deno.remove(folder, { recursive: true });
});
