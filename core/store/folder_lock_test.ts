/**
 * One holder for each folder.
 *
 * @module
 */
import assert from "node:assert/strict";
import { lockFolder } from "./folder_lock.ts";

Deno.test("a folder is locked once, and again after it is freed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lock_" });
  const deep = `${folder}/made/on/demand`;
  {
    using _lock = await lockFolder(deep);
    await assert.rejects(lockFolder(deep), { code: "store_locked" });
  }
  using _again = await lockFolder(deep);
  await Deno.remove(folder, { recursive: true });
});
