/**
 * Stored totals as the domain tells them.
 *
 * @module
 */
import { ENTITY_TYPES, type EntityIds } from "../domain/entity.ts";
import type { Metric, PerformanceSignal } from "../domain/signal.ts";
import { METRIC_COLUMNS } from "./signal_columns.ts";
import type { Row } from "./sql.ts";
import { idColumn } from "./tables/columns.ts";

/** Reads a row of `performance`. */
export function toSignal(row: Row): PerformanceSignal {
  const level = ENTITY_TYPES.find((type) => type === row.level);
  if (level === undefined) throw new TypeError("A stored level is unknown");
  return {
    grain: "performance",
    report: String(row.report),
    level,
    entities: idsOf(row),
    day: String(row.day),
    periodDays: Number(row.period_days),
    zone: String(row.zone),
    currency: String(row.currency),
    breakdowns: row.breakdowns as Record<string, string>,
    attribution: String(row.attribution),
    metrics: metricsOf(row),
    ...(row.record !== null && { record: String(row.record) }),
  };
}

/** Ids of a stored row, by type. */
export function idsOf(row: Row): EntityIds {
  const ids: Record<string, string> = {};
  for (const type of ENTITY_TYPES) {
    const id = row[idColumn(type)];
    if (id !== null) ids[type] = String(id);
  }
  return ids;
}

/** Metrics of a stored row; those that the source did not tell are absent. */
export function metricsOf(
  row: Row,
  prefix = "",
): Partial<Record<Metric, bigint>> {
  const metrics: Partial<Record<Metric, bigint>> = {};
  for (const metric of METRIC_COLUMNS) {
    const total = row[`${prefix}${metric}`];
    if (typeof total === "bigint") metrics[metric as Metric] = total;
  }
  return metrics;
}
