/**
 * One request from arrival to answer: who, where, how long, how it ended. Everything
 * that happens to every request happens here, once, without middlewares.
 *
 * @module
 */
import type { HonoRequest } from "hono/request";
import { type StageClock, StageTimes, UNTIMED } from "../../domain/stages.ts";
import type { Ids } from "../../ports/clock.ts";
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

/** A request under way, to be ended by one `answer` or `fail`. */
export class Exchange implements Seen {
  readonly req: HonoRequest;
  readonly route: string;
  /** The caller's id of the request, or one that was made. */
  readonly requestId: string;
  readonly times: StageTimes = new StageTimes();
  /** Who calls, for the log; null until that is known. */
  caller: Caller | null = null;
  /** The decision that was taken; null if none was. */
  decision: DecisionSeen | null = null;
  readonly #scope: ExchangeScope;
  #said: Readonly<Record<string, string>> | null = null;

  /**
   * Opens an exchange; its clock starts here.
   *
   * @param req Hono's view of the request.
   * @param route Path pattern.
   * @param scope Where it reports.
   */
  constructor(req: HonoRequest, route: string, scope: ExchangeScope) {
    this.req = req;
    this.route = route;
    this.#scope = scope;
    this.requestId = requestIdOf(req, scope.ids);
  }

  /** Hears when stages end. */
  get clock(): StageClock {
    return this.#scope.telemetry === null ? UNTIMED : this.times;
  }

  /**
   * Notes what the answer's headers are to say, whatever it is.
   *
   * @param headers The headers.
   */
  say(headers: Readonly<Record<string, string>>): void {
    this.#said = headers;
  }

  /**
   * Answers.
   *
   * @param answered What.
   * @returns The answer.
   */
  answer(answered: Answered): Response {
    return this.#close(answered, null);
  }

  /**
   * Answers with a problem.
   *
   * @param error What was thrown.
   * @param headers What its headers say beside those of any problem.
   * @returns The answer.
   */
  fail(
    error: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Response {
    const { code, ...answered } = printFailure(error, headers);
    return this.#close(answered, { code, error });
  }

  #close(answered: Answered, failure: Failure | null): Response {
    const durationMs = toMicros(this.times.elapsedMs());
    const { status } = answered;
    if (this.#scope.telemetry !== null || status >= 500) {
      report(this.#scope, this, { status, durationMs, failure });
    }
    return respond(answered, this.requestId, this.#said);
  }
}

/**
 * Tells which request it is.
 *
 * @param req Hono's view of the request.
 * @param ids Makes ids.
 * @returns The caller's id of it, or one that is made.
 */
export function requestIdOf(req: HonoRequest, ids: Ids): string {
  return parseRequestId(req.header("x-request-id")) ?? ids.next("req");
}

/**
 * Prints anything thrown as it is answered.
 *
 * @param error What was thrown.
 * @param headers What its headers say beside those of any problem.
 * @returns The answer, and its code for the log.
 */
export function printFailure(
  error: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answered & Pick<Failure, "code"> {
  const problem = problemOf(error);
  const told = { ...retryAfter(problem, error), ...headers };
  return { code: problem.code, ...answerOf(problem, told) };
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

/**
 * Makes the response of an answer.
 *
 * @param answered What is answered.
 * @param requestId Which request it is of.
 * @param said What its headers say beside; null for nothing.
 * @returns The response.
 */
export function respond(
  { status, text, type = JSON_TYPE, headers: own }: Answered,
  requestId: string,
  said: Readonly<Record<string, string>> | null,
): Response {
  const headers = {
    "cache-control": "no-store",
    "content-type": type,
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  };
  if (said !== null) Object.assign(headers, said);
  if (own !== undefined) Object.assign(headers, own);
  return new Response(text, { status, headers });
}
