/**
 * Pages of a simulated HubSpot: searches within their documented limits, the list of
 * archived deals, and the bodies of errors.
 *
 * @module
 */
import { type Gate, jsonAnswer } from "./gate.ts";
import type {
  HubspotDeal,
  HubspotDeals,
  HubspotFilter,
} from "./hubspot_deals.ts";

/** What pages are cut from. */
export interface HubspotPages {
  readonly deals: HubspotDeals;
  readonly gate: Gate;
  shuffle<T>(items: readonly T[]): T[];
}

/** Deals of a page; 200 or 100 at the real one. */
const PAGE = 3;
const MOST_RESULTS = 10_000;
const DAILY = 250_000;
const OPERATORS = ["EQ", "GT", "GTE", "LT", "LTE"];

/** What a search asks. */
export interface SearchBody {
  readonly filterGroups?: readonly { filters: readonly HubspotFilter[] }[];
  readonly sorts?: readonly { propertyName: string; direction: string }[];
  readonly properties?: readonly string[];
  readonly limit?: number;
  readonly after?: string;
}

/** Answers a search. */
export function search(body: SearchBody, desk: HubspotPages): Response {
  const { filterGroups = [], sorts = [], properties = [], after = "0" } = body;
  const { limit: most = 10 } = body;
  const filters = filterGroups.flatMap(({ filters }) => filters);
  if (most > 200) return invalid("limit must be at most 200");
  if (sorts.length > 1) return invalid("only one sort is supported");
  if (filterGroups.length > 5 || filters.length > 18) {
    return invalid("too many filters");
  }
  if (filters.some(({ operator }) => !OPERATORS.includes(operator))) {
    return invalid("unknown operator");
  }
  const from = Number(after);
  const cap = desk.gate.plays("truncated") ? PAGE : MOST_RESULTS;
  if (from >= cap) return invalid("cannot page beyond 10000 results");
  const [sort] = sorts;
  const found = desk.deals.search(
    filterGroups.map(({ filters }) => filters),
    sort?.propertyName ?? "createdate",
  );
  const sorted = sort?.direction === "DESCENDING" ? found.toReversed() : found;
  const until = from + Math.min(most, PAGE);
  return jsonAnswer({
    total: found.length,
    results: arrange(sorted.slice(from, until), properties, desk),
    ...(until < found.length && { paging: { next: { after: `${until}` } } }),
  });
}

/** Answers a list of archived deals. */
export function list(asked: URLSearchParams, desk: HubspotPages): Response {
  const most = Number(asked.get("limit") ?? 10);
  if (most > 100) return invalid("limit must be at most 100");
  if (asked.get("archived") !== "true") return invalid("not simulated");
  const after = BigInt(asked.get("after") ?? 0);
  const rest = desk.deals.archived().filter(({ id }) => BigInt(id) > after);
  const page = rest.slice(0, Math.min(most, PAGE));
  const names = asked.get("properties")?.split(",") ?? [];
  const last = page.at(-1)?.id;
  return counted({
    results: arrange(page, names, desk),
    ...(rest.length > page.length && {
      paging: { next: { after: last, link: "https://api.hubapi.com/…" } },
    }),
  });
}

/** A page's deals with the properties asked for; those that nobody knows are left out. */
function arrange(
  deals: readonly HubspotDeal[],
  names: readonly string[],
  { gate, shuffle }: HubspotPages,
): unknown[] {
  const told = deals.map((deal) => ({
    ...deal,
    properties: Object.fromEntries(
      Object.entries(deal.properties).filter(([name]) =>
        names.includes(name) || name === "hs_object_id"
      ),
    ),
  }));
  if (told.length > 0 && gate.plays("duplicated_page")) {
    return [...told, ...told];
  }
  return gate.plays("reordered") ? shuffle(told) : told;
}

/** Answers other than searches say how much of the quota is left. */
export function counted(body: unknown): Response {
  return jsonAnswer(body, {
    headers: {
      "x-hubspot-ratelimit-daily": String(DAILY),
      "x-hubspot-ratelimit-daily-remaining": String(DAILY - 119),
      "x-hubspot-ratelimit-interval-milliseconds": "10000",
      "x-hubspot-ratelimit-max": "100",
      "x-hubspot-ratelimit-remaining": "98",
    },
  });
}

function invalid(message: string): Response {
  return problem(400, "VALIDATION_ERROR", message);
}

/** An error as every endpoint tells it. */
export function problem(
  status: number,
  category: string,
  message: string,
): Response {
  const correlationId = "aeb5f871-7f07-4993-9211-075dc63e7cbf";
  return jsonAnswer(
    { status: "error", message, correlationId, category },
    { status },
  );
}
