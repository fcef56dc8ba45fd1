/**
 * The set that boosting is measured on: 28 columns, of which some count alone, some
 * together and many not at all; chances by a coin for each row.
 *
 * @module
 */
import { seededRandom } from "../../core/domain/random.ts";

/** Columns of the set. */
export const COLUMNS = 28;

/** Rows with labels of 0 and 1. */
export interface BoostedRows {
  readonly columns: readonly Float64Array[];
  readonly label: Float64Array;
}

/**
 * Draws rows.
 *
 * @param rows How many.
 * @param seed Which.
 * @returns The rows.
 */
export function plantBoostedRows(rows: number, seed: number): BoostedRows {
  const random = seededRandom(seed);
  const columns = Array.from(
    { length: COLUMNS },
    () => Float64Array.from({ length: rows }, () => random.normal()),
  );
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const x = (at: number) => columns[at]?.[row] ?? 0;
    const odds = Math.abs(x(0)) * x(1) + Math.sin(2 * x(2)) / 2 + 0.3 * x(3) -
      (x(4) > 0.5 ? 0.5 : 0) + 0.2 * x(5) * x(6) + 0.1 * x(7);
    return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  return { columns, label };
}
