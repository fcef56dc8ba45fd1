/**
 * What is observed of requests and of work in the background: which of their traces are
 * kept, and where those go.
 *
 * @module
 */
import {
  createKeeping,
  type Ended,
  KEEP_REASONS,
  type KeepReason,
  type KeepRules,
} from "./keeping.ts";
import type { Trace, TraceFacts, TraceStage } from "./trace.ts";
import { createTraceIds, type TraceIds } from "./trace_ids.ts";
import { createTraceQueue, type TraceQueue } from "./trace_queue.ts";

/** A request that is kept. */
export interface KeptRequest extends
  Pick<
    Trace,
    "traceId" | "parentId" | "name" | "durationMs" | "isWrong" | "facts"
  > {
  /** When it ended, milliseconds since 1970. */
  readonly endedMs: number;
  readonly stages: readonly TraceStage[];
}

/** Work in the background that ended. */
export interface EndedWork {
  readonly name: string;
  readonly seconds: number;
  readonly isWrong: boolean;
  readonly facts: TraceFacts;
}

/** Counts of traces, since the start. */
export interface TraceCounts {
  /** Those that were kept, by why. */
  readonly kept: Readonly<Partial<Record<KeepReason, number>>>;
  /** Those of them that were lost. */
  readonly dropped: number;
}

/** What observes. */
export interface Telemetry {
  /** Ids of traces that begin here. */
  readonly ids: TraceIds;
  /** Why the trace of a request is to be kept; null if it is not. */
  reasonFor(ended: Ended): KeepReason | null;
  /** Keeps the trace of a request. */
  keep(request: KeptRequest, reason: KeepReason): void;
  /** Keeps the trace of work in the background. */
  work(ended: EndedWork): void;
  counts(): TraceCounts;
  /** Kept traces that wait to be sent; null where nobody takes them. */
  readonly queue: TraceQueue | null;
}

/** How to observe. */
export interface TelemetryRules extends KeepRules {
  /** Whether kept traces are sent anywhere. */
  readonly isSent: boolean;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

/**
 * Opens what observes.
 *
 * @param rules Which traces to keep.
 * @returns What observes.
 */
export function createTelemetry(rules: TelemetryRules): Telemetry {
  const ids = createTraceIds();
  const queue = rules.isSent ? createTraceQueue() : null;
  const kept = Object.fromEntries(
    KEEP_REASONS.map((reason) => [reason, 0]),
  ) as Record<KeepReason, number>;
  return {
    ...{ ids, queue },
    reasonFor: createKeeping(rules),
    keep({ endedMs, facts, ...request }, reason) {
      kept[reason]++;
      queue?.add({
        ...{ ...request, spanId: ids.span(), kind: "server" },
        startedMs: endedMs - request.durationMs,
        facts: { ...facts, "moe.kept": reason },
      }, reason);
    },
    work({ name, seconds, isWrong, facts }) {
      const reason = isWrong ? "error" : "share";
      kept[reason]++;
      const durationMs = seconds * 1000;
      queue?.add({
        ...{ name, durationMs, isWrong, stages: [], parentId: null },
        ...{ traceId: ids.trace(), spanId: ids.span(), kind: "internal" },
        startedMs: rules.wallMs() - durationMs,
        facts: { ...facts, "moe.kept": reason },
      }, reason);
    },
    counts: () => ({ kept, dropped: queue?.dropped() ?? 0 }),
  };
}
