/**
 * System webhooks: at most 1,000 events, signed by HMAC-SHA256 over the body's
 * bytes followed by the header `klaviyo-timestamp` as it is written (an HTTP date),
 * with nothing between them.
 *
 * Klaviyo names no window for replays; five minutes either way are kept here.
 *
 * @see https://developers.klaviyo.com/en/docs/working_with_system_webhooks, read on 2026-11-26
 * @module
 */
import {
  type Delivery,
  EngineError,
  mapRecords,
  type Receipt,
  type ReceiveScope,
} from "@moe/plugin";
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Config } from "./connector.ts";
import { toEvent, toRecord } from "./event.ts";

const MAX_BODY_BYTES = 5_000_000;
const MAX_EVENTS = 1000;
const WINDOW_MS = 5 * 60_000;
const HEX = /^[0-9a-f]{64}$/i;

const Item = z.object({
  ["external_id"]: z.string().nullish(),
  topic: z.string(),
  payload: z.object({
    data: z.looseObject({}),
    included: z.array(z.unknown()).nullish(),
  }).nullish(),
});

const Body = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ ["klaviyo_webhook_id"]: z.string() }),
});

/**
 * Verifies and reads a delivery.
 *
 * @param scope Secrets, and what came.
 * @returns Its events, each taken or refused by itself.
 * @throws {EngineError} `signature_invalid`, `body_invalid`, `body_too_large`.
 */
export function readDelivery(
  { config, delivery }: ReceiveScope<Config>,
): Receipt {
  if (delivery.body.length > MAX_BODY_BYTES) {
    throw tooLarge(`more than ${MAX_BODY_BYTES} bytes`);
  }
  const { webhookSecret, previousWebhookSecret } = config;
  const secrets = [webhookSecret, previousWebhookSecret]
    .filter((secret) => secret !== undefined);
  verifySignature(delivery, secrets);
  const { data, meta } = parseBody(delivery.body);
  const named = delivery.headers["klaviyo-webhook-id"];
  if (named !== undefined && named.trim() !== meta.klaviyo_webhook_id) {
    throw invalid("klaviyo-webhook-id is not the body's");
  }
  if (data.length > MAX_EVENTS) {
    throw tooLarge(`more than ${MAX_EVENTS} events`);
  }
  return mapRecords(
    data.map(readItem),
    (record) => [toEvent(record, config.currency)],
  );
}

/**
 * Checks a signature.
 *
 * @param delivery What came.
 * @param secrets Secret in use, and the one before it.
 * @throws {EngineError} `signature_invalid`, never saying what it should be.
 */
export function verifySignature(
  { headers, body, receivedAt }: Delivery,
  secrets: readonly string[],
): void {
  const given = headers["klaviyo-signature"]?.trim() ?? "";
  const timestamp = headers["klaviyo-timestamp"] ?? "";
  if (!HEX.test(given)) {
    throw invalid("klaviyo-signature must be 64 hexadecimal digits");
  }
  const bytes = Buffer.from(given, "hex");
  const matches = secrets.map((secret) =>
    timingSafeEqual(signDelivery(secret, body, timestamp), bytes)
  );
  if (!matches.includes(true)) {
    throw invalid("klaviyo-signature does not match");
  }
  const apart = Math.abs(Date.parse(receivedAt) - Date.parse(timestamp));
  if (!(apart <= WINDOW_MS)) {
    throw invalid("klaviyo-timestamp is not within five minutes");
  }
}

/**
 * Signs a body, as Klaviyo does.
 *
 * @param secret The webhook's secret.
 * @param body Bytes to be sent.
 * @param timestamp The header, an HTTP date.
 * @returns 32 bytes.
 */
export function signDelivery(
  secret: string,
  body: Uint8Array,
  timestamp: string,
): Uint8Array {
  return createHmac("sha256", secret).update(body).update(timestamp).digest();
}

function parseBody(body: Uint8Array): z.infer<typeof Body> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return Body.parse(JSON.parse(text));
  } catch {
    throw new EngineError(
      "body_invalid",
      "Cannot read delivery: it must be JSON with data and meta.klaviyo_webhook_id",
    );
  }
}

/** What has no payload cannot be read, but is kept under its id. */
function readItem(item: unknown): unknown {
  const { data: known } = Item.safeParse(item);
  if (known === undefined) return item;
  const { topic, payload, external_id: id } = known;
  const event = { id, ...payload?.data };
  return toRecord(event, payload?.included ?? [], topic);
}

function tooLarge(reason: string): EngineError {
  return new EngineError(
    "body_too_large",
    `Cannot accept delivery: ${reason}; send it in parts`,
  );
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "signature_invalid",
    `Cannot accept delivery: ${reason}`,
  );
}
