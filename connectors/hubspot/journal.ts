/**
 * The webhooks journal of an app: entries in the order of time, kept for three days.
 *
 * An entry is the address of a file, signed for a while: its query is a secret, and it
 * is fetched without a token from a host that only the operator can name, for HubSpot
 * documents none. The journal itself takes a token of the app as a whole, in place of
 * the account's.
 *
 * An answer without a body says that there is no entry yet. A 404 says that the offset
 * has expired; where it might be the last one instead, the latest entry tells.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide, read on 2026-11-26
 * @see https://developers.hubspot.com/docs/api-reference/2027-03-beta/webhooks-journal/journal-entries/local/get-journal-local-next, read on 2026-11-26
 * @module
 */
import {
  EngineError,
  type Lent,
  parseExactJson,
  type PullScope,
  type Receipt,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { API } from "./deals.ts";
import { gapAfter, readJournalEvents } from "./journal_events.ts";

const JOURNAL = `${API}/webhooks-journal/journal-local/2026-03`;
const SCOPE = "developer.webhooks_journal.read";

const Token = z.object({ access_token: z.string() });
const Entry = z.object({ url: z.url(), currentOffset: z.string().min(1) });
const JournalFile = z.object({ journalEvents: z.array(z.unknown()) });

type Entry = z.infer<typeof Entry>;

/** Asks for an entry by its path: its text, empty if there is none. */
type Ask = (path: string) => Promise<string>;

/** What one entry held. */
export interface JournalPage extends Receipt {
  /** From where to go on; absent where the next read begins with the earliest entry. */
  readonly offset: string | undefined;
}

/**
 * Reads the journal to its end.
 *
 * @param scope What is lent.
 * @param from Offset of the last entry that was read; the earliest comes first if absent.
 * @returns A page an entry; none if the journal is not configured.
 * @throws {EngineError} `configuration_invalid` if a file is at a host that is not named.
 */
export async function* readJournal(
  scope: PullScope<Config>,
  from: string | undefined,
): AsyncGenerator<JournalPage> {
  const { config, report } = scope;
  if (config.journal === undefined) return;
  const ask = signIn(scope);
  const next = from === undefined ? "expired" : await askNext(ask, from);
  const isLost = from !== undefined && next === "expired";
  let gap = isLost ? [gapAfter(from)] : [];
  let entry = next === "expired" ? parseEntry(await ask("earliest")) : next;
  if (entry === null && isLost) {
    yield { ...readJournalEvents(gap, config), offset: undefined };
  }
  for (let count = 1; entry !== null; count++) {
    const events = await fetchFile(scope, entry);
    const { currentOffset: offset } = entry;
    report(`${count} journal entries`, null);
    yield { ...readJournalEvents([...gap, ...events], config), offset };
    gap = [];
    entry = demandKnown(await askNext(ask, offset));
  }
}

async function askNext(
  ask: Ask,
  offset: string,
): Promise<Entry | "expired" | null> {
  const text = await ask(`offset/${encodeURIComponent(offset)}/next`);
  if (text === "") return null;
  const { success, data } = Entry.safeParse(parseExactJson(text));
  if (success) return data.currentOffset === offset ? null : data;
  const latest = parseEntry(await ask("latest"));
  return latest?.currentOffset === offset ? null : "expired";
}

function parseEntry(text: string): Entry | null {
  return text === "" ? null : Entry.parse(parseExactJson(text));
}

function demandKnown(entry: Entry | "expired" | null): Entry | null {
  if (entry !== "expired") return entry;
  throw new EngineError(
    "source_unavailable",
    "Cannot read the HubSpot journal: it does not know the entry that it gave last",
  );
}

async function fetchFile(
  { config: { portalId, journal }, http }: PullScope<Config>,
  { url }: Entry,
): Promise<readonly unknown[]> {
  const { hostname } = new URL(url);
  if (!journal?.hosts.includes(hostname)) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot read the journal of HubSpot account "${portalId}": its files are at "${hostname}", add it to journal.hosts if you trust it`,
    );
  }
  return JournalFile.parse(await http.json(url)).journalEvents;
}

/**
 * Asks with a token of the app. It ends after half an hour, so one that is refused is
 * renewed once.
 */
function signIn({ config, http }: Lent<Config>): Ask {
  const query = { installPortalId: config.portalId };
  let bearer: string | null = null;
  const ask = async (path: string) =>
    await http.text(`${JOURNAL}/${path}`, {
      query,
      bearer: bearer ??= await requestToken({ config, http }),
    });
  return async (path) => {
    try {
      return await ask(path);
    } catch (error) {
      const isRefused = error instanceof EngineError &&
        error.code === "source_refused" && bearer !== null;
      if (!isRefused) throw error;
      bearer = null;
      return await ask(path);
    }
  };
}

async function requestToken(
  { config: { clientId = "", clientSecret = "" }, http }: Pick<
    Lent<Config>,
    "config" | "http"
  >,
): Promise<string> {
  const answer = await http.json(`${API}/oauth/2026-03/token`, {
    form: {
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: SCOPE,
    },
    safe: true,
  });
  return Token.parse(answer).access_token;
}
