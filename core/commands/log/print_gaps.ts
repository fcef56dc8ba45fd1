/**
 * Gaps that a log tells of itself, printed.
 *
 * @module
 */
import type { ToldGaps } from "../../decisions/log/verifying/walk.ts";

/** Prints a line for each of the latest gaps, and how many there are in all. */
export function printGaps({ count, records, gaps }: ToldGaps): string[] {
  if (count === 0) return [];
  return [
    `  the log tells of ${count} gaps; ${records} records never came into it`,
    ...gaps.map(({ at, reason, count, detail }) =>
      `  gap  ${at}  ${reason}  ${count ?? "?"} records${
        detail === undefined ? "" : `  ${detail}`
      }`
    ),
  ];
}
