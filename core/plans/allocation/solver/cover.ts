/**
 * Polygons that are nowhere below a mean over draws.
 *
 * In each cell the slope is within the means of the draws' steepest and flattest
 * slopes there, so that two lines from the cell's ends bound the curve. A search
 * asks for parts of a domain again and again: a part of many cells takes them over,
 * and only its first and last cell are cut anew.
 *
 * @module
 */
import type { DrawColumns } from "./draw_columns.ts";

/** Points, amounts ascending. */
export interface Polygon {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** A polygon with the ends of its cells. */
interface Cells extends Polygon {
  /** Index in `x` of the end of each cell; the first is the beginning. */
  readonly ends: Int32Array;
}

const CELLS = 128;
/** A part with fewer cells than this is divided anew. */
const FEW = 24;
/** Divisions and polygons of one curve that are kept. */
const DIVISIONS = 6;
const REMEMBERED = 32;

/** A polygon in the making. */
interface Draft {
  readonly x: number[];
  readonly y: number[];
  readonly ends: number[];
}

/** Makes what covers a curve over [lo, hi], meeting it at both ends as a rule. */
export function createCover(
  columns: DrawColumns,
): (lo: number, hi: number) => Polygon {
  const divisions: Cells[] = [];
  const known = new Map<string, Polygon>();
  return (lo, hi) => {
    const key = `${lo} ${hi}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= REMEMBERED) known.clear();
    const wide = divisions.findLast((cells) => holds(cells, lo, hi));
    const polygon = wide === undefined
      ? divide(columns, lo, hi)
      : cut(columns, wide, [lo, hi]);
    known.set(key, polygon);
    if (wide === undefined) {
      if (divisions.length >= DIVISIONS) divisions.shift();
      divisions.push(polygon as Cells);
    }
    return polygon;
  };
}

/** Whether cells hold a domain, of which enough lie within it. */
function holds({ x, ends }: Cells, lo: number, hi: number): boolean {
  const last = x.length - 1;
  if ((x[0] as number) > lo || (x[last] as number) < hi) return false;
  const first = firstAfter({ x, ends }, lo);
  return firstAfter({ x, ends }, hi) - first >= FEW;
}

/** First end of a cell that is beyond an amount. */
function firstAfter(
  { x, ends }: Pick<Cells, "x" | "ends">,
  amount: number,
): number {
  let left = 0;
  let right = ends.length;
  while (left < right) {
    const middle = (left + right) >> 1;
    if ((x[ends[middle] as number] as number) <= amount) left = middle + 1;
    else right = middle;
  }
  return left;
}

/** Divides a domain into cells. */
function divide(columns: DrawColumns, lo: number, hi: number): Cells {
  const { bends } = columns;
  const firstBend = bends.reduce((one, other) => Math.min(one, other));
  const start = Math.min(Math.max(firstBend, lo), hi);
  const stops = start < hi
    ? [...listCells(start).map((share) => start + (hi - start) * share), hi]
    : [];
  const draft: Draft = { x: [], y: [], ends: [] };
  draw(columns, draft, start > lo ? [lo, start, ...stops] : [lo, ...stops]);
  return {
    x: Float64Array.from(draft.x),
    y: Float64Array.from(draft.y),
    ends: Int32Array.from(draft.ends),
  };
}

/** Where cells but the last end, as shares of the way; ever smaller ones towards 0, where slopes may be infinite. */
function listCells(start: number): number[] {
  const first = start > 0 ? [] : Array.from(
    { length: 18 },
    (_, index) => 10 ** (index - 18) / CELLS,
  );
  const even = Array.from(
    { length: CELLS - 1 },
    (_, cell) => (cell + 1) / CELLS,
  );
  return [...first, ...even];
}

/** Takes the cells within a part over; cells of its own reach to the first and from the last. */
function cut(
  columns: DrawColumns,
  cells: Cells,
  [lo, hi]: readonly [number, number],
): Polygon {
  const { x, y, ends } = cells;
  const first = ends[firstAfter(cells, lo)] as number;
  const before = firstAfter(cells, hi) - 1;
  const met = (x[ends[before] as number] as number) === hi;
  const last = ends[met ? before - 1 : before] as number;
  const draft: Draft = { x: [], y: [], ends: [] };
  draw(columns, draft, [lo, x[first] as number]);
  for (let at = first + 1; at <= last; at++) {
    draft.x.push(x[at] as number);
    draft.y.push(y[at] as number);
  }
  const tail: Draft = { x: [], y: [], ends: [] };
  draw(columns, tail, [x[last] as number, hi]);
  return {
    x: Float64Array.of(...draft.x, ...tail.x.slice(1)),
    y: Float64Array.of(...draft.y, ...tail.y.slice(1)),
  };
}

/** Draws a polygon over cells between stops, ascending. */
function draw(
  columns: DrawColumns,
  { x, y, ends }: Draft,
  [first = 0, ...stops]: readonly number[],
): void {
  let here = new Float64Array(columns.bends.length);
  let next = new Float64Array(columns.bends.length);
  x.push(first);
  y.push(columns.look(first, here).outcome);
  ends.push(0);
  let from = first;
  for (const to of stops) {
    const end = columns.look(to, next).outcome;
    const slopes = boundSlopes(columns, { from, here, to, next });
    if (!slopes.bulges) pushPoint({ x, y }, to, end);
    else coverCell({ x, y }, { from, to, end, ...slopes });
    ends.push(x.length - 1);
    [here, next] = [next, here];
    from = to;
  }
}

/** What the draws' slopes say of a cell. */
interface Slopes {
  /** Means of their steepest and flattest slopes. */
  readonly most: number;
  readonly least: number;
  /** Whether any is concave somewhere; otherwise the line between the ends is above. */
  readonly bulges: boolean;
}

/** Slopes in a cell, from those at both ends. */
function boundSlopes(
  { bends, steepest }: DrawColumns,
  { from, here, to, next }: {
    readonly from: number;
    readonly here: Float64Array;
    readonly to: number;
    readonly next: Float64Array;
  },
): Slopes {
  let [most, least, bulges] = [0, 0, false];
  for (let draw = 0; draw < bends.length; draw++) {
    const bend = bends[draw] as number;
    const [left, right] = [here[draw] as number, next[draw] as number];
    most += bend <= from ? left : bend >= to ? right : steepest[draw] as number;
    least += Math.min(left, right);
    bulges ||= bend < to;
  }
  return { most: most / bends.length, least: least / bends.length, bulges };
}

/** Adds where the lines from both ends of a cell meet, and its right end. */
function coverCell(
  { x, y }: Pick<Draft, "x" | "y">,
  { from, to, end, most, least }: {
    readonly from: number;
    readonly to: number;
    readonly end: number;
    readonly most: number;
    readonly least: number;
  },
): void {
  const start = y[y.length - 1] as number;
  if (most === Infinity) {
    pushPoint({ x, y }, from, end - least * (to - from));
  } else if (most > least) {
    const meet = (end - least * to - start + most * from) / (most - least);
    if (meet > from && meet < to) {
      const left = start + most * (meet - from);
      pushPoint({ x, y }, meet, Math.max(left, end - least * (to - meet)));
    }
  }
  pushPoint({ x, y }, to, end);
}

function pushPoint(
  { x, y }: Pick<Draft, "x" | "y">,
  amount: number,
  outcome: number,
): void {
  x.push(amount);
  y.push(outcome);
}
