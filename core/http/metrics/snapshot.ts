/**
 * Gauges whose values are all told anew when they are read, and may be many: prom-client looks
 * up and hashes the labels of each, which for ten thousand sources held up every decision for
 * half a second.
 *
 * @module
 */
import type { Metric, Registry } from "prom-client";
import type { ToldMetric } from "../../telemetry/family.ts";

/** How a gauge is told. */
export interface SnapshotTerms {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** Values of a gauge. */
export interface Snapshot {
  /** Forgets all. */
  clear(): void;
  /** Adds the value of a series, whose labels nobody has added since it was cleared. */
  add(labels: readonly string[], value: number): void;
}

/**
 * Registers a gauge.
 *
 * @param registry Where.
 * @param terms Name and labels.
 * @returns Its values, none yet.
 */
export function registerSnapshot(
  registry: Registry,
  { name, help, labelNames }: SnapshotTerms,
): Snapshot {
  let values: ToldMetric["values"][number][] = [];
  const metric = {
    ...{ name, help, labelNames },
    get: () =>
      Promise.resolve({ name, help, type: "gauge", aggregator: "sum", values }),
  };
  registry.registerMetric(metric as unknown as Metric);
  return {
    clear: () => values = [],
    add(given, value) {
      const labels = Object.fromEntries(
        labelNames.map((label, place) => [label, given[place] ?? ""]),
      );
      values.push({ value, labels });
    },
  };
}
