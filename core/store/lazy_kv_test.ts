/**
 * The online store is a file only once somebody asks it, and the one that is there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createOnlineFeatures } from "./feature_kv.ts";
import { createLazyKv, type LazyKv } from "./lazy_kv.ts";

async function withFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lazy_" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a store that nobody asks leaves no file, one that is asked is opened once", () =>
  withFolder(async (folder) => {
    const kv = createLazyKv(`${folder}/data/features.kv`, `${folder}/data`);
    await kv.close();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    const [first, second] = await Promise.all([kv.open(), kv.open()]);
    assert.equal(first, second);
    await kv.close();
  }));

Deno.test("a store that could not be opened is tried again", () =>
  withFolder(async (folder) => {
    const place = `${folder}/features.kv`;
    await Deno.mkdir(place);
    const kv = createLazyKv(place, folder);
    await assert.rejects(kv.open(), { code: "store_unavailable" });
    await Deno.remove(place);
    assert.ok(await kv.open());
    await kv.close();
  }));

/** Asks until another store than the one before is open. */
async function openOther(kv: LazyKv, before: Deno.Kv): Promise<Deno.Kv> {
  while (true) {
    const open = await kv.open();
    if (open !== before) return open;
    await new Promise((wake) => setTimeout(wake, 5));
  }
}

Deno.test.each([
  { note: "alone", rests: [] },
  { note: "with all that lay beside it", rests: ["-wal", "-shm"] },
])(
  "a file that was deleted $note while open is made anew, empty and of another identity",
  ({ rests }) =>
    withFolder(async (folder) => {
      const place = `${folder}/features.kv`;
      let nowMs = 0;
      const kv = createLazyKv(place, folder, () => nowMs += 500);
      const online = createOnlineFeatures(kv.open);
      const view = { name: "audience", version: 1 };
      const at = "2026-03-01T00:00:00.000Z";
      const identity = await online.identity();
      await online.setThrough("acme", view, at);
      const before = await kv.open();
      await Deno.remove(place);
      for (const rest of rests) await Deno.remove(place + rest);
      await openOther(kv, before);
      assert.notEqual(await online.identity(), identity);
      assert.equal(await online.through("acme", view), null);
      await online.setThrough("acme", view, at);
      assert.equal(await online.through("acme", view), at);
      await kv.close();
    }),
);

Deno.test("a file that was replaced while open is read as it is now", () =>
  withFolder(async (folder) => {
    const place = `${folder}/features.kv`;
    const other = createLazyKv(`${folder}/other.kv`, folder);
    const online = createOnlineFeatures(other.open);
    const identity = await online.identity();
    await other.close();
    let nowMs = 0;
    const kv = createLazyKv(place, folder, () => nowMs += 500);
    const before = await kv.open();
    for (const rest of ["", "-wal", "-shm"]) {
      await Deno.remove(place + rest).catch(() => {});
      await Deno.rename(`${folder}/other.kv${rest}`, place + rest)
        .catch(() => {});
    }
    await openOther(kv, before);
    assert.equal(await createOnlineFeatures(kv.open).identity(), identity);
    await kv.close();
  }));
