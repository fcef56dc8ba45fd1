/**
 * Signals on NATS JetStream, for any number of nodes that do not know the database.
 *
 * The stream `MOE_SIGNALS` is made if it is missing and never changed: an operator may
 * make it first, with replicas or other limits. Ours keeps seven days in files, drops
 * the oldest beyond that, and drops an id that comes twice within an hour. Nobody
 * else may write to its subjects.
 *
 * A message goes to `moe.signals.<tenant>.<source>.<kind>`, each token
 * percent-encoded, as JSON, with its place in the outbox in two headers.
 *
 * @see https://docs.nats.io/nats-concepts/jetstream/streams, read on 2026-11-26
 * @module
 */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { connect, nanos, type NatsConnection } from "@nats-io/transport-node";
import type { StreamMessage } from "../ports/stream.ts";

/** Name of the stream. */
export const STREAM = "MOE_SIGNALS";
/** Header: position of the batch in the outbox. */
export const POSITION_HEADER = "Moe-Position";
/** Header: place of the message in the batch, from 0. */
export const INDEX_HEADER = "Moe-Index";

const PREFIX = "moe.signals";
const KEEP_MS = 7 * 86_400_000;
const DUPLICATES_MS = 3_600_000;
const CONNECT_MS = 5000;

/** Where a message goes. */
export function subjectOf({ tenant, source, kind }: StreamMessage): string {
  return [PREFIX, ...[tenant, source, kind].map(printToken)].join(".");
}

function printToken(text: string): string {
  return encodeURIComponent(text).replaceAll(".", "%2E").replaceAll("*", "%2A");
}

/**
 * Connects; a connection that is lost is not mended but ends.
 *
 * @param natsUrl Server, with `user:password@` or `token@` before it where needed.
 */
export async function connectNats(natsUrl: string): Promise<NatsConnection> {
  const { protocol, username, password, host } = new URL(natsUrl);
  const [user, secret] = [username, password].map(decodeURIComponent);
  return await connect({
    servers: host,
    name: "marketing-optimization-engine",
    reconnect: false,
    timeout: CONNECT_MS,
    ...(protocol === "tls:" && { tls: {} }),
    ...(user && secret ? { user, pass: secret } : user && { token: user }),
  });
}

/** Makes the stream if there is none. */
export async function openStream(
  connection: NatsConnection,
): Promise<JetStreamManager> {
  const manager = await jetstreamManager(connection);
  try {
    await manager.streams.info(STREAM);
  } catch (error) {
    const missing = error instanceof JetStreamApiError &&
      error.code === JetStreamApiCodes.StreamNotFound;
    if (!missing) throw error;
    await manager.streams.add({
      name: STREAM,
      subjects: [`${PREFIX}.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(KEEP_MS),
      duplicate_window: nanos(DUPLICATES_MS),
    });
  }
  return manager;
}
