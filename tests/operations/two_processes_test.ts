/**
 * Processes beside a running server: those that write online features take turns on
 * one file, those that need none leave it alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createOnlineFeatures } from "../../core/store/feature_kv.ts";
import { runMoe } from "../engine/moe.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

const WRITERS = ["a", "b", "c"];
const VECTORS = 4000;

Deno.test("processes that write to one store at once all finish, and readers see all of it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "writers_" });
  const file = `${folder}/features.kv`;
  const writing = Promise.all(WRITERS.map((name) => write(file, name)));
  {
    using kv = await openWhenThere(file);
    const online = createOnlineFeatures(() => Promise.resolve(kv));
    const read = (name: string) => online.read("acme", keysOf(name));
    let done = false;
    writing.finally(() => done = true);
    while (!done) await read("a");
    assert.deepEqual(await writing, WRITERS.map(() => ""));
    for (const name of WRITERS) {
      const values = (await read(name)).map((vector) => vector?.values);
      assert.deepEqual(values[0], [name, 0]);
      assert.deepEqual(values[1], [name, VECTORS - 1]);
    }
  }
  await Deno.remove(folder, { recursive: true });
});

function keysOf(name: string) {
  return [0, VECTORS - 1].map((place) => ({
    view: "audience",
    version: 1,
    entity: `subject:${name}-${place}` as const,
  }));
}

/** What went wrong; nothing if all was written. */
async function write(file: string, name: string): Promise<string> {
  const script = new URL("./kv_writer.ts", import.meta.url).pathname;
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "-q", "--allow-read", "--allow-write"],
      ...[script, file, name, String(VECTORS)],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stderr);
}

async function openWhenThere(file: string): Promise<Deno.Kv> {
  while (true) {
    try {
      await Deno.stat(file);
      return await Deno.openKv(file);
    } catch {
      await new Promise((wake) => setTimeout(wake, 5));
    }
  }
}

Deno.test({
  ...needingPostgres(
    "commands that need no online features do not open their file",
  ),
  fn: async () => {
    const postgres = await startPostgres();
    const folder = await Deno.makeTempDir({ prefix: "unopened_" });
    const env = { DATABASE_URL: postgres.url, MOE_DATA: `${folder}/data` };
    try {
      for (
        const words of ["sources", "views", "models", "plans", "keys list"]
      ) {
        const { code, errors } = await runMoe(env, words.split(" "));
        assert.equal(code, 0, errors);
      }
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    } finally {
      await postgres.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
