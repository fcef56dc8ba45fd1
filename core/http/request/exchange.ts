/**
 * One request from arrival to answer: who, where, how long, how it ended. Everything
 * that happens to every request happens here, once, without middlewares.
 *
 * @module
 */
import type { Context } from "hono";
import type { ErrorCode } from "../../domain/error.ts";
import type { Clock, Ids } from "../../ports/clock.ts";
import type { ApiKey } from "../../ports/decisions.ts";
import type { AccessEntry } from "../access_log.ts";
import type { Metrics } from "../metrics.ts";
import { type Problem, problemOf } from "../problem.ts";
import { parseRequestId, parseTraceparent } from "../trace_context.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const RETRY_AFTER_SECONDS = "1";
const JSON_TYPE = "application/json; charset=utf-8";
const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** Where the exchanges of an app report. */
export interface ExchangeScope {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly metrics: Metrics;
  log(entry: AccessEntry): void;
}

/** What is answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request under way. */
export interface Exchange {
  /** Notes who calls, for the log. */
  admitted(key: ApiKey): void;
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
  const startedMs = performance.now();
  const { req } = context;
  const requestId = parseRequestId(req.header("x-request-id")) ??
    scope.ids.next("req");
  let caller: ApiKey | null = null;

  function close(answered: Answered, failure: Failure | null): Response {
    const durationMs = Math.round((performance.now() - startedMs) * 1000) /
      1000;
    const method = METHODS.has(req.method) ? req.method : "OTHER";
    const { status } = answered;
    const seconds = durationMs / 1000;
    scope.metrics.request({ route, method, status, seconds });
    const trace = parseTraceparent(req.header("traceparent"));
    scope.log({
      at: scope.clock.now(),
      level: status >= 500 ? "error" : "info",
      requestId,
      traceId: trace?.traceId ?? null,
      parentId: trace?.parentId ?? null,
      method,
      route,
      status,
      durationMs,
      tenant: caller?.tenant ?? null,
      key: caller?.id ?? null,
      code: failure?.code ?? null,
      error: failure !== null && status >= 500 ? failure.inside : null,
    });
    return respond(answered, requestId);
  }

  return {
    admitted: (key) => caller = key,
    answer: (answered) => close(answered, null),
    fail(error, headers = {}) {
      const problem = problemOf(error);
      const failure = { code: problem.code, inside: printInside(error) };
      return close(answerOf(problem, headers), failure);
    },
  };
}

function answerOf(
  problem: Problem,
  headers: Readonly<Record<string, string>>,
): Answered {
  const { status, retryable } = problem;
  const retry = retryable ? { "retry-after": RETRY_AFTER_SECONDS } : {};
  const challenge = status === 401 ? { "www-authenticate": "Bearer" } : {};
  return {
    status,
    text: JSON.stringify(problem),
    type: PROBLEM_TYPE,
    headers: { ...retry, ...challenge, ...headers },
  };
}

interface Failure {
  readonly code: ErrorCode;
  readonly inside: string;
}

function respond(
  { status, text, type = JSON_TYPE, headers }: Answered,
  requestId: string,
): Response {
  return new Response(text, {
    status,
    headers: {
      "cache-control": "no-store",
      "content-type": type,
      "x-content-type-options": "nosniff",
      "x-request-id": requestId,
      ...headers,
    },
  });
}

function printInside(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined
    ? own
    : `${own}\ncaused by ${printInside(error.cause)}`;
}
