/**
 * Points of a chart that are called by name, such as what is spent today.
 *
 * @module
 */
import { LINE, type Plot } from "./frame.ts";
import { isDrawable } from "./scale.ts";
import { element, textElement, textWidth } from "./svg.ts";

/** A point with a name. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const MOST_LABEL = 160;
const GAP = 9;

/** Prints marks; a label that would lie on an earlier one moves down. */
export function drawMarks(
  marks: readonly Mark[],
  plot: Plot,
  [acrossAt, upAt]: readonly [
    (x: number) => number,
    (y: number) => number,
  ],
): string[] {
  const taken: Box[] = [];
  return marks.filter(({ x, y }) => isDrawable(x) && isDrawable(y))
    .flatMap((mark) => {
      const [cx, cy] = [acrossAt(mark.x), upAt(mark.y)];
      const width = Math.min(MOST_LABEL, textWidth(mark.label));
      const right = cx + GAP + width <= plot.right;
      const x = right ? cx + GAP : Math.max(plot.left, cx - GAP - width);
      const y = freeRow(taken, { x, y: cy - 4, width }, plot);
      taken.push({ x, y, width });
      return [
        element("circle", { class: "whisker", cx, cy, r: 4 }),
        textElement(mark.label, { class: "note", x, y }, MOST_LABEL),
      ];
    });
}

function freeRow(taken: readonly Box[], box: Box, plot: Plot): number {
  const start = Math.max(plot.top, Math.min(box.y, plot.bottom - 4));
  for (let y = start; y < plot.bottom; y += LINE) {
    const meets = taken.some((other) =>
      Math.abs(other.y - y) < LINE && other.x < box.x + box.width &&
      box.x < other.x + other.width
    );
    if (!meets) return y;
  }
  return start;
}
