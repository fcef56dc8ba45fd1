/**
 * NATS has every message of the outbox once, in its order, whoever is killed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Stores } from "../../core/ports/stores.ts";
import type { StreamBatch } from "../../core/ports/stream.ts";
import { follow } from "../../core/signals/follow.ts";
import {
  createNatsRelay,
  type NatsRelay,
} from "../../core/store/nats_relay.ts";
import { type NatsServer, needingNats, startNats } from "../servers/nats.ts";
import {
  needingPostgres,
  type PostgresServer,
  startPostgres,
} from "../servers/postgres.ts";
import { subjectEvent } from "../stores/cases.ts";
import {
  readOutbox,
  SOURCES,
  TENANT,
  withStores,
  writeHistory,
} from "./history.ts";
import { randomPause, startNode } from "./nodes.ts";
import { forgetIds, readPublished } from "./published.ts";

const KILLS = 12;
const SIZE = { batches: 40, events: 400 };

interface Servers {
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
}

function needingServers(name: string) {
  const { ignore, name: told } = needingPostgres(name);
  return ignore ? { ignore, name: told } : needingNats(name);
}

async function withServers(
  work: (servers: Servers, stores: Stores) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres();
  const nats = await startNats();
  try {
    await withStores(
      postgres.url,
      (stores) => work({ postgres, nats }, stores),
    );
  } finally {
    await nats.stop();
    await postgres.stop();
  }
}

/** Relays what is left, then compares all. */
async function checkRelayed(stores: Stores, { nats }: Servers): Promise<void> {
  const relay = createNatsRelay(nats.url);
  await relayAll(stores, relay, "last");
  await relay.close();
  const published = await readPublished(nats.url);
  const told = await readOutbox(stores);
  assert.ok(told.length > SOURCES.length * SIZE.batches);
  assert.deepEqual(
    published.map(({ id }) => id),
    told.map(({ id }) => id),
  );
  assert.deepEqual(published.map(({ message }) => message), told);
}

/** Relays until nothing waits, trying again what fails; what failed. */
async function relayAll(
  { stream }: Stores,
  relay: NatsRelay,
  holder: string,
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const following = { consumer: "nats", holder, leaseMs: 60_000 };
  while (await isHeld(stream, following)) await randomPause(50);
  await follow(stream, following, {
    handle: (batch) => relay.publish(batch),
    onFailure: (error) => failures.push(error),
    signal: new AbortController().signal,
    untilEmpty: true,
    retryMs: 50,
  });
  return failures;
}

async function isHeld(
  stream: Stores["stream"],
  following: Parameters<Stores["stream"]["next"]>[0],
): Promise<boolean> {
  await stream.next(following);
  return !await stream.renew(following);
}

Deno.test({
  ...needingServers(
    "kill -9 of the relaying process, many times: each message once, in order",
  ),
  fn: () =>
    withServers(async (servers, stores) => {
      const { postgres, nats } = servers;
      await forgetIds(nats.url);
      const writing = writeHistory(stores, SIZE);
      for (let kill = 0; kill < KILLS; kill++) {
        const node = startNode("relay_node.ts", [postgres.url, nats.url]);
        await node.started;
        await randomPause(150);
        node.process.kill("SIGKILL");
        await node.ended;
      }
      await writing;
      await checkRelayed(stores, servers);
    }),
});

Deno.test({
  ...needingServers(
    "kill -9 of NATS during the relay, also at its start: nothing lost or twice",
  ),
  fn: () =>
    withServers(async (servers, stores) => {
      const { nats } = servers;
      await nats.kill9();
      const relay = createNatsRelay(nats.url);
      const writing = writeHistory(stores, SIZE);
      let killing = true;
      const kills = (async () => {
        for (let kill = 0; kill < KILLS; kill++) {
          await randomPause(100);
          await nats.restart();
          await randomPause(200);
          if (kill < KILLS - 1) await nats.kill9();
        }
        killing = false;
      })();
      const failures: unknown[] = [];
      while (killing) {
        failures.push(...await relayAll(stores, relay, "steady"));
        await randomPause(20);
      }
      await Promise.all([kills, writing]);
      await relay.close();
      assert.ok(failures.length > 0);
      for (const failure of failures) {
        assert.match(String(failure), /^EngineError: Cannot use the server of/);
      }
      await checkRelayed(stores, servers);
    }),
});

