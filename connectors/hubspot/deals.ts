/**
 * Deals that have changed, page by page.
 *
 * A search gives at most 10,000 results, so it is never paged by offset: each page
 * asks for ids above the last one, in order of id. Deals that change meanwhile are
 * found by the next sync, which begins where this one began, less the ten minutes
 * that the search index may be behind. The search does not know archived deals; they
 * are listed at the end, all that the recycle bin holds.
 *
 * @see https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm, read on 2026-11-26
 * @see https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/deals/search-deals, read on 2026-11-26
 * @module
 */
import {
  EngineError,
  type Lent,
  mapRecords,
  type Page,
  parseInstant,
  type PullScope,
} from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";
import { type Account, dealRows, PROPERTIES } from "./deal_rows.ts";
import type { Place } from "./place.ts";

/** Where every call goes. */
export const API = "https://api.hubapi.com";
const DEALS = `${API}/crm/objects/2026-03/deals`;
const SEARCH_LIMIT = 200;
const LIST_LIMIT = 100;
const OVERLAP_MS = 600_000;

const Details = z.object({
  portalId: z.union([z.string(), z.int()]).transform(String),
  timeZone: z.string(),
  companyCurrency: z.string(),
});

const Results = z.object({
  results: z.array(
    z.looseObject({
      id: z.string().regex(/^\d+$/),
      archivedAt: z.string().optional(),
    }),
  ),
  paging: z.object({ next: z.object({ after: z.string() }).optional() })
    .optional(),
});

interface Step {
  readonly deals: readonly unknown[];
  readonly next: Place | null;
}

/**
 * Pulls deals.
 *
 * @param scope What is lent.
 * @param from Where to go on.
 * @returns Pages, the last with the place at which the next sync begins.
 */
export async function* pullDeals(
  scope: PullScope<Config>,
  { began: start = scope.now, ...from }: Place,
): AsyncGenerator<Page> {
  const { config, range, report } = scope;
  const account = await readAccount(scope);
  let place: Place | null = { ...from, began: start };
  let count = 0;
  while (place !== null) {
    const { deals, next }: Step = place.archived
      ? await listArchived(scope, place)
      : await search(scope, place);
    const { signals, rejects } = readDeals(deals, account, config);
    report(`${count += deals.length} deals`, null);
    yield {
      signals: signals.filter((signal) =>
        signal.grain === "event" || range === null ||
        (signal.day >= range.from && signal.day < range.until)
      ),
      rejects,
      ...(next === null ? end(place) : { cursor: JSON.stringify(next) }),
    };
    place = next;
  }
}

/**
 * Reads deals.
 *
 * @param deals As the API tells them.
 * @param account Zone and currency.
 * @param config Which properties name a campaign.
 * @returns Rows, and rejects that can be read again.
 */
export function readDeals(
  deals: readonly unknown[],
  account: Account,
  { campaignProperties }: Config,
): ReturnType<typeof mapRecords> {
  return mapRecords(
    deals,
    (deal) => dealRows(deal, account, campaignProperties),
    JSON.stringify(account),
  );
}

/** Deals of the last minutes are read again; entries of the journal are not. */
function end({ began = "", journal }: Place): Pick<Page, "cursor" | "resume"> {
  const since = parseInstant(Date.parse(began) - OVERLAP_MS);
  return { cursor: null, resume: JSON.stringify({ since, journal }) };
}

async function readAccount(
  { config, http }: Pick<Lent<Config>, "config" | "http">,
): Promise<Account> {
  const url = `${API}/account-info/2026-03/details`;
  const { portalId, timeZone, companyCurrency } = Details.parse(
    await http.json(url, { signedIn: true }),
  );
  if (portalId !== config.portalId) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot read HubSpot account "${config.portalId}": the access is to account ${portalId}`,
    );
  }
  return { id: portalId, zone: timeZone, currency: companyCurrency };
}

async function search(
  { config, http }: PullScope<Config>,
  place: Place,
): Promise<Step> {
  const { since, after } = place;
  const filters = [
    { propertyName: "hs_object_id", operator: "GT", value: after ?? "0" },
    ...(since === null ? [] : [{
      propertyName: "hs_lastmodifieddate",
      operator: "GTE",
      value: String(Date.parse(since)),
    }]),
  ];
  const body = {
    filterGroups: [{ filters }],
    sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
    properties: [...PROPERTIES, ...config.campaignProperties],
    limit: SEARCH_LIMIT,
  };
  const { results, paging } = Results.parse(
    await http.json(`${DEALS}/search`, { body, safe: true, signedIn: true }),
  );
  const last = results.reduce<string | null>(
    (most, { id }) => most === null || BigInt(id) > BigInt(most) ? id : most,
    null,
  );
  const next = paging?.next === undefined || last === null
    ? { ...place, archived: true, after: null }
    : { ...place, after: last };
  return { deals: results, next };
}

async function listArchived(
  { config, http }: PullScope<Config>,
  place: Place,
): Promise<Step> {
  const { since, after } = place;
  const query = {
    archived: "true",
    limit: String(LIST_LIMIT),
    properties: [...PROPERTIES, ...config.campaignProperties].join(","),
    ...(after !== null && { after }),
  };
  const { results, paging } = Results.parse(
    await http.json(DEALS, { query, signedIn: true }),
  );
  const deals = results.filter(({ archivedAt }) =>
    since === null || archivedAt === undefined ||
    Date.parse(archivedAt) >= Date.parse(since)
  );
  const next = paging?.next;
  return { deals, next: next ? { ...place, after: next.after } : null };
}
