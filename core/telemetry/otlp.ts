/**
 * Traces and metrics as OTLP's JSON, by hand: the kept library for it is fourteen packages,
 * and what is sent here is a few objects.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, read on 2026-11-26
 * @module
 */
import type { Family, Sample } from "./family.ts";
import type { Trace, TraceFacts } from "./trace.ts";

/** What the values of a process are told of. */
export interface Resource {
  /** Version of the engine. */
  readonly version: string;
  /** Names the process. */
  readonly node: string;
}

const SCOPE = { name: "moe" };
/** OTLP's numbers for kinds of spans. */
const KINDS = { internal: 1, server: 2 } as const;
const STATUS_ERROR = { code: 2 };
/** Values since the start, and not since those sent before. */
const CUMULATIVE = 2;

/** An attribute of OTLP. */
interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number>>;
}

/**
 * Prints traces, each as a span with a span for each of its stages.
 *
 * @param resource Whose they are.
 * @param traces The traces.
 * @param spanId Makes ids of spans.
 * @returns Body of `POST /v1/traces`.
 */
export function printTraces(
  resource: Resource,
  traces: readonly Trace[],
  spanId: () => string,
): string {
  const spans = traces.flatMap((trace) => [
    spanOf(trace),
    ...trace.stages.map(({ name, begunMs, tookMs }) => ({
      traceId: trace.traceId,
      spanId: spanId(),
      parentSpanId: trace.spanId,
      name,
      kind: KINDS.internal,
      ...span(trace.startedMs + begunMs, tookMs),
    })),
  ]);
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: attributesOf(resourceFacts(resource)) },
      scopeSpans: [{ scope: SCOPE, spans }],
    }],
  });
}

function spanOf(trace: Trace) {
  const { traceId, spanId, parentId, name, kind, facts, isWrong } = trace;
  return {
    ...{ traceId, spanId, name, kind: KINDS[kind] },
    ...parentId !== null && { parentSpanId: parentId },
    ...span(trace.startedMs, trace.durationMs),
    attributes: attributesOf(facts),
    ...isWrong && { status: STATUS_ERROR },
  };
}

function span(startedMs: number, tookMs: number) {
  return {
    startTimeUnixNano: nanos(startedMs),
    endTimeUnixNano: nanos(startedMs + tookMs),
  };
}

/** Nanoseconds since 1970, as OTLP's JSON writes 64 bits, to the microsecond. */
function nanos(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

function resourceFacts({ version, node }: Resource): TraceFacts {
  return {
    "service.name": "moe",
    "service.version": version,
    "service.instance.id": node,
  };
}

function attributesOf(facts: TraceFacts): readonly Attribute[] {
  return Object.entries(facts).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: printValue(value) }]
  );
}

function printValue(value: string | number): Attribute["value"] {
  if (typeof value === "string") return { stringValue: value };
  return Number.isSafeInteger(value)
    ? { intValue: String(value) }
    : { doubleValue: value };
}

/**
 * Prints metrics.
 *
 * @param resource Whose they are.
 * @param families The metrics.
 * @param time When they began, and when they were read, milliseconds since 1970.
 * @returns Body of `POST /v1/metrics`.
 */
export function printMetrics(
  resource: Resource,
  families: readonly Family[],
  time: { readonly startedMs: number; readonly nowMs: number },
): string {
  const when = {
    startTimeUnixNano: nanos(time.startedMs),
    timeUnixNano: nanos(time.nowMs),
  };
  const metrics = families.filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => ({
      ...{ name, description: help },
      ...type === "histogram"
        ? {
          histogram: {
            aggregationTemporality: CUMULATIVE,
            dataPoints: histogramsOf(samples).map((one) => ({
              ...when,
              ...one,
            })),
          },
        }
        : type === "counter"
        ? {
          sum: {
            aggregationTemporality: CUMULATIVE,
            isMonotonic: true,
            dataPoints: samples.map((one) => ({ ...when, ...pointOf(one) })),
          },
        }
        : {
          gauge: {
            dataPoints: samples.map((one) => ({ ...when, ...pointOf(one) })),
          },
        },
    }));
  return JSON.stringify({
    resourceMetrics: [{
      resource: { attributes: attributesOf(resourceFacts(resource)) },
      scopeMetrics: [{ scope: SCOPE, metrics }],
    }],
  });
}

function pointOf({ labels, value }: Sample) {
  return { attributes: attributesOf(labels), asDouble: value };
}

/** Buckets that add up become buckets that stand by themselves. */
function histogramsOf(samples: readonly Sample[]) {
  const bySeries = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    bySeries.set(key, [...bySeries.get(key) ?? [], sample]);
  }
  return [...bySeries].map(([key, own]) => {
    const buckets = own.filter(({ suffix }) => suffix === "_bucket");
    const valueOf = (suffix: Sample["suffix"]) =>
      own.find((one) => one.suffix === suffix)?.value ?? 0;
    return {
      attributes: attributesOf(JSON.parse(key)),
      count: String(valueOf("_count")),
      sum: valueOf("_sum"),
      explicitBounds: buckets.map(({ labels }) => Number(labels.le))
        .filter(Number.isFinite),
      bucketCounts: buckets.map(({ value }, place) =>
        String(value - (buckets[place - 1]?.value ?? 0))
      ),
    };
  });
}
