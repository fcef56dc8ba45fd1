/**
 * One process per embedded database.
 *
 * @module
 */
import assert from "node:assert/strict";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";

const SCRIPT = `
  import { openStores } from "${new URL(
  "../../core/store/open.ts",
  import.meta.url,
)}";
  import { systemClock as clock } from "${new URL(
  "../../core/store/clock.ts",
  import.meta.url,
)}";
  try {
    const stores = await openStores({ databaseUrl: null, dataFolder: Deno.args[0], clock });
    console.log(JSON.stringify(await stores.health()));
    await stores.close();
  } catch ({ code, message }) {
    console.log(code + ": " + message);
  }
`;

Deno.test("a second process is refused an open folder, and let in once it is closed", async () => {
  const dataFolder = await Deno.makeTempDir({ prefix: "stores_" });
  const stores = await openStores({
    databaseUrl: null,
    dataFolder,
    clock: systemClock,
  });
  try {
    const refusal = await openElsewhere(dataFolder);
    assert.match(refusal, /^store_locked: /);
    assert.ok(refusal.includes(dataFolder));
  } finally {
    await stores.close();
  }
  assert.equal(
    await openElsewhere(dataFolder),
    '{"database":null,"features":null}',
  );
  await Deno.remove(dataFolder, { recursive: true });
});

async function openElsewhere(dataFolder: string): Promise<string> {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, SCRIPT);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--config", config, "--allow-read"],
      ...["--allow-write", "--allow-env", script, dataFolder],
    ],
    stderr: "null",
  }).output();
  await Deno.remove(script);
  return new TextDecoder().decode(stdout).trim();
}
