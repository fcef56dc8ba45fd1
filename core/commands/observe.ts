/**
 * What a server observes of itself, as it is configured: traces, metrics that are pushed, and
 * the lines of its log.
 *
 * @module
 */
import type { App } from "../http/app.ts";
import type { AccessEntry } from "../http/access_log.ts";
import { isTold, type LogLine, printLine } from "../telemetry/event_log.ts";
import { type Pushing, startPush } from "../telemetry/push.ts";
import { createTelemetry, type Telemetry } from "../telemetry/telemetry.ts";
import type { TelemetryConfiguration } from "./configured_telemetry.ts";
import type { LogLines } from "./log_lines.ts";
import { type Opened, VERSION } from "./open.ts";

/**
 * Opens what observes requests.
 *
 * @param configuration How much.
 * @returns What observes; null for nothing.
 */
export function openTelemetry(
  { isOn, traceShare, slowMs, otlpUrl }: TelemetryConfiguration,
): Telemetry | null {
  if (!isOn) return null;
  return createTelemetry({
    ...{ share: traceShare, slowMs, isSent: otlpUrl !== null },
    nowMs: () => performance.now(),
    wallMs: Date.now,
  });
}

/**
 * Starts to send what is kept to the collector.
 *
 * @param telemetry What is kept.
 * @param metrics What is measured.
 * @param where Collector, and what names the process.
 * @returns What stops it; null where nothing is sent.
 */
export function pushTelemetry(
  telemetry: Telemetry | null,
  metrics: Pick<App["metrics"], "families" | "sent">,
  { url, ids }: { readonly url: string | null; readonly ids: Opened["ids"] },
): Pushing | null {
  if (url === null || !telemetry?.queue) return null;
  return startPush({
    ...{ url, queue: telemetry.queue, nowMs: Date.now },
    spanId: () => telemetry.ids.span(),
    resource: { version: VERSION, node: ids.next("node") },
    metrics: () => metrics.families(),
    sent: metrics.sent,
  });
}

/**
 * Measures of work in the background that also leave a trace.
 *
 * @param metrics What measures.
 * @param telemetry What keeps traces; null for nothing.
 * @returns What measures and keeps.
 */
export function traceWork(
  metrics: App["metrics"],
  telemetry: Telemetry | null,
): App["metrics"] {
  if (telemetry === null) return metrics;
  return {
    ...metrics,
    job(measured) {
      metrics.job(measured);
      const { job, outcome, seconds } = measured;
      telemetry.work({
        ...{ name: `job ${job}`, seconds, isWrong: outcome === "failed" },
        facts: { "moe.job": job, "moe.outcome": outcome },
      });
    },
    synced(sync) {
      metrics.synced(sync);
      const { tenant, source, outcome, code, durationMs = 0 } = sync;
      telemetry.work({
        ...{ name: `sync ${source}`, seconds: durationMs / 1000 },
        isWrong: outcome === "failed",
        facts: {
          ...{ "moe.tenant": tenant, "moe.source": source },
          ...{ "moe.outcome": outcome, "error.type": code },
          "moe.failures": sync.failures.length,
        },
      });
    },
  };
}

/**
 * Makes what writes lines of requests.
 *
 * @param lines Where they go.
 * @param configuration Which are written.
 * @returns What writes one.
 */
export function writeRequests(
  lines: LogLines,
  { logLevel }: TelemetryConfiguration,
): (entry: AccessEntry) => void {
  return (entry) => {
    if (!isTold(entry.level, logLevel)) return;
    if (entry.level === "error") lines.now(printLine(entry));
    else lines.add(JSON.stringify(entry));
  };
}

/**
 * Writes a line of work in the background, if it is grave enough.
 *
 * @param write Writes a text of one line.
 * @param configuration Which are written.
 * @param line What to write.
 */
export function writeEvent(
  write: (text: string) => void,
  { logLevel }: TelemetryConfiguration,
  line: LogLine,
): void {
  if (isTold(line.level, logLevel)) write(printLine(line));
}
