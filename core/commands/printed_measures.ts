/**
 * Measures as a table: value, interval and baseline side by side.
 *
 * @module
 */
import type { Interval } from "../domain/evidence.ts";
import { printTable } from "./terminal.ts";

/** Prints measures, each `baseline_…` beside what it is the baseline of. */
export function printMeasures(
  metrics: Readonly<Record<string, number>>,
  intervals: Readonly<Record<string, Interval>>,
): string[] {
  return printTable(
    [
      { heading: "metric" },
      { heading: "value", numeric: true },
      { heading: "90 % interval", numeric: true },
      { heading: "baseline", numeric: true },
    ],
    Object.entries(metrics).filter(([name]) => !name.startsWith("baseline_"))
      .map(([name, value]) => [
        name,
        value.toPrecision(5),
        intervals[name]?.map((end) => end.toPrecision(5)).join(" to ") ?? "",
        metrics[`baseline_${name}`]?.toPrecision(5) ?? "",
      ]),
  );
}
