/**
 * What HubSpot pushes: that a record was created, changed, merged or deleted.
 *
 * Events come at most a hundred at a time, in any order, and for a day again and
 * again until they are taken; HubSpot's `eventId` is not unique by itself. Values are
 * kept of a few properties that say nothing of a person. `conversation.newMessage`
 * and the generic `object.*` forms of the same events are read alike.
 *
 * @see https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide, read on 2026-08-22
 * @see https://developers.hubspot.com/docs/apps/legacy-apps/public-apps/create-generic-webhook-subscriptions, read on 2026-11-26
 * @module
 */
import {
  digest,
  EngineError,
  type EventSignal,
  mapRecords,
  parseExactJson,
  parseInstant,
  type Receipt,
  type ReceiveScope,
  RecordFault,
  type Scalar,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { verifySignature } from "./signature.ts";

const MAX_EVENTS = 100;
const Id = z.union([z.string().min(1), z.int()]).transform(String);

const Event = z.object({
  eventId: Id,
  subscriptionId: Id,
  portalId: Id,
  occurredAt: z.int(),
  subscriptionType: z.string().regex(/^[a-z_]+\.[a-zA-Z]+$/),
  objectId: Id.optional(),
  objectTypeId: z.string().optional(),
  changeSource: z.string().optional(),
  propertyName: z.string().optional(),
  propertyValue: z.string().nullish(),
  primaryObjectId: Id.optional(),
  newObjectId: Id.optional(),
  mergedObjectIds: z.array(Id).optional(),
  associationType: z.string().optional(),
  associationRemoved: z.boolean().optional(),
});

type Event = z.infer<typeof Event>;

const OBJECTS: Readonly<Record<string, string>> = {
  "0-1": "contact",
  "0-2": "company",
  "0-3": "deal",
  "0-5": "ticket",
  "0-7": "product",
  "0-8": "line_item",
};
const ACTIONS: Readonly<Record<string, string>> = {
  creation: "Created",
  deletion: "Deleted",
  privacyDeletion: "Privacy Deleted",
  propertyChange: "Updated",
  merge: "Merged",
  restore: "Restored",
  associationChange: "Association Changed",
  newMessage: "Message Added",
};
const OPT_OUT = "hs_email_optout";
/** Properties whose values are kept. */
const IMPERSONAL: ReadonlySet<string> = new Set([
  "amount",
  "closedate",
  "deal_currency_code",
  "dealstage",
  "dealtype",
  "hs_analytics_source",
  "hs_is_closed",
  "hs_is_closed_won",
  "hs_lead_status",
  "hs_pipeline",
  "hs_pipeline_stage",
  "lifecyclestage",
  "pipeline",
  OPT_OUT,
]);

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
    (event) => [toSignal(Event.parse(event), portalId)],
  );
}

function toSignal(event: Event, account: string): EventSignal {
  const { portalId, subscriptionType, propertyName, propertyValue } = event;
  if (portalId !== account) {
    throw new RecordFault("account_unknown", "it is of another account");
  }
  const [named = "", action = ""] = subscriptionType.split(".");
  const object = named === "object"
    ? OBJECTS[event.objectTypeId ?? ""] ?? "object"
    : named;
  const done = ACTIONS[action];
  if (done === undefined) {
    throw new RecordFault("type_unsupported", "its type is not known");
  }
  const ids = [event.eventId, event.subscriptionId, event.objectId ?? null];
  const optsOut = propertyName === OPT_OUT && object === "contact";
  const subject = event.newObjectId ?? event.primaryObjectId ?? event.objectId;
  return {
    grain: "event",
    eventId: digest([account, subscriptionType, ...ids, event.occurredAt]),
    type: optsOut && propertyValue === "true"
      ? "Unsubscribed"
      : `${inTitleCase(object)} ${done}`,
    occurredAt: parseInstant(event.occurredAt),
    entities: {
      account,
      ...(object === "contact" && subject !== undefined && {
        subject: `hubspot-contact:${subject}`,
      }),
    },
    valueMicros: null,
    currency: null,
    properties: propertiesOf(event, object),
    ...(optsOut && { consent: { email: propertyValue !== "true" } }),
  };
}

function propertiesOf(
  event: Event,
  object: string,
): EventSignal["properties"] {
  const type = object === "object" ? event.objectTypeId ?? object : object;
  return present({
    object_type: type,
    object_id: event.objectId ?? event.newObjectId,
    change_source: event.changeSource,
    property_name: event.propertyName,
    property_value: event.propertyValue ?? undefined,
    merged_object_ids: event.mergedObjectIds?.join(","),
    association_type: event.associationType,
    association_removed: event.associationRemoved,
  });
}

function present(
  members: Readonly<Record<string, Scalar | undefined>>,
): EventSignal["properties"] {
  const kept: Record<string, Scalar> = {};
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function withoutPersonalValue(event: unknown): unknown {
  if (typeof event !== "object" || event === null) return event;
  const { propertyValue, ...rest } = event as Record<string, unknown>;
  const kept = typeof rest.propertyName === "string" &&
    IMPERSONAL.has(rest.propertyName) && propertyValue !== undefined;
  return kept ? { ...rest, propertyValue } : rest;
}

function inTitleCase(name: string): string {
  return name.split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
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
