/**
 * Files that are not there, or not what they should be, are named.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readJsonFile, readPolicies } from "./files.ts";

async function withFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "files_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readPolicies() reads policy files by name, and nothing else", () =>
  withFolder(async (folder) => {
    for (const name of ["b.json", "a.json", "schema.json", "README.md"]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }
    await Deno.mkdir(`${folder}/c.json`);
    assert.deepEqual(await readPolicies(folder), [
      { name: "a.json", text: "a.json" },
      { name: "b.json", text: "b.json" },
    ]);
  }));

Deno.test("readPolicies() refuses a folder without policies", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/schema.json`, "{}");
    await assert.rejects(readPolicies(folder), { code: "file_unreadable" });
    await assert.rejects(readPolicies(`${folder}/none`), {
      code: "file_unreadable",
    });
  }));

Deno.test("readJsonFile() says what is wrong with a file", () =>
  withFolder(async (folder) => {
    const file = `${folder}/f.json`;
    await assert.rejects(readJsonFile(file), /it does not exist/);
    await Deno.writeTextFile(file, "{");
    await assert.rejects(readJsonFile(file), /it is not JSON/);
    await Deno.writeTextFile(file, "[1]");
    assert.deepEqual(await readJsonFile(file), [1]);
  }));
