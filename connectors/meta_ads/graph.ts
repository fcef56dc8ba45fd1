/**
 * Calls to the Graph API: one version, a bearer token, and pages by cursor.
 *
 * A page names the next one by a whole URL with the token in it; only its presence
 * is read, and the cursor beside it sent to our own URL.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/secure-requests, read on 2026-11-26
 * @module
 */
import type { HttpCall, Lent } from "@moe/plugin";
import { createHmac } from "node:crypto";
import * as z from "zod";
import type { Config } from "./config.ts";

/** Version of the Marketing API. */
export const VERSION = "v26.0";

const ROOT = `https://graph.facebook.com/${VERSION}`;
const PAGE_SIZE = "200";

const Page = z.object({
  data: z.array(z.unknown()),
  paging: z.object({ next: z.string().optional() }).optional(),
});

const Next = z.object({
  paging: z.object({ cursors: z.object({ after: z.string().min(1) }) }),
});

/** What a call needs. */
export type Caller = Pick<Lent<Config>, "config" | "http">;

/** Calls the Graph API; a path such as `act_17/insights`. */
export async function callGraph(
  { config, http }: Caller,
  path: string,
  call: Pick<HttpCall, "query" | "form">,
): Promise<unknown> {
  const { accessToken, appSecret } = config;
  const proof = appSecret === undefined
    ? {}
    : { appsecret_proof: prove(accessToken, appSecret) };
  return await http.json(`${ROOT}/${path}`, {
    ...call,
    query: { ...call.query, ...proof },
    bearer: accessToken,
  });
}

/** Reads a list to its end, page by page. */
export async function* readPages(
  caller: Caller,
  path: string,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<readonly unknown[]> {
  let cursor: Readonly<Record<string, string>> | null = {};
  while (cursor !== null) {
    const body = await callGraph(caller, path, {
      query: { ...query, limit: PAGE_SIZE, ...cursor },
    });
    const { data, paging } = Page.parse(body);
    yield data;
    cursor = paging?.next === undefined
      ? null
      : { after: Next.parse(body).paging.cursors.after };
  }
}

function prove(accessToken: string, appSecret: string): string {
  return createHmac("sha256", appSecret).update(accessToken).digest("hex");
}
