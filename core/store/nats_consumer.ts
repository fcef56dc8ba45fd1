/**
 * Signals from NATS, for a node that follows them there.
 *
 * Nodes of one durable name share the messages, each of which is acknowledged when its
 * work is done and comes again if it is not: at least once, and, after a failure or
 * among several nodes, not in order. An effect that is kept with the message's id is
 * had once; sums of `after − before` need no order.
 *
 * @module
 */
import { AckPolicy, jetstream, type JsMsg } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { StreamMessage } from "../ports/stream.ts";
import { parseMessage } from "./message_json.ts";
import { connectNats, openStream, STREAM } from "./nats.ts";

const PREFETCHED = 100;
const REDELIVER_MS = 30_000;
const AFTER_FAILURE_MS = 1000;

/** Who consumes, and until when. */
export interface NatsConsumer {
  /** Name under which the server keeps the position. */
  readonly durable: string;
  /** Ends it between two messages. */
  readonly signal: AbortSignal;
  /** After which time without an acknowledgement a message comes again; 30 s unless given. */
  readonly redeliverMs?: number;
  handle(message: StreamMessage): Promise<void>;
  /** Told when the work on a message failed; it comes again after a second. */
  onFailure(error: unknown): void;
}

/**
 * Works on messages one after the other until it is told to stop.
 *
 * @param natsUrl Server.
 * @param consumer Who consumes.
 * @returns When it has stopped.
 * @throws What the client says when the server cannot be reached or is lost.
 */
export async function consumeNats(
  natsUrl: string,
  consumer: NatsConsumer,
): Promise<void> {
  const { durable, signal, redeliverMs = REDELIVER_MS } = consumer;
  const connection = await connectNats(natsUrl);
  try {
    const manager = await openStream(connection);
    await manager.consumers.add(STREAM, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(redeliverMs),
    });
    const { consumers } = jetstream(connection);
    const messages = await (await consumers.get(STREAM, durable))
      .consume({ max_messages: PREFETCHED });
    const stop = () => messages.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    for await (const message of messages) await work(message, consumer);
    signal.removeEventListener("abort", stop);
    if (!signal.aborted) throw await connection.closed() ?? new Error("closed");
  } finally {
    await connection.close();
  }
}

async function work(
  message: JsMsg,
  { handle, onFailure }: NatsConsumer,
): Promise<void> {
  try {
    await handle(parseMessage(message.string()));
    message.ack();
  } catch (error) {
    onFailure(error);
    message.nak(AFTER_FAILURE_MS);
  }
}
