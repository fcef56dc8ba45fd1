/**
 * Refuses what the gate does not let in. As that takes time of what it did let in, it
 * costs next to nothing: answers are made beforehand, and only a few each second are told
 * of in the log; all of them are counted.
 *
 * @module
 */
import type { HonoRequest } from "hono/request";
import { StageTimes } from "../../domain/stages.ts";
import { RetryLater } from "../problem.ts";
import { Exchange, printFailure, requestIdOf, respond } from "./exchange.ts";
import { type ExchangeScope, methodOf, toMicros } from "./report.ts";

/** Those refused come back spread over so many seconds. */
const SPREAD_SECONDS = 3;
/** One refusal in so long is told of as any other answer is. */
const TOLD_EVERY_MS = 100;
/** Nothing was done for them. */
const NO_STAGES = new StageTimes();

/** Answers a request that is not let in. */
export type Refuse = (req: HonoRequest, route: string) => Response;

/** What refusing takes. */
export interface RefusingScope extends ExchangeScope {
  /** Uniform in [0, 1): when each is to come again. */
  readonly random: () => number;
  /** A clock that only moves forward, milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Makes what refuses.
 *
 * @param scope Where refusals are reported.
 * @returns What answers `overloaded`.
 */
export function createRefusing(scope: RefusingScope): Refuse {
  const { random, nowMs } = scope;
  const errors = Array.from(
    { length: SPREAD_SECONDS },
    (_, second) => overloaded(1 + second),
  );
  const printed = errors.map((error) => printFailure(error));
  let toldMs = -Infinity;
  return (req, route) => {
    const beganMs = nowMs();
    const second = Math.floor(random() * SPREAD_SECONDS);
    const answered = printed[second];
    if (answered === undefined || beganMs - toldMs >= TOLD_EVERY_MS) {
      toldMs = beganMs;
      return new Exchange(req, route, scope).fail(errors[second]);
    }
    const response = respond(answered, requestIdOf(req, scope.ids), null);
    if (scope.telemetry !== null) {
      scope.metrics.request({
        ...{ route, method: methodOf(req), status: answered.status },
        seconds: toMicros(nowMs() - beganMs) / 1000,
        ...{ times: NO_STAGES, exemplar: null },
      });
    }
    return response;
  };
}

function overloaded(retryAfterSeconds: number): RetryLater {
  return new RetryLater(
    "overloaded",
    "Cannot answer now: more is asked than can be answered in time; try again later",
    { retryAfterSeconds },
  );
}
