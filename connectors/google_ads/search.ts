/**
 * Questions in GAQL, page by page.
 *
 * `search` and not `searchStream`: both count as one operation, however many rows
 * come, but a page that is lost is asked for again alone, one page is held at a
 * time, and every failure shows in the HTTP status, whereas a stream may fail
 * after its 200. Pages have 10,000 rows; a `pageSize` is refused.
 *
 * @see https://developers.google.com/google-ads/api/docs/reporting/paging, read on 2026-11-26
 * @module
 */
import type { Lent } from "@moe/plugin";
import * as z from "zod";
import type { Config } from "./config.ts";

const API = "https://googleads.googleapis.com/v25/customers";

const SearchPage = z.object({
  results: z.array(z.unknown()).default([]),
  nextPageToken: z.string().optional(),
  summaryRow: z.unknown().optional(),
});

/** Some rows of an answer. */
export type SearchPage = z.infer<typeof SearchPage>;

/** What calls are made with. */
export type Caller = Pick<Lent<Config>, "config" | "http">;

/**
 * Asks a question.
 *
 * @param caller Account and lent HTTP.
 * @param query GAQL.
 * @param totals Ask for the totals of all rows instead of the rows.
 * @returns Pages, in the vendor's order.
 */
export async function* search(
  { config, http }: Caller,
  query: string,
  { totals = false }: { readonly totals?: boolean } = {},
): AsyncGenerator<SearchPage> {
  const url = `${API}/${config.customerId}/googleAds:search`;
  const headers = accessHeaders(config);
  const searchSettings = { omitResults: true, returnSummaryRow: true };
  let pageToken: string | undefined;
  do {
    const body = { query, pageToken, ...(totals && { searchSettings }) };
    const call = { signedIn: true, safe: true, headers, body };
    const page = SearchPage.parse(await http.json(url, call));
    pageToken = page.nextPageToken;
    yield page;
  } while (pageToken);
}

/**
 * Changes resources, all or none. A lost answer is never asked for again: what came
 * of the change is found out by reading.
 *
 * @param caller Account and lent HTTP.
 * @param resources Name of the resources in the URL, such as `campaignBudgets`.
 * @param operations What to change.
 */
export async function mutate(
  { config, http }: Caller,
  resources: string,
  operations: readonly unknown[],
): Promise<void> {
  await http.json(`${API}/${config.customerId}/${resources}:mutate`, {
    signedIn: true,
    headers: accessHeaders(config),
    body: { operations },
  });
}

function accessHeaders(
  { loginCustomerId, developerToken }: Config,
): Record<string, string> {
  return {
    ...(loginCustomerId && { "login-customer-id": loginCustomerId }),
    ...(developerToken && { "developer-token": developerToken }),
  };
}
