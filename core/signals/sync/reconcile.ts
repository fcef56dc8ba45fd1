/**
 * Compares what was read with the source's own totals, and names why they differ.
 *
 * @module
 */
import { type Metric, METRICS, type Metrics } from "../../domain/signal.ts";
import type { Quality } from "../../domain/source.ts";

/**
 * How a slice compares. `equal`; or why not: the source said so itself (`sampled`,
 * `thresholded`, `other_row`, `noisy`), some records could not be read (`rejected`),
 * rows lay outside the days asked for (`time_zone`), only what is attributed differs
 * (`attribution`), the difference is what rounding each row can make (`rounding`), the
 * present day has moved on between two questions (`in_motion`), or rows are missing
 * or too many.
 */
export type Reconciliation =
  | "equal"
  | Quality
  | "rejected"
  | "time_zone"
  | "attribution"
  | "rounding"
  | "in_motion"
  | "rows_missing"
  | "rows_extra";

/** Differences after which the slice is read again, and fails if they stay. */
const UNEXPLAINED: ReadonlySet<Reconciliation> = new Set<Reconciliation>([
  "time_zone",
  "rows_missing",
  "rows_extra",
]);

const ATTRIBUTED: ReadonlySet<string> = new Set<Metric>([
  "conversions_millionths",
  "conversion_value_micros",
]);

/** What is compared. */
export interface Compared {
  /** Sums over the rows that were read. */
  readonly held: Metrics;
  /** The source's own totals, of the metrics that it tells. */
  readonly told: Metrics;
  readonly quality: readonly Quality[];
  /** Records that could not be read. */
  readonly rejected: number;
  /** Rows of other days than were asked for. */
  readonly outside: number;
  /** Rows that were read. */
  readonly rows: number;
  /** Whether the days asked for are still under way. */
  readonly inMotion: boolean;
}

/** What rounding can add to or take from one row: half a cent, half a millionth. */
const ROUNDING: Readonly<Record<(typeof METRICS)[Metric], bigint>> = {
  count: 0n,
  micros: 5000n,
  millionths: 1n,
};

/**
 * Compares.
 *
 * @param compared What was read, and what the source says.
 * @returns `equal`, or the cause of the difference.
 */
export function reconcile(compared: Compared): Reconciliation {
  const { held, told, quality, rejected, outside, rows } = compared;
  const differences = (Object.keys(told) as Metric[])
    .map((metric) => ({
      metric,
      by: (held[metric] ?? 0n) - (told[metric] ?? 0n),
    }))
    .filter(({ by }) => by !== 0n);
  if (differences.length === 0) return "equal";
  const [said] = quality;
  if (said !== undefined) return said;
  if (rejected > 0) return "rejected";
  if (outside > 0) return "time_zone";
  const rounded = differences.every(({ metric, by }) => {
    const most = ROUNDING[METRICS[metric]] * BigInt(Math.max(1, rows));
    return by <= most && by >= -most;
  });
  if (rounded) return "rounding";
  const delivered = Object.keys(told).some((metric) => !ATTRIBUTED.has(metric));
  if (delivered && differences.every(({ metric }) => ATTRIBUTED.has(metric))) {
    return "attribution";
  }
  if (compared.inMotion) return "in_motion";
  return differences.some(({ by }) => by < 0n) ? "rows_missing" : "rows_extra";
}

/** Whether a difference may be kept as it is, its cause beside it. */
export function isExplained(reconciliation: Reconciliation): boolean {
  return !UNEXPLAINED.has(reconciliation);
}

/**
 * Adds metrics up.
 *
 * @param all Metrics of any number of rows.
 * @returns Their sums, of the metrics that any has.
 */
export function sumMetrics(all: Iterable<Metrics>): Metrics {
  const sums: Partial<Record<Metric, bigint>> = {};
  for (const metrics of all) {
    for (const name in metrics) {
      const metric = name as Metric;
      sums[metric] = (sums[metric] ?? 0n) + (metrics[metric] ?? 0n);
    }
  }
  return sums;
}
