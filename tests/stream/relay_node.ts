/**
 * A node that relays the outbox to NATS for ever and says when it begins, to be
 * killed. Its arguments are the URLs of the database and of NATS.
 *
 * @module
 */
import { follow } from "../../core/signals/follow.ts";
import { createNatsRelay } from "../../core/store/nats_relay.ts";
import { createSignalStream } from "../../core/store/outbox.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { say } from "./nodes.ts";

const [databaseUrl = "", natsUrl = ""] = Deno.args;
const relay = createNatsRelay(natsUrl);
await follow(
  createSignalStream(openPostgres(databaseUrl)),
  { consumer: "nats", holder: crypto.randomUUID(), leaseMs: 200 },
  {
    handle: async (batch) => {
      say(`batch ${batch.position}`);
      await relay.publish(batch);
    },
    onFailure: () => {},
    signal: new AbortController().signal,
    idleMs: 20,
    retryMs: 20,
  },
);
