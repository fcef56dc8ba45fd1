/**
 * What HubSpot's answers mean.
 *
 * A 429 names the limit that was passed. That of a second and that of ten seconds
 * are over soon; the day's is over at midnight of the account's zone, which an
 * answer does not tell, so it is looked at again each hour and not before. Answers
 * of the search endpoint have no quota headers. A 404 to the entry that follows an
 * offset of the journal is an answer: the offset is not known any more.
 *
 * @see https://developers.hubspot.com/docs/api-reference/error-handling, read on 2026-11-26
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines, read on 2026-08-22
 * @module
 */
import type { CallLimit, HttpAnswer, Outcome, QuotaHint } from "@moe/plugin";
import * as z from "zod";

/** The lowest limits that HubSpot documents for any tier. */
export const LIMITS: readonly CallLimit[] = [
  { scope: "account", calls: 100, perSeconds: 10 },
  { scope: "endpoint", calls: 5, perSeconds: 1, path: "/search" },
];

/** Not long before the day's budget is looked at again. */
const DAILY_SECONDS = 3600;
const WAIT_SECONDS: Readonly<Record<string, number>> = {
  SECONDLY: 1,
  TEN_SECONDLY_ROLLING: 10,
  DAILY: DAILY_SECONDS,
};
const LOCK_SECONDS = 2;
const NEXT_ENTRY = /^\/webhooks-journal\/.+\/next$/;

const Problem = z.object({
  policyName: z.string().optional(),
  category: z.string().regex(/^[A-Z_]{1,60}$/).optional(),
  errors: z.array(z.unknown()).optional(),
});

/**
 * Judges an answer.
 *
 * @param answer What came.
 * @returns What it means; null for what its status says.
 */
export function judge(
  { status, headers, body, path }: HttpAnswer,
): Outcome | null {
  const problem = Problem.safeParse(body).data ?? {};
  if (status === 207) {
    return problem.errors?.length ? { kind: "again" } : null;
  }
  if (status === 429) {
    const waitSeconds = WAIT_SECONDS[problem.policyName ?? ""] ??
      wholeNumber(headers["retry-after"]);
    return { kind: "throttled", scope: "account", waitSeconds };
  }
  if (status === 423) {
    return { kind: "throttled", scope: "account", waitSeconds: LOCK_SECONDS };
  }
  // The account is being moved to another data centre.
  if (status === 477) {
    const waitSeconds = wholeNumber(headers["retry-after"]);
    return { kind: "throttled", scope: "account", waitSeconds };
  }
  if (status === 404 && problem.category && NEXT_ENTRY.test(path)) {
    return { kind: "ok" };
  }
  if (status === 401 && path.startsWith("/oauth/")) {
    return { kind: "refused", reason: "the app's credentials are refused" };
  }
  return (status === 400 || status === 403) && problem.category !== undefined
    ? { kind: "refused", reason: problem.category }
    : null;
}

/**
 * Reads the quota headers.
 *
 * @param answer What came.
 * @returns Calls left in the interval of ten seconds, and the share used of the day's.
 */
export function quota({ headers }: HttpAnswer): readonly QuotaHint[] {
  const read = (name: string) =>
    wholeNumber(headers[`x-hubspot-ratelimit-${name}`]);
  const hints: QuotaHint[] = [];
  const [daily, dailyLeft] = [read("daily"), read("daily-remaining")];
  if (daily !== null && dailyLeft !== null && daily > 0) {
    hints.push({
      scope: "account",
      usedShare: 1 - dailyLeft / daily,
      resetSeconds: DAILY_SECONDS,
    });
  }
  const [left, intervalMs] = [read("remaining"), read("interval-milliseconds")];
  if (left !== null && intervalMs !== null) {
    hints.push({
      scope: "account",
      remaining: left,
      resetSeconds: intervalMs / 1000,
    });
  }
  return hints;
}

function wholeNumber(text: string | undefined): number | null {
  return /^\d{1,12}$/.test(text ?? "") ? Number(text) : null;
}
