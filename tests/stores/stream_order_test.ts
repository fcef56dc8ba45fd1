/**
 * Positions under transactions that overlap, on a real server: nothing fills up behind
 * a consumer's back, and nothing moves.
 *
 * @module
 */
import assert from "node:assert/strict";
import { migrate } from "../../core/store/migrate.ts";
import { createSignalStream } from "../../core/store/outbox.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { as, drain, told, writeEvent } from "./stream_reader.ts";

const ROUNDS = 40;

function streaming(sql: Sql) {
  return { signals: createSignalStore(sql), stream: createSignalStream(sql) };
}

/** A database whose transactions wait before they commit. */
function waiting(sql: Sql, commit: Promise<void>): Sql {
  return {
    ...sql,
    transaction: (work) =>
      sql.transaction(async (tx) => {
        const result = await work(tx);
        await commit;
        return result;
      }),
  };
}

async function withNodes(
  work: (one: Sql, two: Sql) => Promise<void>,
): Promise<void> {
  const server = await startPostgres();
  const [one, two] = [openPostgres(server.url), openPostgres(server.url)];
  try {
    await migrate(one);
    await work(one, two);
  } finally {
    await Promise.all([one.close(), two.close()]);
    await server.stop();
  }
}

Deno.test({
  ...needingPostgres("what began first and committed last is told last, once"),
  fn: () =>
    withNodes(async (one, two) => {
      const commit = Promise.withResolvers<void>();
      const stores = streaming(one);
      const consumer = as("consumer");
      const ids = async () =>
        (await told(stores, consumer)).map(({ source }) => source);
      const late = writeEvent(
        streaming(waiting(two, commit.promise)),
        "acme",
        { id: "e", source: "late" },
      );
      await new Promise((wake) => setTimeout(wake, 300));
      await writeEvent(stores, "acme", { id: "e", source: "early" });
      assert.deepEqual(await ids(), ["early"]);
      await writeEvent(stores, "acme", { id: "e", source: "next" });
      assert.deepEqual(await ids(), ["next"]);
      commit.resolve();
      await late;
      assert.deepEqual(await ids(), ["late"]);
      assert.deepEqual(await ids(), []);
    }),
});

Deno.test({
  ...needingPostgres("consumers that number at the same time see one order"),
  fn: () =>
    withNodes(async (one, two) => {
      const nodes = [one, two, one, two].map(streaming);
      const seen = nodes.map((): number[] => []);
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all(
          nodes.map((node, place) =>
            writeEvent(node, "acme", { id: `e-${round}`, source: `s-${place}` })
          ),
        );
        await Promise.all(nodes.map(async ({ stream }, place) => {
          const batches = await drain(stream, as(`consumer-${place}`));
          seen[place]?.push(...batches.map(({ position }) => position));
        }));
      }
      const positions = Array.from(
        { length: ROUNDS * nodes.length },
        (_, place) => place + 1,
      );
      for (const consumer of seen) assert.deepEqual(consumer, positions);
    }),
});
