/**
 * Events that a site, an app or a server pushes, in Segment's form: one message,
 * or `{ "batch": [...] }`, signed.
 *
 * Each message is kept or refused by itself, and the answer says which were
 * refused and why. Messages with an e-mail address, a phone number or an IP
 * address are refused: ids are pseudonymous.
 *
 * @see https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/, read on 2026-08-22
 * @module
 */
import {
  defineConnector,
  EngineError,
  type EventSignal,
  type Receipt,
  type ReceiveScope,
  type Reject,
} from "@moe/plugin";
import * as z from "zod";
import { Refusal, type Surroundings, toEvent } from "./envelope.ts";
import { findPersonalData } from "./personal_data.ts";
import { verifySignature } from "./signature.ts";

const MAX_BODY_BYTES = 500_000;
const MAX_MESSAGE_BYTES = 32_768;
const MAX_MESSAGES = 2500;

const Config = z.strictObject({
  /** Shared secret of the signatures. */
  secret: z.string().min(16),
  /** The secret before, accepted while senders change over. */
  previousSecret: z.string().min(16).optional(),
  /** Refuse deliveries without a signed timestamp. */
  requireTimestamp: z.boolean().default(false),
  /** Currency of values that name none. */
  currency: z.string().regex(/^[A-Z]{3}$/).optional(),
});

type Config = z.infer<typeof Config>;

export default defineConnector<Config>({
  name: "http_events",
  apiVersion: 1,
  about: "Signed events pushed over HTTP, in Segment's form",
  config: Config,
  secrets: ["secret", "previousSecret"],
  hosts: [],
  emits: ["event"],
  restatesDays: 0,
  receive,
});

function receive({ config, delivery }: ReceiveScope<Config>): Receipt {
  const { body, receivedAt } = delivery;
  if (body.length > MAX_BODY_BYTES) {
    throw tooLarge(`more than ${MAX_BODY_BYTES} bytes`);
  }
  verifySignature(delivery, config);
  const { messages, sentAt } = parseBody(body);
  const around = { receivedAt, sentAt, currency: config.currency };
  const signals: EventSignal[] = [];
  const rejects: Reject[] = [];
  for (const [at, message] of messages.entries()) {
    const read = readMessage(message, around, at);
    if ("grain" in read) signals.push(read);
    else rejects.push(read);
  }
  return { signals, rejects };
}

function parseBody(
  body: Uint8Array,
): { messages: readonly unknown[]; sentAt: string | undefined } {
  const parsed = parseJson(body);
  const isBatch = typeof parsed === "object" && parsed !== null &&
    "batch" in parsed;
  if (!isBatch) return { messages: [parsed], sentAt: undefined };
  const { batch, sentAt } = parsed as { batch: unknown; sentAt?: unknown };
  if (!Array.isArray(batch)) throw malformed("batch must be an array");
  if (batch.length > MAX_MESSAGES) {
    throw tooLarge(`more than ${MAX_MESSAGES} messages`);
  }
  return {
    messages: batch,
    sentAt: typeof sentAt === "string" ? sentAt : undefined,
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw malformed("it is not JSON in UTF-8");
  }
}

function readMessage(
  message: unknown,
  around: Surroundings,
  at: number,
): EventSignal | Reject {
  const { paths, deep, redacted } = findPersonalData(message);
  const original = JSON.stringify(redacted);
  try {
    if (paths.length > 0) {
      throw new Refusal(
        "personal_data_refused",
        `${paths.slice(0, 5).join(", ")}: send pseudonymous ids only`,
      );
    }
    if (deep) throw new Refusal("message_invalid", "it nests too deep");
    if (new TextEncoder().encode(original).length > MAX_MESSAGE_BYTES) {
      throw new Refusal("too_large", `more than ${MAX_MESSAGE_BYTES} bytes`);
    }
    return toEvent(message, around);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const detail = `batch.${at}: ${error.message}`;
    return { reason: error.reason, detail, original };
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
