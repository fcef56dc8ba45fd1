/**
 * One request from arrival to answer: who, where, how long, how it ended. Everything
 * that happens to every request happens here, once, without middlewares.
 *
 * @module
 */
import type { Context } from "hono";
import { type StageClock, StageTimes, UNTIMED } from "../../domain/stages.ts";
import type { Caller } from "../../ports/access.ts";
import {
  type Problem,
  PROBLEM_TYPE,
  problemOf,
  RetryLater,
} from "../problem.ts";
import { parseRequestId } from "../trace_context.ts";
import {
  type DecisionSeen,
  type ExchangeScope,
  type Failure,
  report,
  type Seen,
  toMicros,
} from "./report.ts";

const RETRY_AFTER_SECONDS = 1;
const JSON_TYPE = "application/json; charset=utf-8";

/** What is answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request under way. */
export interface Exchange {
  /** The caller's id of the request, or one that was made. */
  readonly requestId: string;
  /** Hears when stages end. */
  readonly times: StageClock;
  /** Notes the decision that was taken. */
  decided(decision: DecisionSeen): void;
  /** Notes who calls, for the log. */
  admitted(key: Caller): void;
  /** Notes what the answer's headers are to say, whatever it is. */
  say(headers: Readonly<Record<string, string>>): void;
  /** Answers. */
  answer(answered: Answered): Response;
  /** Answers with a problem. */
  fail(error: unknown, headers?: Readonly<Record<string, string>>): Response;
}

/**
 * Opens an exchange; its clock starts here.
 *
 * @param context Hono's view of the request.
 * @param route Path pattern.
 * @param scope Where it reports.
 * @returns The exchange, to be ended by one `answer` or `fail`.
 */
export function openExchange(
  context: Context,
  route: string,
  scope: ExchangeScope,
): Exchange {
  const { req } = context;
  const { telemetry } = scope;
  const times = new StageTimes();
  const requestId = parseRequestId(req.header("x-request-id")) ??
    scope.ids.next("req");
  const seen: Seen = { caller: null, decision: null };
  let said: Readonly<Record<string, string>> | null = null;

  function close(answered: Answered, failure: Failure | null): Response {
    const durationMs = toMicros(times.elapsedMs());
    const { status } = answered;
    const closed = { requestId, route, status, durationMs, failure, times };
    if (telemetry !== null || status >= 500) {
      report(scope, { ...closed, ...seen, req });
    }
    return respond(answered, { "x-request-id": requestId, ...said });
  }

  return {
    requestId,
    times: telemetry === null ? UNTIMED : times,
    decided: (decision) => seen.decision = decision,
    admitted: (key) => seen.caller = key,
    say: (headers) => said = headers,
    answer: (answered) => close(answered, null),
    fail(error, headers = {}) {
      const problem = problemOf(error);
      const told = { ...retryAfter(problem, error), ...headers };
      return close(answerOf(problem, told), { code: problem.code, error });
    },
  };
}

function retryAfter(
  { retryable }: Problem,
  error: unknown,
): Record<string, string> {
  if (!retryable) return {};
  const seconds = error instanceof RetryLater
    ? error.retryAfterSeconds
    : RETRY_AFTER_SECONDS;
  return { "retry-after": String(seconds) };
}

function answerOf(
  problem: Problem,
  headers: Readonly<Record<string, string>>,
): Answered {
  const { status } = problem;
  const challenge = status === 401 ? { "www-authenticate": "Bearer" } : {};
  return {
    status,
    text: JSON.stringify(problem),
    type: PROBLEM_TYPE,
    headers: { ...challenge, ...headers },
  };
}

function respond(
  { status, text, type = JSON_TYPE, headers }: Answered,
  said: Readonly<Record<string, string>>,
): Response {
  return new Response(text, {
    status,
    headers: {
      "cache-control": "no-store",
      "content-type": type,
      "x-content-type-options": "nosniff",
      ...said,
      ...headers,
    },
  });
}
