/**
 * A consumer that is killed in the middle of its work goes on without loss, and each
 * effect is had once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Stores } from "../../core/ports/stores.ts";
import { follow } from "../../core/signals/follow.ts";
import { createNatsRelay } from "../../core/store/nats_relay.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { eventually } from "../operations/served.ts";
import { needingNats, startNats } from "../servers/nats.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { openEffects, readEffects } from "./effects.ts";
import { readOutbox, spendOf, withStores, writeHistory } from "./history.ts";
import { type Node, startNode } from "./nodes.ts";

/** Deaths that a test must have seen to say anything. */
const LEAST_DEATHS = 4;

/**
 * Runs consumers, so many at a time, another for each that dies, until they had as
 * many effects as there are messages; how many died.
 */
async function runToTheEnd(
  { url, nats = [], atOnce }: Run,
  written: Promise<Stores>,
): Promise<number> {
  const nodes = new Set<Node>();
  let deaths = 0;
  let done = false;
  const keepGoing = async () => {
    while (!done) {
      const node = startNode("effect_node.ts", [
        deaths % 2 === 0 ? "after" : "before",
        url,
        ...nats,
      ]);
      nodes.add(node);
      await node.ended;
      nodes.delete(node);
      if (!done) deaths++;
    }
  };
  const running = Promise.all(Array.from({ length: atOnce }, keepGoing));
  const sql = openPostgres(url);
  try {
    const told = await readOutbox(await written);
    await eventually(
      "every message has had its effect",
      async () => (await readEffects(sql)).ids.length >= told.length,
    );
  } finally {
    done = true;
    for (const { process } of nodes) process.kill("SIGKILL");
    await running;
    await sql.close();
  }
  return deaths;
}

interface Run {
  readonly url: string;
  readonly nats?: readonly string[];
  readonly atOnce: number;
}

async function checkEffects(
  databaseUrl: string,
  stores: Stores,
  deaths: number,
): Promise<void> {
  const sql = openPostgres(databaseUrl);
  try {
    const { ids, spend, attempts } = await readEffects(sql);
    const told = (await readOutbox(stores)).map(({ id }) => id).sort();
    assert.deepEqual(ids, told);
    assert.equal(spend, await spendOf(stores));
    assert.ok(deaths >= LEAST_DEATHS, `only ${deaths} consumers died`);
    assert.ok(attempts > told.length, "no message was delivered again");
  } finally {
    await sql.close();
  }
}

async function withDatabase(
  work: (databaseUrl: string, stores: Stores) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres();
  try {
    const sql = openPostgres(postgres.url);
    await openEffects(sql);
    await sql.close();
    await withStores(postgres.url, (stores) => work(postgres.url, stores));
  } finally {
    await postgres.stop();
  }
}

Deno.test({
  ...needingPostgres(
    "an embedded consumer, killed before and after commits, has each effect once",
  ),
  fn: () =>
    withDatabase(async (databaseUrl, stores) => {
      const written = writeHistory(stores, { batches: 40, events: 20 });
      const deaths = await runToTheEnd(
        { url: databaseUrl, atOnce: 1 },
        written.then(() => stores),
      );
      await checkEffects(databaseUrl, stores, deaths);
    }),
});

Deno.test({
  ...needingNats("consumers of NATS, killed alike, share each effect once"),
  ignore: needingPostgres("").ignore || needingNats("").ignore,
  fn: () =>
    withDatabase(async (databaseUrl, stores) => {
      const nats = await startNats();
      const relay = createNatsRelay(nats.url);
      try {
        await writeHistory(stores, { batches: 12, events: 40 });
        await follow(
          stores.stream,
          { consumer: "nats", holder: "relay", leaseMs: 60_000 },
          {
            handle: (batch) => relay.publish(batch),
            onFailure: (error) => assert.fail(String(error)),
            signal: new AbortController().signal,
            untilEmpty: true,
          },
        );
        const deaths = await runToTheEnd(
          { url: databaseUrl, nats: [nats.url], atOnce: 2 },
          Promise.resolve(stores),
        );
        await checkEffects(databaseUrl, stores, deaths);
      } finally {
        await relay.close();
        await nats.stop();
      }
    }),
});
