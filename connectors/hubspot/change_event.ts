/**
 * What one change of a record becomes, however it was told: pushed, or written in the
 * journal.
 *
 * Values are kept of a few properties that say nothing of a person.
 *
 * @module
 */
import {
  digest,
  type EventSignal,
  parseInstant,
  RecordFault,
  type Scalar,
} from "@moe/plugin";
import * as z from "zod";

/** Ids are text, however they came. */
export const Id = z.union([z.string().min(1), z.int()]).transform(String);

/** A change, in the form in which it is pushed. */
export const ChangeEvent = z.object({
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

/** A change, in the form in which it is pushed. */
export type ChangeEvent = z.infer<typeof ChangeEvent>;

/** Names of the types of records that are known, by id. */
export const OBJECTS: Readonly<Record<string, string>> = {
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
/** The property that says that a contact wants no mail. */
export const OPT_OUT = "hs_email_optout";
/** Properties whose values are kept. */
export const IMPERSONAL: ReadonlySet<string> = new Set([
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

/**
 * Reads a change.
 *
 * @param event The change.
 * @param account Whose changes are wanted.
 * @returns Its event.
 * @throws {RecordFault} If it is of another account, or of a type that is not known.
 */
export function toSignal(event: ChangeEvent, account: string): EventSignal {
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
  event: ChangeEvent,
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

function inTitleCase(name: string): string {
  return name.split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}