/** A batch of one source with so many events. */
function batchOf(position: number, events: number): StreamBatch {
  return {
    position,
    messages: Array.from({ length: events }, (_, at) => ({
      id: `${TENANT}/crm.eu/${position}/event/${at}`,
      kind: "event",
      tenant: TENANT,
      source: "crm.eu *>",
      connector: "csv",
      observedAt: "2026-03-01T00:00:00.000Z",
      event: subjectEvent(String(at), "2026-02-01T00:00:00.000Z", {
        valueMicros: 2n ** 60n,
        currency: "EUR",
      }),
    })),
  };
}

async function withNats(
  work: (nats: NatsServer, relays: readonly NatsRelay[]) => Promise<void>,
): Promise<void> {
  const nats = await startNats();
  const relays = [createNatsRelay(nats.url), createNatsRelay(nats.url)];
  try {
    await work(nats, relays);
  } finally {
    await Promise.all(relays.map((relay) => relay.close()));
    await nats.stop();
  }
}

Deno.test({
  ...needingNats("a message goes to its subject, with its place and its id"),
  fn: () =>
    withNats(async (nats, [relay]) => {
      const batch = batchOf(7, 2);
      await relay?.publish(batch);
      const [message] = batch.messages;
      assert.deepEqual((await readPublished(nats.url))[0], {
        subject: "moe.signals.acme.crm%2Eeu%20%2A%3E.event",
        id: "acme/crm.eu/7/event/0",
        position: 7,
        index: 0,
        message,
      });
    }),
});

Deno.test({
  ...needingNats("a relay that another one overtook adds nothing"),
  fn: () =>
    withNats(async (nats, [slow, quick]) => {
      await forgetIds(nats.url);
      await slow?.publish(batchOf(1, 3));
      await quick?.publish(batchOf(2, 600));
      await quick?.publish(batchOf(3, 1));
      await new Promise((wake) => setTimeout(wake, 300));
      const again = async () => await slow?.publish(batchOf(2, 600));
      await assert.rejects(again, { code: "store_unavailable" });
      await assert.rejects(again, { code: "configuration_invalid" });
      const published = await readPublished(nats.url);
      assert.equal(published.length, 604);
    }),
});

Deno.test({
  ...needingNats("a batch that was published in part is gone on with"),
  fn: () =>
    withNats(async (nats, [first, second]) => {
      await forgetIds(nats.url);
      await first?.publish(batchOf(1, 300));
      await new Promise((wake) => setTimeout(wake, 300));
      await second?.publish(batchOf(1, 700));
      await second?.publish(batchOf(1, 700));
      await second?.publish(batchOf(2, 1));
      const published = await readPublished(nats.url);
      assert.deepEqual(
        published.map(({ index }) => index),
        [...Array(700).keys(), 0],
      );
    }),
});

Deno.test({
  ...needingNats(
    "what is tried again while a first attempt still hangs is published once, in order",
  ),
  fn: () =>
    withNats(async (nats, [relay]) => {
      await forgetIds(nats.url);
      await relay?.publish(batchOf(1, 1));
      nats.pause();
      const attempts = [1, 2, 3].map(() => relay?.publish(batchOf(2, 600)));
      await new Promise((wake) => setTimeout(wake, 100));
      nats.resume();
      await Promise.all(attempts);
      const published = await readPublished(nats.url);
      assert.deepEqual(
        published.map(({ index }) => index),
        [0, ...Array(600).keys()],
      );
    }),
});

Deno.test({
  ...needingNats("a stream that another outbox filled is refused, not skipped"),
  fn: () =>
    withNats(async (nats, [first, second]) => {
      await first?.publish(batchOf(9, 2));
      await assert.rejects(async () => await second?.publish(batchOf(3, 2)), {
        code: "configuration_invalid",
        facts: { outbox_position: 3, stream_position: 9 },
      });
      const other = { ...batchOf(9, 0), messages: batchOf(5, 3).messages };
      await assert.rejects(async () => await second?.publish(other), {
        code: "configuration_invalid",
      });
      assert.equal((await readPublished(nats.url)).length, 2);
    }),
});
