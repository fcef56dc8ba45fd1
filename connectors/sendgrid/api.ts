/**
 * SendGrid's Web API v3: its configuration, its calls, and what it says of its quota.
 *
 * Each endpoint has a quota of its own. `X-RateLimit-Reset` is a moment in seconds
 * since 1970, which only the answer's own date turns into a wait.
 *
 * @see https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits, read on 2026-11-26
 * @module
 */
import {
  EngineError,
  type HttpAnswer,
  isZone,
  type Lent,
  type Outcome,
  type QuotaHint,
} from "@moe/plugin";
import * as z from "zod";

const HOSTS = { global: "api.sendgrid.com", eu: "api.eu.sendgrid.com" };

/** Parses the configuration; either side can be used without the other. */
export const Config = z.strictObject({
  /** Key for the statistics, with read access to them and to the user's name. */
  apiKey: z.string().min(1).optional(),
  /** Keys of the signed Event Webhook. */
  publicKey: z.string().min(1).optional(),
  previousPublicKey: z.string().min(1).optional(),
  /** Hours for which a signature holds. */
  replayWindowHours: z.number().positive().max(168).default(24),
  /** Where the account is. */
  region: z.enum(["global", "eu"]).default("global"),
  /** Subuser to read instead of the key's own account. */
  onBehalfOf: z.string().min(1).optional(),
  /** Zone in which the account counts days; the vendor does not tell it. */
  zone: z.string().refine(isZone, "it is no IANA time zone").default("UTC"),
  /** Mail has no amounts; the currency is that of the account all the same. */
  currency: z.string().regex(/^[A-Z]{3}$/).default("USD"),
  /** Days within which opens and clicks are still added to the day of sending. */
  settlesDays: z.int().min(1).max(90).default(30),
});

/** Parsed configuration. */
export type Config = z.infer<typeof Config>;

/**
 * Calls the API.
 *
 * @param scope Configuration and lent HTTP.
 * @param path Path, such as `/v3/stats`.
 * @param query Parameters; a name may come more than once.
 * @throws {EngineError} `configuration_invalid` without a key.
 */
export async function ask(
  { config, http }: Pick<Lent<Config>, "config" | "http">,
  path: string,
  query: readonly [string, string][] = [],
): Promise<unknown> {
  const { apiKey, region, onBehalfOf } = config;
  if (apiKey === undefined) {
    throw new EngineError(
      "configuration_invalid",
      `Cannot call SendGrid "${path}": apiKey is not configured`,
    );
  }
  const search = new URLSearchParams(query.map((pair) => [...pair]));
  return await http.json(`https://${HOSTS[region]}${path}?${search}`, {
    bearer: apiKey,
    ...(onBehalfOf && { headers: { "on-behalf-of": onBehalfOf } }),
  });
}

/** Calls that are left at the endpoint that was called. */
export function readQuota({ headers }: HttpAnswer): QuotaHint[] {
  const remaining = headers["x-ratelimit-remaining"];
  if (remaining === undefined || !/^\d+$/.test(remaining)) return [];
  return [{
    scope: "endpoint",
    remaining: Number(remaining),
    resetSeconds: secondsUntilReset(headers),
  }];
}

/** A refusal for being too fast holds for the endpoint, until its reset. */
export function judge({ status, headers }: HttpAnswer): Outcome | null {
  return status === 429
    ? {
      kind: "throttled",
      scope: "endpoint",
      waitSeconds: secondsUntilReset(headers),
    }
    : null;
}

function secondsUntilReset(headers: HttpAnswer["headers"]): number | null {
  const seconds = Number(headers["x-ratelimit-reset"] ?? NaN) -
    Date.parse(headers["date"] ?? "") / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, Math.ceil(seconds));
}
