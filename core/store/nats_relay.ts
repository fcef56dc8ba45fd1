/**
 * From the outbox to NATS, each message once and in order.
 *
 * Every message says after which one it must be stored, so that neither a loss in
 * between nor a relay that lost its lease can leave a gap, a second copy or another
 * order. After a failure the last message of the stream says where to go on, however
 * long ago it was; ids catch what remains.
 *
 * @module
 */
import {
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  type PubAck,
} from "@nats-io/jetstream";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { EngineError } from "../domain/error.ts";
import type { StreamBatch, StreamMessage } from "../ports/stream.ts";
import { printMessage } from "./message_json.ts";
import {
  connectNats,
  INDEX_HEADER,
  openStream,
  POSITION_HEADER,
  STREAM,
  subjectOf,
} from "./nats.ts";

const IN_FLIGHT = 256;
const ACK_MS = 5000;

/** Publishes batches of the outbox. */
export interface NatsRelay {
  /**
   * Connects, which `publish` does otherwise.
   *
   * @throws {EngineError} `store_unavailable` if NATS does not answer.
   */
  open(): Promise<void>;
  /**
   * Publishes what the stream does not have of a batch.
   *
   * @returns When everything is acknowledged.
   * @throws {EngineError} `store_unavailable` if NATS fails: to be tried again;
   * `configuration_invalid` if the stream was written from another outbox.
   */
  publish(batch: StreamBatch): Promise<void>;
  close(): Promise<void>;
}

/** A message that is to be published, and its place. */
interface Outgoing {
  readonly message: StreamMessage;
  readonly position: number;
  readonly index: number;
}

/** Where the last message of the stream came from. */
interface Place {
  readonly id: string;
  readonly position: number;
  readonly index: number;
}

interface Session {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  /** Sequence of the last message in the stream. */
  sequence: number;
  /** Where it came from; null if that is not known. */
  last: Place | null;
}

/** Makes a relay. */
export function createNatsRelay(natsUrl: string): NatsRelay {
  let session: Session | null = null;
  const close = async () => {
    await session?.connection.close();
    session = null;
  };
  let before: Promise<void> = Promise.resolve();
  const using = async (work: (session: Session) => Promise<void>) => {
    try {
      session ??= await openSession(natsUrl);
      await work(session);
    } catch (error) {
      await close();
      throw error instanceof EngineError ? error : natsUnavailable(error);
    }
  };
  /** One after the other: what was given up on may still be under way. */
  const next = (work: (session: Session) => Promise<void>) => {
    const working = before.then(() => using(work));
    before = working.catch(() => {});
    return working;
  };
  return {
    open: () => next(() => Promise.resolve()),
    publish: (batch) => next((session) => publishRest(session, batch)),
    close: async () => {
      await close();
      await before;
      await close();
    },
  };
}

async function openSession(natsUrl: string): Promise<Session> {
  const connection = await connectNats(natsUrl);
  try {
    const manager = await openStream(connection);
    const { state } = await manager.streams.info(STREAM);
    return {
      connection,
      client: jetstream(connection),
      sequence: state.last_seq,
      last: state.messages === 0
        ? null
        : await readPlace(manager, state.last_seq),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function readPlace(
  manager: JetStreamManager,
  seq: number,
): Promise<Place | null> {
  const stored = await manager.streams.getMessage(STREAM, { seq });
  if (!stored?.header.has(POSITION_HEADER)) return null;
  return {
    id: stored.header.get("Nats-Msg-Id"),
    position: Number(stored.header.get(POSITION_HEADER)),
    index: Number(stored.header.get(INDEX_HEADER)),
  };
}

async function publishRest(
  session: Session,
  { position, messages }: StreamBatch,
): Promise<void> {
  const outgoing = messages.map((message, index) => ({
    message,
    position,
    index,
  }));
  let from = firstMissing(session.last, outgoing);
  while (from < outgoing.length) {
    from += await publishSome(session, outgoing.slice(from, from + IN_FLIGHT));
  }
  const last = outgoing.at(-1);
  if (last) session.last = { ...last, id: last.message.id };
}

/** How many messages of the batch the stream has. */
function firstMissing(
  last: Place | null,
  outgoing: readonly Outgoing[],
): number {
  const position = outgoing[0]?.position ?? 0;
  if (last === null || last.position < position) return 0;
  const same = last.position === position &&
    outgoing[last.index]?.message.id === last.id;
  if (same) return last.index + 1;
  throw new EngineError(
    "configuration_invalid",
    `Cannot relay to NATS stream "${STREAM}": it is ahead of the outbox, so it was written from another database or a later state of this one; remove the stream, or choose another server`,
    { facts: { outbox_position: position, stream_position: last.position } },
  );
}

/**
 * Publishes messages together.
 *
 * @returns How many of the first ones are in the stream.
 * @throws What went wrong with the first of them, if none is.
 */
async function publishSome(
  session: Session,
  outgoing: readonly Outgoing[],
): Promise<number> {
  const { sequence } = session;
  const answers = await Promise.allSettled(
    outgoing.map((one, ahead) => publishOne(session, one, sequence + ahead)),
  );
  let stored = 0;
  for (const [ahead, answer] of answers.entries()) {
    if (answer.status === "rejected") {
      if (ahead === 0) throw answer.reason;
      break;
    }
    if (!answer.value.duplicate) session.sequence = answer.value.seq;
    stored++;
  }
  return stored;
}

function publishOne(
  { client }: Session,
  { message, position, index }: Outgoing,
  lastSequence: number,
): Promise<PubAck> {
  const named = headers();
  named.set(POSITION_HEADER, String(position));
  named.set(INDEX_HEADER, String(index));
  return client.publish(subjectOf(message), printMessage(message), {
    msgID: message.id,
    headers: named,
    expect: { streamName: STREAM, lastSequence },
    timeout: ACK_MS,
    retries: 0,
  });
}

function natsUnavailable(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(
    "store_unavailable",
    `Cannot use the server of NATS_URL: ${reason}`,
    { cause },
  );
}
