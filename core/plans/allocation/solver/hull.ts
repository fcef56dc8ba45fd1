/**
 * Upper concave hulls of points: envelopes that have vertices.
 *
 * @module
 */
import type { Polygon } from "./cover.ts";

/** A concave polygon. */
export interface Hull {
  /** Amounts, ascending, shape [vertices]. */
  readonly x: Float64Array;
  /** Outcome there, less the fee where there is one. */
  readonly y: Float64Array;
  /** Slope to the next vertex, falling, shape [vertices − 1]. */
  readonly slope: Float64Array;
}

/** The least concave polygon that is nowhere below some points, amounts ascending. */
export function buildHull({ x, y }: Polygon): Hull {
  const kept: number[] = [];
  for (let at = 0; at < x.length; at++) {
    while (kept.length > 0 && isBelow({ x, y }, kept, at)) kept.pop();
    const last = kept.at(-1);
    if (last !== undefined && x[at] === x[last]) continue;
    kept.push(at);
  }
  const slope = new Float64Array(Math.max(kept.length - 1, 0));
  for (let step = 0; step < slope.length; step++) {
    slope[step] = slopeOf(
      { x, y },
      kept[step] as number,
      kept[step + 1] as number,
    );
  }
  return {
    x: Float64Array.from(kept, (at) => x[at] as number),
    y: Float64Array.from(kept, (at) => y[at] as number),
    slope,
  };
}

/** Whether the last vertex kept lies on or below the line that passes it by. */
function isBelow(
  { x, y }: Polygon,
  kept: readonly number[],
  next: number,
): boolean {
  const last = kept.at(-1) as number;
  if (x[last] === x[next]) return (y[last] as number) <= (y[next] as number);
  const before = kept.at(-2);
  return before !== undefined &&
    slopeOf({ x, y }, before, last) <= slopeOf({ x, y }, last, next);
}

function slopeOf({ x, y }: Polygon, from: number, to: number): number {
  return ((y[to] as number) - (y[from] as number)) /
    ((x[to] as number) - (x[from] as number));
}

/** Number of parts that are steeper than a price, or as steep where more is taken. */
export function countSteeper(
  { slope }: Hull,
  price: number,
  equal: boolean,
): number {
  let left = 0;
  let right = slope.length;
  while (left < right) {
    const middle = (left + right) >> 1;
    const here = slope[middle] as number;
    if (here > price || (equal && here === price)) left = middle + 1;
    else right = middle;
  }
  return left;
}
