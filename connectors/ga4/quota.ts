/**
 * What Google Analytics says of its quota: in the body of every report (it is asked
 * to), and in the words of a refusal.
 *
 * The quota is in tokens, and a report costs as many as `consumed` says, so calls
 * that are left are `remaining / consumed`. Concurrent requests are no budget over
 * time and are left out. Days end at midnight in Los Angeles.
 *
 * @see https://developers.google.com/analytics/devguides/reporting/data/v1/quotas, read on 2026-11-26
 * @module
 */
import {
  type HttpAnswer,
  localTime,
  type Outcome,
  parseInstant,
  type QuotaHint,
} from "@moe/plugin";
import * as z from "zod";

const QUOTA_ZONE = "America/Los_Angeles";
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

const Tokens = z.object({
  consumed: z.number().default(0),
  remaining: z.number().default(0),
}).optional();

const Told = z.object({
  propertyQuota: z.object({
    tokensPerDay: Tokens,
    tokensPerHour: Tokens,
    tokensPerProjectPerHour: Tokens,
  }),
});

const Refusal = z.object({ error: z.object({ message: z.string() }) });

/** Calls that are left of the quota that will be used up first. */
export function readQuota({ body, headers }: HttpAnswer): QuotaHint[] {
  const told = Told.safeParse(body);
  if (!told.success) return [];
  const { tokensPerDay, tokensPerHour, tokensPerProjectPerHour } =
    told.data.propertyQuota;
  const hints = [
    toHint(tokensPerHour, HOUR_SECONDS),
    toHint(tokensPerProjectPerHour, HOUR_SECONDS),
    toHint(tokensPerDay, secondsUntilMidnight(headers)),
  ];
  return hints.flat()
    .toSorted((a, b) => a.remaining - b.remaining)
    .slice(0, 1);
}

function toHint(
  tokens: z.infer<typeof Tokens>,
  resetSeconds: number | null,
): (QuotaHint & { readonly remaining: number })[] {
  if (!tokens) return [];
  const { consumed, remaining } = tokens;
  const calls = Math.floor(remaining / Math.max(1, consumed));
  return [{ scope: "account", remaining: calls, resetSeconds }];
}

/** A 429 says in words which quota is used up, and so how long it lasts. */
export function judge({ status, body, headers }: HttpAnswer): Outcome | null {
  if (status !== 429) return null;
  const { data } = Refusal.safeParse(body);
  return {
    kind: "throttled",
    scope: "account",
    waitSeconds: toWait(data?.error.message ?? "", headers),
  };
}

function toWait(
  message: string,
  headers: HttpAnswer["headers"],
): number | null {
  if (/concurrent/i.test(message)) return null;
  if (/per hour|an hour/i.test(message)) return HOUR_SECONDS;
  return /per day|24 hours|a day/i.test(message)
    ? secondsUntilMidnight(headers) ?? DAY_SECONDS
    : null;
}

function secondsUntilMidnight({ date }: HttpAnswer["headers"]): number | null {
  const at = Date.parse(date ?? "");
  if (Number.isNaN(at)) return null;
  return DAY_SECONDS - localTime(parseInstant(at), QUOTA_ZONE).minute * 60;
}
