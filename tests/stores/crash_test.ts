/**
 * What was acknowledged survives `kill -9` of the node and of the server, and
 * nothing durable is half-written.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Stores } from "../../core/ports/stores.ts";
import { systemClock } from "../../core/store/clock.ts";
import { openStores } from "../../core/store/open.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { SOURCE } from "./cases.ts";
import { APPEND_RECORDS, BATCH_EVENTS, numberedBatch } from "./crash_node.ts";
import { verifyChain } from "./log_cases.ts";

/** Acknowledged batches to wait for before the kill. */
const SIGNALS_BEFORE = 4;
const LOGS_BEFORE = 10;

interface Acknowledged {
  signals: number;
  log: number;
}

Deno.test({
  ...needingPostgres("kill -9 of the node loses nothing that it acknowledged"),
  fn: () => crash((_, node) => Promise.resolve(node.kill("SIGKILL"))),
});

Deno.test({
  ...needingPostgres(
    "kill -9 of the server loses nothing that it acknowledged",
  ),
  fn: () =>
    crash(async (server) => {
      await server.kill9();
      await server.restart();
    }),
});

Deno.test({
  ...needingPostgres("a server that comes back is used again by the same node"),
  fn: async () => {
    const server = await startPostgres();
    const dataFolder = await Deno.makeTempDir({ prefix: "stores_" });
    const stores = await openStores({
      databaseUrl: server.url,
      dataFolder,
      clock: systemClock,
    });
    try {
      await stores.signals.write(numberedBatch("signals", 1));
      await server.kill9();
      await assert.rejects(stores.signals.write(numberedBatch("signals", 2)), {
        code: "store_unavailable",
        retryable: true,
      });
      assert.match((await stores.health()).database ?? "", /answer/);
      await server.restart();
      await stores.signals.write(numberedBatch("signals", 2));
      assert.equal((await stores.health()).database, null);
      await checkSignals(stores, 2);
    } finally {
      await stores.close();
      await server.stop();
      await Deno.remove(dataFolder, { recursive: true });
    }
  },
});

async function crash(
  kill: (server: PostgresServer, node: Deno.ChildProcess) => Promise<void>,
): Promise<void> {
  const server = await startPostgres();
  const dataFolder = await Deno.makeTempDir({ prefix: "stores_" });
  try {
    const node = startNode(server.url);
    const acknowledged = await readAcknowledged(node, () => kill(server, node));
    const stores = await openStores({
      databaseUrl: server.url,
      dataFolder,
      clock: systemClock,
    });
    try {
      await checkSignals(stores, acknowledged.signals);
      await checkLog(stores, acknowledged.log);
    } finally {
      await stores.close();
    }
  } finally {
    await server.stop();
    await Deno.remove(dataFolder, { recursive: true });
  }
}

function startNode(databaseUrl: string): Deno.ChildProcess {
  const file = new URL("./crash_node.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-read", "--allow-env", "--allow-write"],
      ...["--allow-net=127.0.0.1", file, databaseUrl],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Reads what the node acknowledges to the end; kills in the middle of more. */
async function readAcknowledged(
  node: Deno.ChildProcess,
  kill: () => Promise<void>,
): Promise<Acknowledged> {
  const acknowledged: Acknowledged = { signals: 0, log: 0 };
  let killed: Promise<void> | null = null;
  let rest = "";
  for await (const text of node.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [kind, n] = line.split(" ");
      acknowledged[kind as keyof Acknowledged] = Number(n);
    }
    const enough = acknowledged.signals >= SIGNALS_BEFORE &&
      acknowledged.log >= LOGS_BEFORE;
    if (enough) killed ??= kill();
  }
  await node.status;
  await killed;
  assert.ok(killed, "the node ended by itself");
  return acknowledged;
}

async function checkSignals(stores: Stores, acknowledged: number) {
  const tenant = "signals";
  const written = Number(
    await stores.signals.readCursor(tenant, SOURCE, "daily"),
  );
  assert.ok(written >= acknowledged);
  const expected = {
    source: SOURCE,
    connector: "csv",
    performance: 1,
    revisions: written,
    events: written * BATCH_EVENTS,
    deadLetters: {},
    lastObservedAt: numberedBatch(tenant, written).observedAt,
  };
  assert.deepEqual(await stores.signals.count(tenant), [expected]);
  const again = await stores.signals.write(numberedBatch(tenant, written));
  assert.equal(again.events + again.inserted + again.restated, 0);
}

async function checkLog(stores: Stores, acknowledged: number) {
  const ids = await verifyChain(stores.log, "log");
  assert.ok(ids.length >= acknowledged * APPEND_RECORDS);
  assert.equal(ids.length % APPEND_RECORDS, 0);
  const last = ids.at(-1) ?? "";
  const answer = await stores.idempotency.find("log", "score", last);
  assert.equal(answer?.answer, last);
}
