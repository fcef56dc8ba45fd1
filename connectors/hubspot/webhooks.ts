/**
 * What HubSpot pushes: that a record was created, changed, merged or deleted.
 *
 * Events come at most a hundred at a time, in any order, and for a day again and
 * again until they are taken; HubSpot's `eventId` is not unique by itself.
 * `conversation.newMessage` and the generic `object.*` forms of the same events are
 * read alike.
 *
 * @see https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide, read on 2026-08-22
 * @see https://developers.hubspot.com/docs/apps/legacy-apps/public-apps/create-generic-webhook-subscriptions, read on 2026-11-26
 * @module
 */
import {
  EngineError,
  mapRecords,
  parseExactJson,
  type Receipt,
  type ReceiveScope,
} from "@moe/plugin";
import { ChangeEvent, IMPERSONAL, toSignal } from "./change_event.ts";
import type { Config } from "./config.ts";
import { verifySignature } from "./signature.ts";

const MAX_EVENTS = 100;

/** Verifies and reads a push. */
export function receiveEvents(
  { config, delivery }: ReceiveScope<Config>,
): Receipt {
  verifySignature(delivery, config);
  const events = parseBody(delivery.body);
  if (!Array.isArray(events)) throw malformed("it is not a list of events");
  if (events.length > MAX_EVENTS) {
    throw new EngineError(
      "body_too_large",
      `Cannot accept delivery: more than ${MAX_EVENTS} events`,
    );
  }
  return readEvents(events, config);
}

/**
 * Reads events.
 *
 * @param events As they were pushed.
 * @param config Whose account.
 * @returns Events, and rejects without the values of personal properties.
 */
export function readEvents(
  events: readonly unknown[],
  { portalId }: Config,
): Receipt {
  return mapRecords(
    events.map(withoutPersonalValue),
    (event) => [toSignal(ChangeEvent.parse(event), portalId)],
  );
}

function withoutPersonalValue(event: unknown): unknown {
  if (typeof event !== "object" || event === null) return event;
  const { propertyValue, ...rest } = event as Record<string, unknown>;
  const kept = typeof rest.propertyName === "string" &&
    IMPERSONAL.has(rest.propertyName) && propertyValue !== undefined;
  return kept ? { ...rest, propertyValue } : rest;
}

function parseBody(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return parseExactJson(text);
  } catch {
    throw malformed("it is not JSON in UTF-8");
  }
}

function malformed(reason: string): EngineError {
  return new EngineError("body_invalid", `Cannot read delivery: ${reason}`);
}
