/**
 * Events that a site, an app, a server or Segment itself pushes, in the form of
 * Segment's HTTP tracking API: one message, or `{ "batch": [...] }`.
 *
 * The sender proves itself by one of three: a write key, a signature of ours, or
 * the signature of Segment's outbound webhooks. Each message is kept or refused by
 * itself, and the answer says which were refused and why. A dead letter holds what
 * its batch said of it, so that it can be read again alone.
 *
 * @see https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/, read on 2026-11-26
 * @module
 */
import {
  defineConnector,
  EngineError,
  mapRecord,
  type Receipt,
  type ReceiveScope,
  RecordFault,
  type RereadScope,
} from "@moe/plugin";
import * as z from "zod";
import { type Surroundings, toEvent } from "./envelope.ts";
import { isMembers } from "./message.ts";
import { type Proof, verifySender } from "./sender.ts";
import { trim } from "./trim.ts";

const MAX_BODY_BYTES = 500_000;
const MAX_MESSAGE_BYTES = 32_768;
const MAX_MESSAGES = 2500;

const Secret = z.string().min(16).optional();

const Config = z.strictObject({
  /** Name that senders sign in with; in browsers everybody can read it. */
  writeKey: Secret,
  previousWriteKey: Secret,
  /** Secret of HMAC-SHA256 signatures. */
  secret: Secret,
  /** The secret before, accepted while senders change over. */
  previousSecret: Secret,
  /** Secret of the signatures of Segment's outbound webhooks. */
  sharedSecret: Secret,
  previousSharedSecret: Secret,
  /** Refuse HMAC-SHA256 signatures without a signed timestamp. */
  requireTimestamp: z.boolean().default(false),
  /** Currency of values that name none. */
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
}).refine(
  ({ writeKey, secret, sharedSecret }) => writeKey ?? secret ?? sharedSecret,
  { error: "one of writeKey, secret and sharedSecret must be given" },
);

type Config = z.infer<typeof Config>;

export default defineConnector<Config>({
  name: "segment",
  apiVersion: 1,
  about: "Events pushed over HTTP, in Segment's form",
  config: Config,
  secrets: [
    ...["writeKey", "previousWriteKey", "secret", "previousSecret"],
    ...["sharedSecret", "previousSharedSecret"],
  ],
  hosts: [],
  emits: ["event"],
  restatesDays: 0,
  receive,
  reread,
});

function receive({ config, delivery }: ReceiveScope<Config>): Receipt {
  const { body, receivedAt } = delivery;
  if (body.length > MAX_BODY_BYTES) {
    throw tooLarge(`more than ${MAX_BODY_BYTES} bytes`);
  }
  const proof = verifySender(delivery, config);
  const around = { receivedAt, currency: config.currency };
  const receipts = parseBody(body, proof)
    .map((message, index) => readMessage(message, around, index));
  return {
    signals: receipts.flatMap(({ signals }) => signals),
    rejects: receipts.flatMap(({ rejects }, at) =>
      rejects.map((reject) => ({
        ...reject,
        detail: `batch.${at}: ${reject.detail}`,
      }))
    ),
  };
}

function reread(
  { config, original, receivedAt }: RereadScope<Config>,
): Receipt {
  const around = { receivedAt, currency: config.currency };
  return readMessage(parseJson(new TextEncoder().encode(original)), around);
}

function readMessage(
  message: unknown,
  around: Surroundings,
  index = 0,
): Receipt {
  const { kept, deep } = trim(message);
  return mapRecord(kept, (record) => {
    if (deep) throw new RecordFault("message_invalid", "it nests too deep");
    const bytes = new TextEncoder().encode(JSON.stringify(record)).length;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new RecordFault(
        "too_large",
        `more than ${MAX_MESSAGE_BYTES} bytes`,
      );
    }
    return [toEvent(record, around)];
  }, { index });
}

function parseBody(body: Uint8Array, proof: Proof): readonly unknown[] {
  const parsed = parseJson(body);
  const batched = isMembers(parsed) && "batch" in parsed;
  if (proof === "shared_secret" && (batched || Array.isArray(parsed))) {
    throw malformed(
      "Segment signs the first message of a batch alone: let it send messages one by one",
    );
  }
  if (!batched) return [parsed];
  const { batch, sentAt, context } = parsed;
  if (!Array.isArray(batch)) throw malformed("batch must be an array");
  if (batch.length > MAX_MESSAGES) {
    throw tooLarge(`more than ${MAX_MESSAGES} messages`);
  }
  return batch.map((message) => withShared(message, { sentAt, context }));
}

/** What a batch says once holds for each of its messages. */
function withShared(
  message: unknown,
  { sentAt, context }: Readonly<Record<"sentAt" | "context", unknown>>,
): unknown {
  if (!isMembers(message)) return message;
  const own = message.context ?? {};
  return {
    ...(typeof sentAt === "string" && { sentAt }),
    ...message,
    ...(isMembers(context) && isMembers(own) &&
      { context: { ...context, ...own } }),
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw malformed("it is not JSON in UTF-8");
  }
}

function tooLarge(reason: string): EngineError {
  return new EngineError(
    "body_too_large",
    `Cannot accept delivery: ${reason}; send it in parts`,
  );
}

function malformed(reason: string): EngineError {
  return new EngineError("body_invalid", `Cannot read delivery: ${reason}`);
}
