/**
 * Changes of records that a simulated HubSpot writes in its journal, and the events
 * that a perfect reader makes of them.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide
 * @module
 */

/** An event that a perfect reader makes of a change. */
export interface WantedEvent {
  readonly type: string;
  /** What it is called where it is pushed. */
  readonly pushedAs: string;
  /** What else its id is made of. */
  readonly key: string;
  readonly objectId: string;
}

/** A change as a file tells it. */
export interface JournalEvent {
  readonly occurredAt: string;
  /** Left out of files. */
  readonly wanted: readonly WantedEvent[];
  readonly [member: string]: unknown;
}

const PORTAL = 62515;
const CONTACT = "0-1";
const BIG_ID = "9007199254740993";

/**
 * Makes a change of a record.
 *
 * @param told What happened to which record, and when.
 * @param wanted The events that it makes.
 * @returns The change, of the simulated account.
 */
export function journalEvent(
  told: Readonly<Record<string, unknown>> & { readonly occurredAt: string },
  wanted: readonly WantedEvent[],
): JournalEvent {
  const event = { type: "crmObject", portalId: PORTAL, ...told };
  return Object.defineProperty(event, "wanted", {
    value: wanted,
  }) as unknown as JournalEvent;
}

function contactUpdate(name: string, type = "Contact Updated"): WantedEvent {
  return {
    type,
    pushedAs: "propertyChange",
    key: `UPDATE/${CONTACT}//////${name}`,
    objectId: "301",
  };
}

/** Events of each entry that is there at first. */
export const FIRST_ENTRIES: readonly (readonly JournalEvent[])[] = [
  [
    journalEvent({
      occurredAt: "2026-11-20T07:58:01.250Z",
      action: "CREATE",
      objectTypeId: CONTACT,
      objectId: "301",
      propertyChanges: { email: "ann@example.com", lifecyclestage: "lead" },
    }, [{
      type: "Contact Created",
      pushedAs: "creation",
      key: `CREATE/${CONTACT}/////`,
      objectId: "301",
    }]),
    journalEvent({
      occurredAt: "2026-11-20T07:59:30.000Z",
      action: "UPDATE",
      objectTypeId: CONTACT,
      objectId: "301",
      propertyChanges: { firstname: "Ann", lifecyclestage: "customer" },
    }, [contactUpdate("firstname"), contactUpdate("lifecyclestage")]),
  ],
  [
    journalEvent({
      occurredAt: "2026-11-20T08:30:00.001Z",
      action: "UPDATE",
      objectTypeId: "0-3",
      objectId: BIG_ID,
      propertyChanges: { amount: "1250.50", description: null },
    }, [
      {
        type: "Deal Updated",
        pushedAs: "propertyChange",
        key: "UPDATE/0-3//////amount",
        objectId: BIG_ID,
      },
      {
        type: "Deal Updated",
        pushedAs: "propertyChange",
        key: "UPDATE/0-3//////description",
        objectId: BIG_ID,
      },
    ]),
    journalEvent({
      occurredAt: "2026-11-20T08:31:00.000Z",
      action: "UPDATE",
      objectTypeId: CONTACT,
      objectId: "301",
      propertyChanges: { ["hs_email_optout"]: "true" },
    }, [contactUpdate("hs_email_optout", "Unsubscribed")]),
  ],
  [
    journalEvent({
      type: "association",
      occurredAt: "2026-11-20T09:00:00.000Z",
      action: "ASSOCIATION_ADDED",
      fromObjectTypeId: CONTACT,
      fromObjectId: "301",
      toObjectTypeId: "0-2",
      toObjectId: "8001",
      associationTypeId: 1,
      associationCategory: "HUBSPOT_DEFINED",
      isPrimary: true,
    }, [{
      type: "Contact Association Changed",
      pushedAs: "associationChange",
      key: `ASSOCIATION_ADDED/${CONTACT}/0-2/8001/HUBSPOT_DEFINED/1/`,
      objectId: "301",
    }]),
    journalEvent({
      occurredAt: "2026-11-20T09:00:05.000Z",
      action: "DELETE",
      objectTypeId: "2-77",
      objectId: "555",
    }, [{
      type: "Object Deleted",
      pushedAs: "deletion",
      key: "DELETE/2-77/////",
      objectId: "555",
    }]),
  ],
];
