/**
 * What a NATS server has of the stream.
 *
 * @module
 */
import { jetstream } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { StreamMessage } from "../../core/ports/stream.ts";
import { parseMessage } from "../../core/store/message_json.ts";
import {
  connectNats,
  INDEX_HEADER,
  openStream,
  POSITION_HEADER,
  STREAM,
} from "../../core/store/nats.ts";

/** Shortest that the server takes. */
const SHORT_MS = 100;

/** One stored message. */
export interface Published {
  readonly subject: string;
  readonly id: string;
  readonly position: number;
  readonly index: number;
  readonly message: StreamMessage;
}

/** Reads all of it, in its order. */
export async function readPublished(natsUrl: string): Promise<Published[]> {
  const connection = await connectNats(natsUrl);
  try {
    const manager = await openStream(connection);
    const { state: { messages } } = await manager.streams.info(STREAM);
    const published: Published[] = [];
    if (messages === 0) return published;
    const consumer = await jetstream(connection).consumers.get(STREAM);
    for await (const message of await consumer.consume()) {
      const { subject, headers } = message;
      published.push({
        subject,
        id: headers?.get("Nats-Msg-Id") ?? "",
        position: Number(headers?.get(POSITION_HEADER)),
        index: Number(headers?.get(INDEX_HEADER)),
        message: parseMessage(message.string()),
      });
      if (message.info.pending === 0) break;
    }
    return published;
  } finally {
    await connection.close();
  }
}

/** Makes the stream forget ids almost at once, as if every restart came days later. */
export async function forgetIds(natsUrl: string): Promise<void> {
  const connection = await connectNats(natsUrl);
  try {
    const manager = await openStream(connection);
    const { config } = await manager.streams.info(STREAM);
    await manager.streams.update(STREAM, {
      ...config,
      duplicate_window: nanos(SHORT_MS),
    });
  } finally {
    await connection.close();
  }
}
