/**
 * TikTok's Business API: how it is asked, and what its answers mean.
 *
 * Errors come with HTTP 200; the member `code` tells, and 0 alone is good. A throttle
 * says for whom it holds, never for how long. The access token goes into a header of
 * its own; it does not expire, but can be revoked.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1737172488964097 (return codes), read in 2026-08
 * @module
 */
import type { HttpAnswer, HttpCall, Lent, Outcome } from "@moe/plugin";
import { z } from "zod";

const ROOT = "https://business-api.tiktok.com/open_api/v1.3";
/** Largest page that TikTok gives. */
const PAGE_SIZE = "1000";

export const Config = z.object({
  /** Id of the ad account, digits. */
  advertiserId: z.string().regex(/^\d{1,30}$/),
  /** Long-term access token of the ad account's authorization. */
  accessToken: z.string().min(1),
  /** Id of the developer application that the token was given to; it owns the quota. */
  appId: z.string().min(1),
});

export type Config = z.infer<typeof Config>;

/** An id: text, or a JSON number where TikTok feels like it. */
export const Id = z.union([z.string().regex(/^\d{1,30}$/), z.int().positive()])
  .transform(String);

const Envelope = z.object({ data: z.unknown() });
const ListPage = z.object({
  list: z.array(z.unknown()),
  page_info: z.object({ total_page: z.int().nonnegative() }),
});

/** Codes of calls that came too fast, and who shares the limit. */
const THROTTLES = new Map<unknown, "developer" | "account">([
  [40016, "developer"],
  [40100, "developer"],
  [40132, "account"],
  [40133, "account"],
]);
/** Access token expired, missing, or revoked. */
const ACCESS = new Set<unknown>([40102, 40104, 40105]);
/** A task or an entity that is busy; a service behind that was too slow. */
const PASSING = new Set<unknown>([40200, 40201, 40202, 40700]);
/** From here on the fault is TikTok's own. */
const OWN_FAULTS = 50_000;

/**
 * Calls and unwraps.
 *
 * @param lent Configuration and HTTP.
 * @param path Path below the API's root, with its last slash.
 * @param call Query or body.
 * @returns The member `data` of the answer.
 */
export async function ask(
  { config, http }: Pick<Lent<Config>, "config" | "http">,
  path: string,
  call: HttpCall,
): Promise<unknown> {
  const headers = { "Access-Token": config.accessToken };
  const answer = await http.json(ROOT + path, { ...call, headers });
  return Envelope.parse(answer).data;
}

/**
 * Reads a list to its end.
 *
 * @param lent Configuration and HTTP.
 * @param path Path below the API's root.
 * @param query The question, without its page.
 * @returns Pages of raw entries.
 */
export async function* pages(
  lent: Pick<Lent<Config>, "config" | "http">,
  path: string,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<readonly unknown[]> {
  let last = 1;
  for (let page = 1; page <= last; page++) {
    const data = await ask(lent, path, {
      query: { ...query, page: String(page), page_size: PAGE_SIZE },
    });
    const { list, page_info } = ListPage.parse(data);
    last = page_info.total_page;
    yield list;
  }
}

/**
 * Judges an answer by its `code`.
 *
 * @param answer The answer.
 * @returns What it means; null where there is no code, for the HTTP status to say.
 */
export function judge({ status, body }: HttpAnswer): Outcome | null {
  const { code, message } = (body ?? {}) as Record<string, unknown>;
  if (typeof code !== "number") return null;
  if (code === 0 && status === 200) return { kind: "ok" };
  const scope = THROTTLES.get(code);
  if (scope) return { kind: "throttled", scope, waitSeconds: null };
  if (ACCESS.has(code)) return { kind: "sign_in" };
  if (PASSING.has(code) || code >= OWN_FAULTS) return { kind: "again" };
  const told = String(message ?? "").slice(0, 200);
  return { kind: "refused", reason: `it answered code ${code}: ${told}` };
}
