/**
 * Sends traces within seconds and metrics each minute to a collector, by OTLP over HTTP.
 * What cannot be sent waits for the next time; nobody else waits for it.
 *
 * @module
 */
import type { Family } from "./family.ts";
import { printMetrics, printTraces, type Resource } from "./otlp.ts";
import type { TraceQueue } from "./trace_queue.ts";

/** Pause between two looks at what waits. */
const ROUND_MS = 2000;
/** Rounds between two sendings of metrics. */
const METRICS_ROUNDS = 30;
/** Longest that a collector may take. */
const LONGEST_MS = 5000;
/** Traces of one request. */
const MOST_TRACES = 256;

/** What is sent. */
export type Signal = "traces" | "metrics";

/** What it works with. */
export interface PushScope {
  /** Address of the collector, such as `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly resource: Resource;
  readonly queue: TraceQueue;
  /** Makes ids of spans. */
  spanId(): string;
  metrics(): Promise<readonly Family[]>;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Told of each sending. */
  sent(signal: Signal, outcome: "ok" | "failed"): void;
  /** Pause between rounds, ms; 2 s unless given. */
  readonly roundMs?: number;
}

/** Sends until it is told to stop. */
export interface Pushing {
  /** Sends what waits a last time, and ends. */
  stop(): Promise<void>;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function startPush(scope: PushScope): Pushing {
  const startedMs = scope.nowMs();
  let rounds = 0;
  let sending = Promise.resolve();
  function send(withMetrics: boolean): Promise<void> {
    return sending = sending.then(async () => {
      await sendTraces(scope);
      if (withMetrics) await sendMetrics(scope, startedMs);
    });
  }
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    rounds++;
    send(rounds % METRICS_ROUNDS === 0).finally(() => isBusy = false);
  }, scope.roundMs ?? ROUND_MS);
  return {
    stop() {
      clearInterval(timer);
      return send(true);
    },
  };
}

async function sendTraces(scope: PushScope): Promise<void> {
  const { queue, resource, spanId } = scope;
  for (
    let traces = queue.take(MOST_TRACES);
    traces.length > 0;
    traces = queue.take(MOST_TRACES)
  ) {
    const body = printTraces(resource, traces, spanId);
    const end = await post(scope, "traces", body);
    if (end === "refused") queue.lose(traces);
    if (end !== "later") continue;
    queue.putBack(traces);
    return;
  }
}

async function sendMetrics(
  scope: PushScope,
  startedMs: number,
): Promise<void> {
  const { resource, metrics, nowMs } = scope;
  const time = { startedMs, nowMs: nowMs() };
  const families = await metrics().catch(() => null);
  if (families === null) return scope.sent("metrics", "failed");
  await post(scope, "metrics", printMetrics(resource, families, time));
}

/** Whether the collector took it, or may later; what it refuses for good is not sent again. */
async function post(
  { url, sent }: PushScope,
  signal: Signal,
  body: string,
): Promise<"taken" | "later" | "refused"> {
  const status = await answerOf(
    `${url.replace(/\/+$/, "")}/v1/${signal}`,
    body,
  );
  const isTaken = status >= 200 && status < 300;
  sent(signal, isTaken ? "ok" : "failed");
  if (isTaken) return "taken";
  return status === 0 || status === 429 || status >= 500 ? "later" : "refused";
}

/** Status, 0 for none. */
async function answerOf(url: string, body: string): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}
