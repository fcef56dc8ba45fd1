/**
 * What Salesforce's answers mean.
 *
 * Errors are a list. `REQUEST_LIMIT_EXCEEDED` is told both of the calls of the last
 * 24 hours, where waiting a little is of no use, and of requests that run at the same
 * time, where it is; only the message tells which.
 *
 * @see https://developer.salesforce.com/docs/platform/api-rest/guide/errorcodes.html, read on 2026-08-22
 * @see https://developer.salesforce.com/docs/platform/api-rest/guide/headers-api-usage.html, read on 2026-08-22
 * @module
 */
import type { HttpAnswer, Outcome, QuotaHint, QuotaScope } from "@moe/plugin";
import * as z from "zod";

/** Not long before a budget of 24 hours, which slides, is looked at again. */
const DAILY_SECONDS = 3600;

const Problems = z.array(
  z.object({ errorCode: z.string(), message: z.string().default("") }),
).min(1);

const TokenProblem = z.object({ error: z.string().regex(/^[a-z_]{1,60}$/) });

/**
 * Judges an answer.
 *
 * @param answer What came.
 * @returns What it means; null for what its status says.
 */
export function judge({ status, body, path }: HttpAnswer): Outcome | null {
  if (path.endsWith("/oauth2/token")) {
    const reason = TokenProblem.safeParse(body).data?.error;
    return reason === undefined ? null : { kind: "refused", reason };
  }
  const [problem] = Problems.safeParse(body).data ?? [];
  if (status < 400 || problem === undefined) return null;
  const { errorCode, message } = problem;
  if (status === 401 || errorCode === "INVALID_SESSION_ID") {
    return { kind: "sign_in" };
  }
  if (errorCode === "REQUEST_LIMIT_EXCEEDED") {
    const waitSeconds = /TotalRequests/i.test(message) ? DAILY_SECONDS : null;
    return { kind: "throttled", scope: "account", waitSeconds };
  }
  if (errorCode === "QUERY_TIMEOUT" || status >= 500) return { kind: "again" };
  return /^[A-Z_]{1,60}$/.test(errorCode)
    ? { kind: "refused", reason: errorCode }
    : null;
}

/**
 * Reads `Sforce-Limit-Info`.
 *
 * @param answer What came.
 * @returns The share used of the org's calls of 24 hours, and of the app's.
 */
export function quota({ headers }: HttpAnswer): readonly QuotaHint[] {
  const text = headers["sforce-limit-info"] ?? "";
  const used = (scope: QuotaScope, name: string): QuotaHint[] => {
    const [, calls, allowed] =
      new RegExp(`(?:^|[;\\s])${name}=(\\d+)/(\\d+)`).exec(text) ?? [];
    const usedShare = Number(calls) / Number(allowed);
    return Number.isFinite(usedShare)
      ? [{ scope, usedShare, resetSeconds: DAILY_SECONDS }]
      : [];
  };
  return [
    ...used("account", "api-usage"),
    ...used("developer", "per-app-api-usage"),
  ];
}
