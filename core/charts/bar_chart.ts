/**
 * Horizontal bars with their values and, where known, intervals.
 *
 * @module
 */
import {
  drawAbsence,
  drawColumns,
  drawHeading,
  EDGE,
  numberTicks,
  type Plot,
  WIDTH,
} from "./frame.ts";
import { printCompact } from "./print_number.ts";
import { isDrawable, placeOn, roundScale } from "./scale.ts";
import {
  chart,
  colourAt,
  element,
  printPlace,
  textElement,
  textWidth,
} from "./svg.ts";

/** One bar. */
export interface Bar {
  readonly name: string;
  /** A value that is not finite has no bar. */
  readonly value: number;
  /** Low and high end. */
  readonly interval?: readonly [low: number, high: number];
  /** Place of its colour, the first unless given. */
  readonly colour?: number;
}

/** What to draw. */
export interface BarChart {
  readonly title: string;
  /** What the values are, with their unit. */
  readonly label: string;
  /** From top to bottom. */
  readonly bars: readonly Bar[];
}

const PITCH = 30;
const THICK = 16;
const FOOT = 56;
const MOST_NAME = 220;

/**
 * Draws bars.
 *
 * @returns SVG; the same chart gives the same text.
 */
export function barChart({ title, label, bars }: BarChart): string {
  const { parts, top } = drawHeading(title, []);
  const height = top + Math.max(2, bars.length) * PITCH + FOOT + 6;
  const names = bars.map(({ name }) => Math.min(MOST_NAME, textWidth(name)));
  const values = bars.map((bar) => textWidth(printBar(bar)));
  const plot: Plot = {
    left: EDGE + Math.max(20, ...names) + 10,
    right: WIDTH - EDGE - Math.max(20, ...values) - 10,
    top,
    bottom: height - FOOT,
  };
  const scale = roundScale(
    bars.flatMap(({ value, interval = [] }) => [value, ...interval]),
    { steps: 6, zero: true },
  );
  const place = placeOn(scale, [plot.left, plot.right]);
  return chart(
    { width: WIDTH, height },
    { title, description: describe(label, bars) },
    [
      ...parts,
      ...drawColumns(plot, numberTicks(scale, place), { label, grid: top }),
      ...bars.flatMap((bar, at) =>
        drawBar(bar, plot, {
          y: top + PITCH * at + PITCH / 2,
          place,
        })
      ),
      element("path", {
        class: "axis",
        d: `M${printPlace(place(0))} ${printPlace(top)}V${
          printPlace(plot.bottom)
        }`,
      }),
      bars.length === 0 ? drawAbsence(plot) : "",
    ],
  );
}

function drawBar(
  bar: Bar,
  { left, right }: Plot,
  { y, place }: { readonly y: number; readonly place: (v: number) => number },
): string[] {
  const name = textElement(bar.name, {
    x: left - 8,
    y: y + 4,
    "text-anchor": "end",
  }, MOST_NAME);
  const value = textElement(printBar(bar), { x: right + 10, y: y + 4 });
  if (!isDrawable(bar.value)) return [name, value];
  const [from, to] = [place(0), place(bar.value)];
  return [
    name,
    element("rect", {
      x: Math.min(from, to),
      y: y - THICK / 2,
      width: Math.abs(to - from),
      height: THICK,
      rx: 2,
      fill: colourAt(bar.colour ?? 0),
    }),
    ...drawInterval(bar, y, place),
    value,
  ];
}

function drawInterval(
  { interval }: Bar,
  y: number,
  place: (value: number) => number,
): string[] {
  if (!interval?.every(isDrawable)) return [];
  const [low, high] = [place(interval[0]), place(interval[1])].map(printPlace);
  const cap = `${printPlace(y - 5)}v10`;
  return [element("path", {
    class: "whisker",
    "stroke-width": "1.5",
    d: `M${low} ${cap}M${high} ${cap}M${low} ${printPlace(y)}H${high}`,
  })];
}

function printBar({ value, interval }: Bar): string {
  if (!interval?.every(isDrawable)) return printCompact(value);
  const [low, high] = interval.map(printCompact);
  return `${printCompact(value)} (${low} to ${high})`;
}

function describe(label: string, bars: readonly Bar[]): string {
  const told = bars.map((bar) => `${bar.name}: ${printBar(bar)}`);
  return `Bar chart of ${label}. ${told.join("; ") || "No data"}.`;
}
