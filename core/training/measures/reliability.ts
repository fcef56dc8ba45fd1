/**
 * How often what was said happened, for rows of similar chances.
 *
 * @module
 */
import type { ReliabilityPoint } from "../../domain/evidence.ts";
import { orderOf, type Scored } from "./weighted.ts";

const POINTS = 10;

/** One point for each tenth of the rows by score; fewer when there are few rows. */
export function reliabilityOf({ label, score }: Scored): ReliabilityPoint[] {
  const order = orderOf(score);
  const points = Math.min(POINTS, order.length);
  return Array.from({ length: points }, (_, point) => {
    const rows = order.subarray(
      Math.floor(order.length * point / points),
      Math.floor(order.length * (point + 1) / points),
    );
    const meanOf = (values: Float64Array) =>
      rows.reduce((sum, row) => sum + (values[row] ?? NaN), 0) / rows.length;
    return { said: meanOf(score), happened: meanOf(label), rows: rows.length };
  });
}
