/**
 * What Meta's answers mean. Errors come as HTTP 400 with a code, sometimes as 500
 * or 200; usage comes in headers, each in a unit of its own:
 *
 * - `x-business-use-case-usage`: per cent used, **minutes** until access is regained;
 * - `x-ad-account-usage`: per cent used, **seconds** until it is reset;
 * - `x-fb-ads-insights-throttle`, `x-app-usage`: per cent used.
 *
 * @see https://developers.facebook.com/docs/graph-api/guides/error-handling, read on 2026-11-26
 * @see https://developers.facebook.com/docs/marketing-apis/rate-limiting, read on 2026-11-26
 * @module
 */
import type { HttpAnswer, Outcome, QuotaScope } from "@moe/plugin";
import * as z from "zod";
import { readQuota } from "./usage.ts";

const Failure = z.object({
  error: z.object({
    code: z.int(),
    error_subcode: z.int().optional(),
    message: z.string().default(""),
    is_transient: z.boolean().default(false),
    error_user_title: z.string().optional(),
  }),
});

type Failure = z.infer<typeof Failure>["error"];

const APP_LIMIT = 4;
const ACCOUNT_LIMITS = new Set([17, 32, 613]);
const PASSING = new Set([1, 2, 99]);
const TOO_MUCH_DATA = 1_487_534;
const TIMED_OUT = 1_504_018;
const BUDGET_CHANGES = 1_487_632;
const BUDGET_BLOCK_SECONDS = 3600;
const SCORE_DECAY_SECONDS = 300;
const TOKEN_INVALID = 190;
const VERSION_ENDED = 2635;

/** Judges an answer; null where it holds no error of Meta's. */
export function judge(answer: HttpAnswer): Outcome | null {
  const parsed = Failure.safeParse(answer.body);
  if (!parsed.success) return null;
  const failure = parsed.data.error;
  if (isTooLarge(failure)) return { kind: "too_large" };
  const limited = judgeLimit(failure, answer);
  if (limited !== null) return limited;
  if (failure.code === TOKEN_INVALID) {
    return refuse(failure, "the access token does not hold");
  }
  if (failure.code === VERSION_ENDED) {
    return refuse(failure, "this version of the API has ended");
  }
  if (failure.is_transient || PASSING.has(failure.code)) {
    return { kind: "again" };
  }
  return answer.status >= 500
    ? null
    : refuse(failure, failure.error_user_title ?? "it refuses the call");
}

function isTooLarge(failure: Failure): boolean {
  const { error_subcode: subcode, message } = failure;
  return subcode === TOO_MUCH_DATA || subcode === TIMED_OUT ||
    /reduce the amount of data/i.test(message);
}

function judgeLimit(failure: Failure, answer: HttpAnswer): Outcome | null {
  const { code, error_subcode: subcode } = failure;
  if (subcode === BUDGET_CHANGES) {
    return throttle("endpoint", BUDGET_BLOCK_SECONDS);
  }
  if (code === APP_LIMIT) return throttle("developer", null);
  const useCase = code >= 80_000 && code <= 80_014;
  if (!useCase && !ACCOUNT_LIMITS.has(code)) return null;
  const told = readQuota(answer).find(({ scope }) => scope === "account");
  const untold = useCase ? null : SCORE_DECAY_SECONDS;
  return throttle("account", told?.resetSeconds ?? untold);
}

function throttle(scope: QuotaScope, waitSeconds: number | null): Outcome {
  return { kind: "throttled", scope, waitSeconds };
}

function refuse(failure: Failure, why: string): Outcome {
  const { code, error_subcode: subcode } = failure;
  const number = subcode === undefined ? code : `${code}/${subcode}`;
  return { kind: "refused", reason: `${why} (error ${number})` };
}
