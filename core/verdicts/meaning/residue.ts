/**
 * Numbers for comparisons that weigh several facts: the box is halved until a pick
 * fits, nothing is left, or the budget is spent.
 *
 * @module
 */
import { type Box, cutAt, middleOf, withDomain } from "./domain.ts";
import { compare } from "./estimate.ts";
import { pickFacts, type Style } from "./sample.ts";
import type { Space } from "./space.ts";
import { readsOf, type Term } from "./term.ts";

/** A comparison and how it must come out, as one bit. */
export interface Demand {
  readonly term: Term;
  readonly outcome: number;
}

/** One value for each fact, or that there are none, or that none was found. */
export type Solution = Box | "impossible" | "unknown";

/** What a whole search may still spend. */
export interface Effort {
  left: number;
}

const MOST_BOXES = 300;
const STYLES: readonly Style[] = [
  "plain",
  "level",
  1,
  2,
  3,
  4,
  "least",
  "most",
];
const NOTHING: ReadonlyMap<string, number> = new Map();

/**
 * Solves demands.
 *
 * @param fits Whether single values do all that is wanted of them.
 */
export function solve(
  demands: readonly Demand[],
  start: {
    readonly box: Box;
    readonly space: Space;
    /** Boxes that may be looked at. */
    readonly effort: Effort;
  },
  fits: (box: Box) => boolean,
): Solution {
  const boxes: Box[] = [start.box];
  let isWhole = true;
  for (let count = 0; count < MOST_BOXES && start.effort.left > 0; count++) {
    start.effort.left--;
    const box = boxes.pop();
    if (box === undefined) return isWhole ? "impossible" : "unknown";
    const open = openDemands(demands, box);
    if (open === null) continue;
    for (const style of STYLES) {
      const pick = pickFacts(box, start.space, style);
      if (openDemands(demands, pick)?.length === 0 && fits(pick)) return pick;
    }
    const halves = halve(open, box);
    if (halves.length === 0) isWhole = false;
    boxes.push(...halves);
  }
  return "unknown";
}

/** Demands that are not yet sure; null if one cannot be met. */
function openDemands(demands: readonly Demand[], box: Box): Demand[] | null {
  const open: Demand[] = [];
  for (const demand of demands) {
    const found = compare(demand.term, { box, assumed: NOTHING });
    if ((found & demand.outcome) === 0) return null;
    if (found !== demand.outcome) open.push(demand);
  }
  return open;
}

/** Both halves of the widest number that is still open; the plainer one last. */
function halve(open: readonly Demand[], box: Box): Box[] {
  const reads = open.flatMap(({ term }) => readsOf(term));
  let widest: { slot: string; width: number } | null = null;
  for (const { slot } of reads) {
    const values = box.get(slot)?.values;
    if (values?.kind !== "interval" || values.lo >= values.hi) continue;
    const width = widthOf(values.lo, values.hi);
    if (widest === null || width > widest.width) widest = { slot, width };
  }
  const domain = widest && box.get(widest.slot);
  if (!widest || !domain || domain.values?.kind !== "interval") return [];
  const { slot } = widest;
  const { missing, values } = domain;
  const [low, high] = cutAt(values, middleOf(values))
    .map((half) => withDomain(box, slot, { missing, values: half })) as [
      Box,
      Box,
    ];
  return values.hi <= 0 ? [low, high] : [high, low];
}

/** Orders of magnitude that an interval spans. */
function widthOf(lo: number, hi: number): number {
  const size = (value: number) =>
    Math.sign(value) * Math.log1p(Math.abs(value));
  return size(hi) - size(lo);
}
