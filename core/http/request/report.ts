/**
 * What is told of a request that was answered: measured, kept as a trace if there is a
 * reason to, and logged.
 *
 * @module
 */
import type { HonoRequest } from "hono/request";
import type { ErrorCode } from "../../domain/error.ts";
import type { StageTimes } from "../../domain/stages.ts";
import type { Clock, Ids } from "../../ports/clock.ts";
import type { Caller } from "../../ports/access.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import {
  factsOfModel,
  stagesOf,
  type TraceFacts,
  type TraceStage,
} from "../../telemetry/trace.ts";
import type { AccessEntry } from "../access_log.ts";
import type { Metrics } from "../metrics.ts";
import { parseTraceparent } from "../trace_context.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** Where the exchanges of an app report. */
export interface ExchangeScope {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly metrics: Pick<Metrics, "request">;
  /** What is observed; null for nothing but failures. */
  readonly telemetry: Telemetry | null;
  log(entry: AccessEntry): void;
}

/** A decision as it is observed. */
export interface DecisionSeen {
  readonly id: string;
  readonly rung: string;
  /** Version that answered, `name@version`; null if none did. */
  readonly modelVersion: string | null;
}

/** A request, and what came up on its way. */
export interface Seen {
  readonly req: HonoRequest;
  /** Path pattern. */
  readonly route: string;
  readonly requestId: string;
  readonly times: StageTimes;
  readonly caller: Caller | null;
  readonly decision: DecisionSeen | null;
}

/** How a request ended. */
export interface Closed {
  readonly status: number;
  readonly durationMs: number;
  readonly failure: Failure | null;
}

/**
 * Names a method.
 *
 * @returns `OTHER` for one that no route has, so that callers cannot make up names.
 */
export function methodOf({ method }: Pick<HonoRequest, "method">): string {
  return METHODS.has(method) ? method : "OTHER";
}

/** Measures, keeps and logs. */
export function report(scope: ExchangeScope, seen: Seen, closed: Closed): void {
  const { req, route, times, caller, decision } = seen;
  const { status, durationMs, failure } = closed;
  const { telemetry } = scope;
  const method = methodOf(req);
  const isWrong = status >= 500 && failure?.code !== "overloaded";
  const context = parseTraceparent(req.header("traceparent"));
  const traceId = context?.traceId ?? telemetry?.ids.trace() ?? null;
  const kept = telemetry?.reasonFor({
    chance: context?.isRandom === false ? telemetry.ids.span() : traceId ?? "",
    sampled: context?.sampled ?? false,
    rung: decision?.rung ?? null,
    status,
    isWrong,
    durationMs,
  }) ?? null;
  const at = scope.clock.now();
  const stages = kept === null ? null : stagesOf(times);
  if (telemetry !== null) {
    const exemplar = kept === null ? null : traceId;
    const seconds = durationMs / 1000;
    scope.metrics.request({ route, method, status, seconds, times, exemplar });
  }
  if (telemetry && kept !== null && traceId !== null) {
    telemetry.keep({
      ...{ traceId, durationMs, isWrong, stages: stages ?? [] },
      ...{ parentId: context?.parentId ?? null, name: `${method} ${route}` },
      ...{ endedMs: Date.parse(at), facts: factsOf(seen, closed, method) },
    }, kept);
  }
  scope.log({
    at,
    level: isWrong ? "error" : "info",
    event: "request",
    requestId: seen.requestId,
    traceId,
    parentId: context?.parentId ?? null,
    method,
    route,
    status,
    durationMs,
    tenant: caller?.tenant ?? null,
    key: caller?.id ?? null,
    decision: decision?.id ?? null,
    kept,
    stages: stages && printStages(stages),
    code: failure?.code ?? null,
    error: failure !== null && isWrong ? printInside(failure.error) : null,
  });
}

function printStages(
  stages: readonly TraceStage[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    stages.map(({ name, tookMs }) => [name, toMicros(tookMs)]),
  );
}

function factsOf(
  { requestId, route, caller, decision }: Seen,
  { status, failure }: Closed,
  method: string,
): TraceFacts {
  return {
    "http.request.method": method,
    "http.route": route,
    "http.response.status_code": status,
    "error.type": failure?.code ?? null,
    "moe.request.id": requestId,
    "moe.tenant": caller?.tenant ?? null,
    ...decision && {
      "moe.decision.id": decision.id,
      ...factsOfModel({ rung: decision.rung, model: decision.modelVersion }),
    },
  };
}

/** Milliseconds, to the microsecond. */
export function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** What went wrong. */
export interface Failure {
  readonly code: ErrorCode;
  readonly error: unknown;
}

function printInside(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined
    ? own
    : `${own}\ncaused by ${printInside(error.cause)}`;
}
