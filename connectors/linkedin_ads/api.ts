/**
 * LinkedIn's Marketing API: how it is asked, and what its answers mean.
 *
 * Queries are Rest.li 2.0: parentheses, commas and colons of the syntax stay as they
 * are, and only what is inside a value is percent-encoded, so URLs are written here by
 * hand. A version lives for twelve months and is answered with 426 from then on. A
 * quota ends at midnight UTC; only the text of the refusal tells that it is the day's.
 *
 * @see https://learn.microsoft.com/en-us/linkedin/marketing/versioning and
 * https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits,
 * read in 2026-08
 * @module
 */
import type {
  AccessToken,
  HttpAnswer,
  HttpCall,
  Lent,
  Outcome,
  RenewScope,
} from "@moe/plugin";
import { z } from "zod";

/** Version of the API, the month in which it came out. */
export const VERSION = "202608";

const ROOT = "https://api.linkedin.com/rest";
const TOKEN_URL = "https://www.linkedin.com/oauth/v2/accessToken";
const DAY_SECONDS = 86_400;

export const Config = z.object({
  /** Id of the ad account, digits, without `urn:li:sponsoredAccount:`. */
  accountId: z.string().regex(/^\d{1,30}$/),
  /** Id of the developer application; it owns the quota. */
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** Refresh token of a member who may see the account; lives for 365 days. */
  refreshToken: z.string().min(1),
});

export type Config = z.infer<typeof Config>;

/** A number as an id. */
export const Id = z.union([z.string().regex(/^\d{1,30}$/), z.int().positive()])
  .transform(String);

const Token = z.object({
  access_token: z.string().min(1),
  expires_in: z.int().nullish(),
  refresh_token: z.string().nullish(),
});

/** The URL of a path with its query, both in the syntax of Rest.li. */
export function restUrl(
  path: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const pairs = Object.entries(query).map(([name, text]) => `${name}=${text}`);
  return [ROOT + path, ...pairs.length > 0 ? [pairs.join("&")] : []].join("?");
}

/** A call with the headers that every call has. */
export function restCall(call: HttpCall = {}): HttpCall {
  const headers = {
    "LinkedIn-Version": VERSION,
    "X-Restli-Protocol-Version": "2.0.0",
    ...call.headers,
  };
  return { ...call, headers, signedIn: true };
}

/** The name of a thing, encoded as a value within a query. */
export function encodeUrn(type: string, id: string): string {
  return encodeURIComponent(`urn:li:${type}:${id}`);
}

/** A list of things, as a query wants it. */
export function listUrns(type: string, ids: readonly string[]): string {
  return `List(${ids.map((id) => encodeUrn(type, id)).join(",")})`;
}

/** Asks for JSON. */
export async function ask(
  { http }: Pick<Lent<Config>, "http">,
  path: string,
  query?: Readonly<Record<string, string>>,
): Promise<unknown> {
  return await http.json(restUrl(path, query), restCall());
}

/** Exchanges the refresh token, which stays good for other exchanges. */
export async function renew(
  { config, http, refreshToken }: RenewScope<Config>,
): Promise<AccessToken> {
  const answer = await http.json(TOKEN_URL, {
    form: {
      grant_type: "refresh_token",
      refresh_token: refreshToken ?? config.refreshToken,
      client_id: config.clientId,
      client_secret: config.clientSecret,
    },
    safe: true,
  });
  const token = Token.parse(answer);
  return {
    accessToken: token.access_token,
    expiresInSeconds: token.expires_in ?? null,
    ...(token.refresh_token && { refreshToken: token.refresh_token }),
  };
}

/**
 * Judges what the HTTP status alone does not tell.
 *
 * @param answer The answer.
 * @returns What it means; null for what its status says.
 */
export function judge(answer: HttpAnswer): Outcome | null {
  const { status, body } = answer;
  const { code, error, message } = (body ?? {}) as Record<string, unknown>;
  const told = String(message ?? "").slice(0, 200);
  if (status === 429) return throttle(answer, told);
  if (status === 426) {
    return { kind: "refused", reason: `version ${VERSION} has ended` };
  }
  if (![400, 403, 404, 422].includes(status)) return null;
  const name = String(code ?? error ?? status);
  return { kind: "refused", reason: `it answered ${name}: ${told}` };
}

function throttle({ headers }: HttpAnswer, told: string): Outcome {
  const scope = /\bMEMBER\b/.test(told) ? "account" : "endpoint";
  const now = Date.parse(headers["date"] ?? "");
  const ofTheDay = /\bDAY\b/.test(told) && !Number.isNaN(now);
  const waitSeconds = ofTheDay
    ? DAY_SECONDS - Math.floor(now / 1000) % DAY_SECONDS
    : null;
  return { kind: "throttled", scope, waitSeconds };
}
