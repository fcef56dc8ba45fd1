/**
 * What is measured of each request: how long it took, all in all and in each stage, and a
 * kept trace for each bucket of the former.
 *
 * @module
 */
import type { Registry } from "prom-client";
import { STAGES, type StageTimes } from "../../domain/stages.ts";
import type { Exemplar, Sample } from "../../telemetry/family.ts";
import { registerHistogram, type Series } from "./histogram.ts";

const DURATION = "moe_http_request_duration_seconds";

/** Bounds of the duration's buckets, seconds: from 50 µs, as scoring takes less than a millisecond. */
const SECONDS = [
  0.00005,
  0.0001,
  0.00025,
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.15,
  0.25,
  0.5,
  1,
  2.5,
  10,
];

/** Bounds of the buckets of stages, seconds. */
const STAGE_SECONDS = [
  0.00001,
  0.00005,
  0.00025,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  1,
  10,
];

/** One answered request, as it is measured. */
export interface Measured {
  /** Path pattern, such as `/decisions/{id}`. */
  readonly route: string;
  /** HTTP method, or `OTHER`. */
  readonly method: string;
  /** HTTP status. */
  readonly status: number;
  /** From the request's arrival to the answer. */
  readonly seconds: number;
  /** Where the time went. */
  readonly times: StageTimes;
  /** Its trace, if that is kept. */
  readonly exemplar: string | null;
}

/** Measures requests. */
export interface Latency {
  /** Counts and times a request. */
  request(measured: Measured): void;
  /** The trace that shows what a value of a metric stands for; null if there is none. */
  exemplarOf(name: string, sample: Sample): Exemplar | null;
}

/**
 * Registers the metrics.
 *
 * @param registry Where.
 * @param nowMs Milliseconds since 1970.
 * @returns What measures.
 */
export function registerLatency(
  registry: Registry,
  nowMs: () => number,
): Latency {
  const duration = registerHistogram(registry, {
    name: DURATION,
    help: "Time from a request's arrival to its answer",
    labelNames: ["route", "method", "status_class"],
    buckets: SECONDS,
  });
  const stage = registerHistogram(registry, {
    name: "moe_stage_duration_seconds",
    help: "Time that requests spent in a stage, of those that passed through",
    labelNames: ["stage"],
    buckets: STAGE_SECONDS,
  });
  const stages = STAGES.map((name) => stage(name));
  const series = new Map<string, Series>();
  const shown = new Map<string, Exemplar>();
  return {
    request({ route, method, status, seconds, times, exemplar }) {
      const statusClass = `${Math.floor(status / 100)}xx`;
      const key = `${route} ${method} ${statusClass}`;
      let known = series.get(key);
      if (known === undefined) {
        known = duration(route, method, statusClass);
        series.set(key, known);
      }
      known.observe(seconds);
      for (let place = 0; place < stages.length; place++) {
        const tookMs = times.tookMs[place] ?? 0;
        if (tookMs > 0) stages[place]?.observe(tookMs / 1000);
      }
      if (exemplar === null) return;
      const bucket = SECONDS.find((bound) => seconds <= bound) ?? "+Inf";
      shown.set(`${key} ${bucket}`, {
        ...{ traceId: exemplar, value: seconds, atSeconds: nowMs() / 1000 },
      });
    },
    exemplarOf(name, { suffix, labels }) {
      if (name !== DURATION || suffix !== "_bucket") return null;
      const { route, method, ["status_class"]: status, le } = labels;
      return shown.get([route, method, status, le].join(" ")) ?? null;
    },
  };
}
