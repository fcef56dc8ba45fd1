/**
 * What the entries of the webhooks journal hold.
 *
 * An entry tells changes by action and by type of record, and an update with all
 * properties that it changed; each becomes the events that pushes of the same changes
 * would. It has no ids of events or subscriptions, so an event's id is made of the
 * record, what was done to it, and when.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide, read on 2026-11-26
 * @module
 */
import {
  mapRecords,
  parseInstant,
  type Receipt,
  RecordFault,
  type Signal,
} from "@moe/plugin";
import * as z from "zod";
import {
  type ChangeEvent,
  Id,
  IMPERSONAL,
  OBJECTS,
  OPT_OUT,
  toSignal,
} from "./change_event.ts";
import type { Config } from "./config.ts";

/** Tells dead letters of the journal from those of pushes and deals. */
export const JOURNAL_CONTEXT = "journal";

const JournalEvent = z.object({
  portalId: Id,
  occurredAt: z.string(),
  action: z.string(),
  objectTypeId: z.string().optional(),
  objectId: Id.optional(),
  propertyChanges: z.record(z.string(), z.string().nullable()).default({}),
  mergedObjectIds: z.array(Id).optional(),
  fromObjectTypeId: z.string().optional(),
  fromObjectId: Id.optional(),
  toObjectTypeId: z.string().optional(),
  toObjectId: Id.optional(),
  associationTypeId: Id.optional(),
  associationCategory: z.string().optional(),
});

type JournalEvent = z.infer<typeof JournalEvent>;

/** The end of the same event's `subscriptionType`, were it pushed. */
const PUSHED_AS: Readonly<Record<string, string>> = {
  CREATE: "creation",
  UPDATE: "propertyChange",
  DELETE: "deletion",
  GDPR_DELETE: "privacyDeletion",
  MERGE: "merge",
  RESTORE: "restore",
  ASSOCIATION_ADDED: "associationChange",
  ASSOCIATION_REMOVED: "associationChange",
};

/** Takes the place of entries that are not kept any more. */
const Gap = z.object({ expiredOffset: z.string() });

/**
 * Makes the record of a gap, which becomes a dead letter.
 *
 * @param offset Offset of the last entry that was read before it.
 * @returns A record for {@link readJournalEvents}.
 */
export function gapAfter(offset: string): z.infer<typeof Gap> {
  return { expiredOffset: offset };
}

/**
 * Reads events.
 *
 * @param events As the journal's files hold them, and gaps.
 * @param config Whose account.
 * @returns Events, and rejects without the values of personal properties.
 */
export function readJournalEvents(
  events: readonly unknown[],
  { portalId }: Config,
): Receipt {
  return mapRecords(
    events.map(withoutPersonalValues),
    (event) => toSignals(event, portalId),
    JOURNAL_CONTEXT,
  );
}

function toSignals(record: unknown, account: string): Signal[] {
  if (Gap.safeParse(record).success) {
    throw new RecordFault(
      "journal_gap",
      "entries after this offset were not read within the three days for which they are kept",
    );
  }
  const event = JournalEvent.parse(record);
  const action = PUSHED_AS[event.action];
  if (action === undefined) {
    throw new RecordFault("type_unsupported", "its action is not known");
  }
  const change = toChange(event, action);
  const named = namedChanges(event).map(([propertyName, propertyValue]) => ({
    ...change,
    subscriptionType: "object.propertyChange",
    eventId: `${change.eventId}/${propertyName}`,
    propertyName,
    propertyValue,
  }));
  const isUpdate = event.action === "UPDATE" && named.length > 0;
  return [...(isUpdate ? [] : [change]), ...named]
    .map((one) => toSignal(one, account));
}

/** Of an update all properties are told; of anything else who wants no mail. */
function namedChanges(
  { action, propertyChanges }: JournalEvent,
): [string, string | null][] {
  return Object.entries(propertyChanges)
    .filter(([name]) => action === "UPDATE" || name === OPT_OUT);
}

function toChange(event: JournalEvent, action: string): ChangeEvent {
  const { objectTypeId = event.fromObjectTypeId } = event;
  const { objectId = event.fromObjectId, mergedObjectIds } = event;
  const isAssociation = action === "associationChange";
  return {
    eventId: [
      event.action,
      objectTypeId,
      event.toObjectTypeId,
      event.toObjectId,
      event.associationCategory,
      event.associationTypeId,
      mergedObjectIds?.join(","),
    ].join("/"),
    subscriptionId: JOURNAL_CONTEXT,
    portalId: event.portalId,
    occurredAt: Date.parse(parseInstant(event.occurredAt)),
    subscriptionType: `object.${action}`,
    objectId,
    objectTypeId,
    mergedObjectIds,
    ...(isAssociation && {
      associationType: [objectTypeId, event.toObjectTypeId].map(nameOf)
        .join("_TO_"),
      associationRemoved: event.action === "ASSOCIATION_REMOVED",
    }),
  };
}

function nameOf(objectTypeId = ""): string {
  return OBJECTS[objectTypeId]?.toUpperCase() ?? objectTypeId;
}

/** Values are text; what else stands among them is not a property's. */
function withoutPersonalValues(event: unknown): unknown {
  if (typeof event !== "object" || event === null) return event;
  const { propertyChanges, ...rest } = event as Record<string, unknown>;
  if (propertyChanges === undefined) return rest;
  const kept = Object.entries(propertyChanges ?? {})
    .filter(([, value]) => typeof value !== "object" || value === null)
    .map(([name, value]) => [
      name,
      IMPERSONAL.has(name) && value !== null ? String(value) : null,
    ]);
  return { ...rest, propertyChanges: Object.fromEntries(kept) };
}
