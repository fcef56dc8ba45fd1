/**
 * How much is observed of what the engine does, and where that goes.
 *
 * | variable | meaning | default |
 * | --- | --- | --- |
 * | `MOE_TELEMETRY` | `off`: requests are neither timed nor logged, unless they fail, to measure what that costs | `on` |
 * | `MOE_TRACE_SHARE` | share of the traces that is kept by chance, in [0, 1]; errors and what is slow always are | `0.01` |
 * | `MOE_TRACE_SLOW_MS` | what takes longer is slow, milliseconds | `50` |
 * | `MOE_OTLP_URL` | collector that kept traces and metrics are sent to by OTLP over HTTP, such as `http://127.0.0.1:4318` | |
 * | `MOE_LOG_LEVEL` | what of the log is written: `debug`, `info`, `warn` or `error`, and what is graver | `info` |
 *
 * @module
 */
import { z } from "zod";
import { LOG_LEVELS, type LogLevel } from "../telemetry/event_log.ts";

/** Variables of the environment. */
export const telemetryVariables = {
  MOE_TELEMETRY: z.enum(["on", "off"]).default("on"),
  MOE_TRACE_SHARE: z.coerce.number().min(0).max(1).default(0.01),
  MOE_TRACE_SLOW_MS: z.coerce.number().min(0).max(60_000).default(50),
  MOE_OTLP_URL: z.url({ protocol: /^https?$/ }).optional(),
  MOE_LOG_LEVEL: z.enum(LOG_LEVELS).default("info"),
};

const variables = z.object(telemetryVariables);

/** How much is observed. */
export interface TelemetryConfiguration {
  readonly isOn: boolean;
  /** Share of the traces that is kept by chance. */
  readonly traceShare: number;
  readonly slowMs: number;
  /** Collector; null for none. */
  readonly otlpUrl: string | null;
  readonly logLevel: LogLevel;
}

/** Reads it from what was parsed. */
export function telemetryOf(
  data: z.output<typeof variables>,
): TelemetryConfiguration {
  return {
    isOn: data.MOE_TELEMETRY === "on",
    traceShare: data.MOE_TRACE_SHARE,
    slowMs: data.MOE_TRACE_SLOW_MS,
    otlpUrl: data.MOE_OTLP_URL ?? null,
    logLevel: data.MOE_LOG_LEVEL,
  };
}
