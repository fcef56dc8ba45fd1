/**
 * The webhooks journal of a simulated HubSpot: entries of one account, kept for three
 * days, whose files lie on a storage host under addresses that are signed for a while.
 *
 * Documented and kept: the answer of each call, 204 where there is no entry, 404 for an
 * offset that is not known any more, files that are fetched without a token, and what
 * they hold. Made up, for it is not documented: where the files lie, and how long an
 * address is good; the storage answers as S3 does.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide
 * @see https://developers.hubspot.com/docs/api-reference/2027-03-beta/webhooks-journal/journal-entries/local/get-journal-local-earliest, read on 2026-11-26
 * @module
 */
import { digest, sha256 } from "../../core/domain/canonical.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ExpectedEvent } from "../../plugins/conformance/vendor.ts";
import { type Gate, jsonAnswer } from "./gate.ts";
import { FIRST_ENTRIES, type JournalEvent } from "./hubspot_journal_events.ts";
import { problem } from "./hubspot_pages.ts";

/** The journal of an account. */
export interface HubspotJournal {
  /** Answers a call of the API that was let in. */
  answer(path: string, query: URLSearchParams): Response;
  /** Answers for the storage host. */
  file(request: Request): Response;
  /** Writes an entry now. */
  write(events: readonly JournalEvent[]): void;
  /** What a perfect reader holds of the entries that it could read. */
  expectedEvents(): readonly ExpectedEvent[];
}

/** What the journal is written on. */
export interface HubspotJournalDesk {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly portalId: string;
  shuffle<T>(items: readonly T[]): T[];
}

/** Where every call of the journal begins. */
export const JOURNAL_PATH = "/webhooks-journal/journal-local/2026-03/";
/** Where the files lie. */
export const STORAGE_HOST = "hubspot-journal-na1.s3.amazonaws.com";
/** Where the path of every file begins. */
export const STORAGE_PATH = "/journal-files/";

const KEPT_MS = 3 * 86_400_000;
const ADDRESS_MS = 900_000;
const HOUR_MS = 3_600_000;

interface Entry {
  readonly offset: string;
  readonly publishedAt: number;
  readonly events: readonly JournalEvent[];
}

/** Makes the journal; its first entries are of the last hours. */
export function createHubspotJournal(
  desk: HubspotJournalDesk,
): HubspotJournal {
  const present = () => Date.parse(desk.clock.now());
  const entries: Entry[] = [];
  const write = (events: readonly JournalEvent[], publishedAt = present()) =>
    void entries.push({
      offset: offsetOf(entries.length),
      publishedAt,
      events,
    });
  for (const [at, events] of FIRST_ENTRIES.entries()) {
    write(events, present() - (FIRST_ENTRIES.length - at) * HOUR_MS);
  }
  const kept = () =>
    entries.filter((entry) => entry.publishedAt > present() - KEPT_MS);
  return {
    write,
    answer(path, query) {
      if (query.get("installPortalId") !== desk.portalId) {
        return problem(400, "VALIDATION_ERROR", "installPortalId is not valid");
      }
      const found = find(path.slice(JOURNAL_PATH.length), kept());
      if (found === "unknown") {
        return problem(404, "OBJECT_NOT_FOUND", "offset not found or expired");
      }
      return found === null
        ? new Response(null, { status: 204 })
        : jsonAnswer(point(found, present()));
    },
    file: (request) => serve(request, { desk, entries: kept() }),
    expectedEvents: () =>
      entries.flatMap(({ events }) => events)
        .flatMap((event) => expected(event, desk.portalId)),
  };
}

function find(
  asked: string,
  entries: readonly Entry[],
): Entry | "unknown" | null {
  if (asked === "earliest") return entries[0] ?? null;
  if (asked === "latest") return entries.at(-1) ?? null;
  const [, offset] = /^offset\/([^/]+)\/next$/.exec(asked) ?? [];
  const at = entries.findIndex((entry) => entry.offset === offset);
  return at < 0 ? "unknown" : entries[at + 1] ?? null;
}

function point({ offset }: Entry, now: number): Record<string, string> {
  const expiresAt = new Date(now + ADDRESS_MS).toISOString();
  const url = new URL(`https://${STORAGE_HOST}${STORAGE_PATH}${offset}.json`);
  url.searchParams.set("X-Amz-Expires", expiresAt);
  url.searchParams.set("X-Amz-Signature", signatureOf(offset, expiresAt));
  return { url: url.href, expiresAt, currentOffset: offset };
}

function serve(
  request: Request,
  { desk, entries }: {
    readonly desk: HubspotJournalDesk;
    readonly entries: readonly Entry[];
  },
): Response {
  const { pathname, searchParams } = new URL(request.url);
  const offset = pathname.slice(STORAGE_PATH.length, -".json".length);
  const expiresAt = searchParams.get("X-Amz-Expires") ?? "";
  const entry = entries.find((one) => one.offset === offset);
  if (request.headers.has("authorization")) return storageError(400);
  const isSigned =
    searchParams.get("X-Amz-Signature") === signatureOf(offset, expiresAt) &&
    Date.parse(desk.clock.now()) < Date.parse(expiresAt);
  if (!isSigned || entry === undefined) return storageError(403);
  const events = desk.gate.plays("duplicated_page")
    ? [...entry.events, ...entry.events]
    : entry.events;
  const journalEvents = desk.gate.plays("reordered")
    ? desk.shuffle(events)
    : events;
  const publishedAt = new Date(entry.publishedAt).toISOString();
  const text = JSON.stringify({ offset, journalEvents, publishedAt });
  // Ids are numbers, and some are above 2^53.
  return jsonAnswer(text.replaceAll(/("\w*[oO]bjectId":)"(\d+)"/g, "$1$2"));
}

function storageError(status: number): Response {
  const code = status === 400 ? "InvalidArgument" : "AccessDenied";
  return new Response(`<Error><Code>${code}</Code></Error>`, {
    status,
    headers: { "content-type": "application/xml" },
  });
}

function expected(
  { occurredAt, wanted }: JournalEvent,
  portalId: string,
): ExpectedEvent[] {
  return wanted.map(({ type, pushedAs, key, objectId }) => ({
    type,
    occurredAt,
    eventId: digest([
      portalId,
      `object.${pushedAs}`,
      key,
      "journal",
      objectId,
      Date.parse(occurredAt),
    ]),
  }));
}

function offsetOf(at: number): string {
  return `0197f5c0-4d9b-7932-83ec-${String(at).padStart(12, "0")}`;
}

function signatureOf(offset: string, expiresAt: string): string {
  return sha256(`made-up-key/${offset}/${expiresAt}`);
}
