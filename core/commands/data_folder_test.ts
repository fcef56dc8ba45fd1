/**
 * A folder that cannot be written to is told as such, before anything is opened.
 *
 * @module
 */
import assert from "node:assert/strict";
import { demandWritable } from "./data_folder.ts";

Deno.test("a data folder is made, and left as it was", async () => {
  const folder = await Deno.makeTempDir();
  await demandWritable(`${folder}/new/data`);
  assert.deepEqual([...Deno.readDirSync(`${folder}/new/data`)], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a data folder that cannot be written to is named", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "");
  for (
    const [place, reason] of [
      [`${folder}/file`, /data folder ".*\/file": it is a file; .*MOE_DATA/],
      ["/proc/data", /"\/proc\/data": it cannot be made, or may not/],
    ] as const
  ) {
    await assert.rejects(demandWritable(place), {
      code: "configuration_invalid",
      message: reason,
    });
  }
  await Deno.remove(folder, { recursive: true });
});
