/**
 * A consumer with effects that ends itself with `kill -9` in the middle of its work,
 * before or after it committed. Its arguments are which of both, the URL of the
 * database and, if it consumes from there, of NATS.
 *
 * @module
 */
import type { StreamMessage } from "../../core/ports/stream.ts";
import { follow } from "../../core/signals/follow.ts";
import { consumeNats } from "../../core/store/nats_consumer.ts";
import { createSignalStream } from "../../core/store/outbox.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { haveEffects } from "./effects.ts";
import { die, say } from "./nodes.ts";

const NEVER = new AbortController().signal;

/** Calls that a process lives for at most. */
const LONGEST_LIFE = { batches: 20, messages: 100 };

const [death = "", databaseUrl = "", natsUrl = ""] = Deno.args;
const sql = openPostgres(databaseUrl);

/** Has the effects of messages until its time has come. */
function createWork(longest: number) {
  let left = 1 + Math.floor(Math.random() * longest);
  return async (messages: readonly StreamMessage[]) => {
    left--;
    if (left === 0 && death === "before") {
      await sql.transaction(async (tx) => {
        await tx.query("update effect_sum set spend = spend + 1");
        die();
      });
    }
    await haveEffects(sql, messages);
    if (left === 0) die();
  };
}

async function followOutbox() {
  const work = createWork(LONGEST_LIFE.batches);
  await follow(
    createSignalStream(sql),
    { consumer: "effects", holder: crypto.randomUUID(), leaseMs: 150 },
    {
      handle: ({ messages }) => work(messages),
      onFailure: (error) => say(String(error)),
      signal: NEVER,
      idleMs: 20,
      retryMs: 20,
    },
  );
}

async function followNats() {
  const work = createWork(LONGEST_LIFE.messages);
  await consumeNats(natsUrl, {
    durable: "effects",
    redeliverMs: 500,
    signal: NEVER,
    handle: (message) => work([message]),
    onFailure: (error) => say(String(error)),
  });
}

if (natsUrl === "") await followOutbox();
else await followNats();
