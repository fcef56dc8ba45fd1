/**
 * Metrics as text: Prometheus' own format, or OpenMetrics, which also tells a trace for a
 * bucket of a histogram.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/, read on 2026-11-26
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/, read on 2026-11-26
 * @module
 */
import type { Exemplar, Family, Sample } from "./family.ts";

/** A text format. */
export interface Format {
  /** Content type. */
  readonly type: string;
  /** Whether it is OpenMetrics. */
  readonly isOpenMetrics: boolean;
}

const PROMETHEUS: Format = {
  type: "text/plain; version=0.0.4; charset=utf-8",
  isOpenMetrics: false,
};
const OPEN_METRICS: Format = {
  type: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  isOpenMetrics: true,
};
const TOTAL = /_total$/;

/**
 * Chooses the format that a reader wants.
 *
 * @param accept Its `Accept` header.
 * @returns OpenMetrics if it takes that, and Prometheus' own otherwise.
 */
export function formatFor(accept: string | undefined): Format {
  return /application\/openmetrics-text/i.test(accept ?? "")
    ? OPEN_METRICS
    : PROMETHEUS;
}

/**
 * Prints metrics.
 *
 * @param families The metrics.
 * @param format How.
 * @returns The text.
 */
export function printFamilies(
  families: readonly Family[],
  { isOpenMetrics }: Format,
): string {
  const printed = families.map((family) => {
    const { name, help, type } = family;
    const isCounter = isOpenMetrics && type === "counter";
    const told = isCounter ? name.replace(TOTAL, "") : name;
    const suffix = isCounter ? "_total" : "";
    return [
      `# HELP ${told} ${escapeText(help)}\n`,
      `# TYPE ${told} ${type}\n`,
      ...family.samples.map((sample) =>
        `${told}${suffix}${printSample(sample, isOpenMetrics)}\n`
      ),
    ].join("");
  });
  return `${printed.join("")}${isOpenMetrics ? "# EOF\n" : ""}`;
}

function printSample(
  { suffix, labels, value, exemplar }: Sample,
  isOpenMetrics: boolean,
): string {
  const printed = `${suffix}${printLabels(labels)} ${printNumber(value)}`;
  return isOpenMetrics && exemplar !== undefined
    ? `${printed} # ${printExemplar(exemplar)}`
    : printed;
}

function printExemplar({ traceId, value, atSeconds }: Exemplar): string {
  return `${printLabels({ ["trace_id"]: traceId })} ${printNumber(value)} ${
    atSeconds.toFixed(3)
  }`;
}

function printLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, text]) =>
    `${label}="${escapeText(text).replaceAll('"', '\\"')}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function printNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

/** No text can begin a line of its own. */
function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}
