/**
 * The bounds of groups, narrowed to what is below them.
 *
 * @module
 */
import type { Market } from "./market.ts";

/** What all can take together. */
export interface Range {
  /** Least and most within the bounds of groups. */
  readonly least: number;
  readonly most: number;
  /** The same without regard to groups. */
  readonly floors: number;
  readonly caps: number;
}

/** Part of a sum of floors, or of a floor, that it may be off by. */
export const NEAR = 1e-12;

/** Least and most that each node can take, its bounds narrowed to that; null if some cannot. */
export function narrowBounds(
  { t, tree, bench }: Omit<Market, "node">,
): Range | null {
  const { lo, hi } = bench;
  let [floors, caps] = [0, 0];
  lo.fill(0);
  hi.fill(0);
  for (let node = 0; node < tree.count; node++) {
    let least = lo[node] as number;
    let most = hi[node] as number;
    const end = tree.end[node] as number;
    for (let at = tree.direct[node] as number; at < end; at++) {
      const from = t.lo[at] as number;
      const to = t.hi[at] as number;
      if (from > to) return null;
      least += from;
      most += to;
      floors += from;
      caps += to;
    }
    const above = tree.parent[node] as number;
    if (above < 0) return { least, most, floors, caps };
    const floor = tree.lo[node] as number;
    const cap = tree.hi[node] as number;
    const crossed = least * (1 - NEAR) > cap || most < floor * (1 - NEAR);
    if (crossed || floor > cap) return null;
    lo[node] = Math.max(least, Math.min(floor, most));
    hi[node] = Math.min(most, Math.max(cap, least));
    lo[above] = (lo[above] as number) + (lo[node] as number);
    hi[above] = (hi[above] as number) + (hi[node] as number);
  }
  return null;
}
