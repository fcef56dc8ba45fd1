/**
 * Acknowledged survives, while the database is dead or frozen, the end of the engine:
 * what lies in the spool is in the log after the next start, once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { verifyChain } from "../../core/decisions/log/verifying/verify.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { openSpooled } from "./spool_loop.ts";

const BEFORE = 200;
const DURING = 600;
/** A process that takes longer acknowledges too little. */
const LONGEST_MS = 30_000;

const cases = [
  {
    writes: "spool",
    outage: "killed",
    begin: (server: PostgresServer) => server.kill9(),
    end: (server: PostgresServer) => server.restart(),
  },
  {
    writes: "fallback",
    outage: "killed",
    begin: (server: PostgresServer) => server.kill9(),
    end: (server: PostgresServer) => server.restart(),
  },
  {
    writes: "fallback",
    outage: "frozen",
    begin: (server: PostgresServer) => server.pause(),
    end: (server: PostgresServer) => server.resume(),
  },
] as const;

/** Ids that a process acknowledged, in an outage that it does not live to see the end of. */
async function acknowledged(
  { url }: PostgresServer,
  folder: string,
  { writes, begin }: { writes: string; begin: () => Promise<void> },
): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-check", "--allow-net=127.0.0.1", "--allow-read"],
      ...["--allow-env", "--allow-ffi", "--allow-sys"],
      `--allow-write=${folder}`,
      new URL("spool_loop.ts", import.meta.url).pathname,
      ...[url, folder, writes],
    ],
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LONGEST_MS),
  }).spawn();
  let printed = "";
  let since: number | null = null;
  let beginning: Promise<void> | null = null;
  const count = () => printed.split("\n").length;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (beginning === null && count() > BEFORE) {
      beginning = begin().then(() => {
        since = count();
      });
    } else if (since !== null && count() > since + DURING) {
      child.kill("SIGKILL");
      since = Infinity;
    }
  }
  await child.status;
  await beginning;
  assert.equal(since, Infinity, "too little was acknowledged in the outage");
  return printed.split("\n").slice(0, -1);
}

async function assertCarried(
  { url }: PostgresServer,
  folder: string,
  ids: readonly string[],
): Promise<void> {
  const { stores, spooling } = await openSpooled(url, folder, "spool");
  try {
    assert.ok(spooling.standing().waiting >= DURING);
    assert.ok(await spooling.log.find("acme", ids.at(-1) ?? ""));
    await spooling.carryOn((gap) => assert.fail(gap.detail));
    assert.equal(spooling.standing().waiting, 0);
    const logged = await stores.log.read("acme", 0, 1_000_000);
    const known = new Set(logged.map(({ id }) => id));
    assert.equal(known.size, logged.length);
    assert.deepEqual(ids.filter((id) => !known.has(id)), []);
    assert.deepEqual((await verifyChain(stores.log, "acme")).damages, []);
  } finally {
    await spooling.close();
    await stores.close();
  }
}

for (const { writes, outage, begin, end } of cases) {
  Deno.test({
    ...needingPostgres(
      `mode ${writes} loses nothing when the engine is killed while the database is ${outage}`,
    ),
    fn: async () => {
      const server = await startPostgres();
      const folder = await Deno.makeTempDir();
      try {
        const ids = await acknowledged(server, folder, {
          ...{ writes, begin: () => begin(server) },
        });
        await end(server);
        await assertCarried(server, folder, ids);
      } finally {
        await server.stop();
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
