/**
 * Acknowledged survives `kill -9`, of the engine and of the database.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { openDecisions } from "./decide_loop.ts";

const ENOUGH = 100;
/** A process that outlives its store for so long acknowledges what it cannot keep. */
const LONGEST_MS = 20_000;

/** Takes decisions in a process of its own until `end` has ended it or its store. */
async function acknowledged(
  url: string,
  folder: string,
  end: (child: Deno.ChildProcess) => Promise<void>,
): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-check", "--allow-net=127.0.0.1", "--allow-read"],
      ...["--allow-env", "--allow-ffi", "--allow-sys"],
      `--allow-write=${folder}`,
      new URL("decide_loop.ts", import.meta.url).pathname,
      ...[url, folder],
    ],
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LONGEST_MS),
  }).spawn();
  let printed = "";
  let ending: Promise<void> | null = null;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (printed.split("\n").length > ENOUGH) ending ??= end(child);
  }
  await child.status;
  assert.ok(ending !== null, "the process ended before it was ended");
  await ending;
  return printed.split("\n").slice(0, -1);
}

async function assertKept(url: string, folder: string, ids: readonly string[]) {
  const { decisions, stores } = await openDecisions(url, folder);
  try {
    const { sound, damages, rows } = await decisions.verify("acme");
    assert.deepEqual(damages, []);
    assert.ok(sound && rows >= ids.length);
    for (const id of ids) {
      assert.ok(await decisions.find("acme", id), `${id} is lost`);
    }
    const { same } = await decisions.replay("acme", ids.at(-1) ?? "");
    assert.ok(same);
  } finally {
    await stores.close();
  }
}

async function withServer(
  run: (server: PostgresServer, folder: string) => Promise<void>,
): Promise<void> {
  const server = await startPostgres();
  const folder = await Deno.makeTempDir();
  try {
    await run(server, folder);
  } finally {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  ...needingPostgres(
    "no acknowledged decision is lost when the engine is killed",
  ),
  fn: () =>
    withServer(async (server, folder) => {
      const ids = await acknowledged(
        server.url,
        folder,
        (child) => Promise.resolve(child.kill("SIGKILL")),
      );
      await assertKept(server.url, folder, ids);
    }),
});

Deno.test({
  ...needingPostgres(
    "no acknowledged decision is lost when the database is killed",
  ),
  fn: () =>
    withServer(async (server, folder) => {
      const ids = await acknowledged(
        server.url,
        folder,
        () => server.kill9(),
      );
      await server.restart();
      await assertKept(server.url, folder, ids);
    }),
});
