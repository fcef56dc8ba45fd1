/**
 * Pages of the simulated Graph API. A page names the next one by a whole URL, on
 * another host and with a token in it, and by a cursor.
 *
 * @see https://developers.facebook.com/docs/graph-api/results, read on 2026-11-26
 * @module
 */
import { invalid } from "./meta_ads_errors.ts";

const MOST_ON_A_PAGE = 5;
const DEFAULT_LIMIT = 25;

/** Finds the page that a URL asks for; where it repeats, the page before comes again. */
export function pageOf<T>(
  items: readonly T[],
  url: URL,
  repeats: () => boolean = () => false,
) {
  const { searchParams: query } = url;
  const cursor = query.get("after");
  const asked = cursor === null ? 0 : readCursor(cursor);
  const limit = Number(query.get("limit") ?? DEFAULT_LIMIT);
  const size = Math.min(limit, MOST_ON_A_PAGE);
  const start = asked > 0 && repeats() ? Math.max(0, asked - size) : asked;
  const end = Math.min(start + size, items.length);
  const next = new URL(`https://graph-next.facebook.example${url.pathname}`);
  next.search = query.toString();
  next.searchParams.set("access_token", "a-token-in-a-url");
  next.searchParams.set("after", btoa(`at ${end}`));
  return {
    page: items.slice(start, end),
    paging: {
      cursors: { before: btoa(`at ${start}`), after: btoa(`at ${end}`) },
      ...(end < items.length && { next: next.href }),
    },
  };
}

function readCursor(cursor: string): number {
  const at = /^at (\d+)$/.exec(atob(cursor))?.[1];
  if (at !== undefined) return Number(at);
  throw invalid("(#100) Invalid cursors values");
}
