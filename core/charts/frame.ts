/**
 * What charts share: heading, legend, axes and grid around the area of the plot.
 *
 * @module
 */
import { printTicks } from "./print_number.ts";
import type { Scale } from "./scale.ts";
import {
  colourAt,
  element,
  FONT_SIZE,
  printPlace,
  textElement,
  textWidth,
} from "./svg.ts";

/** Width of every chart, pixels. */
export const WIDTH = 720;

/** Edges of the plot, pixels from the top left corner of the chart. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** One line of a legend. */
export interface LegendEntry {
  readonly name: string;
  /** Swatch of a line, of a dashed line, or of an area. */
  readonly swatch: "line" | "dashed" | "area";
}

/** A tick of an axis: where, pixels, and what it says. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Room at the edges, pixels. */
export const EDGE = 16;
/** Height of a line of text, pixels. */
export const LINE = 18;
const HEADING = 40;
const MOST_NAME = 260;
const MOST_TICK = 100;
const LABEL_GAP = 10;

/**
 * Prints title and legend.
 *
 * @returns The elements, and where the plot may begin.
 */
export function drawHeading(
  title: string,
  legend: readonly LegendEntry[],
): { readonly parts: string[]; readonly top: number } {
  const parts = [
    textElement(
      title,
      { class: "heading", x: EDGE, y: 26 },
      (WIDTH - 2 * EDGE) / 1.3,
    ),
  ];
  let [x, y] = [EDGE, HEADING + LINE / 2];
  for (const [place, { name, swatch }] of legend.entries()) {
    const width = 26 + Math.min(MOST_NAME, textWidth(name)) + 16;
    if (x > EDGE && x + width > WIDTH - EDGE) [x, y] = [EDGE, y + LINE];
    parts.push(
      drawSwatch(swatch, colourAt(place), [x, y]),
      textElement(name, { x: x + 24, y: y + 4 }, MOST_NAME),
    );
    x += width;
  }
  return { parts, top: legend.length > 0 ? y + LINE : HEADING + 4 };
}

function drawSwatch(
  swatch: LegendEntry["swatch"],
  colour: string,
  [x, y]: readonly [number, number],
): string {
  if (swatch === "area") {
    return element("rect", {
      x: x + 3,
      y: y - 6,
      width: 12,
      height: 12,
      rx: 2,
      fill: colour,
    });
  }
  return element("path", {
    d: `M${printPlace(x)} ${printPlace(y)}h18`,
    fill: "none",
    stroke: colour,
    "stroke-width": 2,
    ...(swatch === "dashed" ? { "stroke-dasharray": "5 4" } : {}),
  });
}

/** Ticks of a scale of numbers. */
export function numberTicks(
  { ticks }: Scale,
  place: (value: number) => number,
): Tick[] {
  const labels = printTicks(ticks);
  return ticks.map((tick, at) => ({
    at: place(tick),
    label: labels[at] as string,
  }));
}

/**
 * Ticks of things with names, as many as there is room for.
 *
 * @param names In order.
 * @param place Where the thing of an index is, pixels.
 */
export function nameTicks(
  names: readonly string[],
  place: (index: number) => number,
): Tick[] {
  const widest = Math.min(MOST_TICK, Math.max(0, ...names.map(textWidth)));
  const pitch = Math.abs(place(1) - place(0)) || 1;
  const every = Math.max(1, Math.ceil((widest + LABEL_GAP) / pitch));
  return names.flatMap((label, index) =>
    index % every === 0 ? [{ at: place(index), label }] : []
  );
}

/** How wide the labels of a scale are, pixels. */
export function ticksWidth({ ticks }: Scale): number {
  return Math.max(...printTicks(ticks).map(textWidth));
}

/** Prints the vertical axis: grid lines, labels, and its name on top. */
export function drawRows(
  { left, right, top }: Plot,
  ticks: readonly Tick[],
  label: string,
): string[] {
  return [
    ...ticks.flatMap(({ at, label }) => [
      element("path", {
        class: "grid",
        d: `M${printPlace(left)} ${printPlace(at)}H${printPlace(right)}`,
      }),
      textElement(label, {
        class: "faint",
        x: left - 8,
        y: at + 4,
        "text-anchor": "end",
      }),
    ]),
    textElement(
      label,
      { class: "faint", x: EDGE, y: top - 12 },
      right - EDGE,
    ),
  ];
}

/** Prints the horizontal axis: ticks, labels, and its name below. */
export function drawColumns(
  { left, right, bottom }: Plot,
  ticks: readonly Tick[],
  { label, grid }: { readonly label: string; readonly grid: number | null },
): string[] {
  const marks = ticks.flatMap(({ at, label }) => [
    element("path", {
      class: grid === null ? "axis" : "grid",
      d: `M${printPlace(at)} ${printPlace(bottom)}v${
        printPlace(grid === null ? 4 : grid - bottom)
      }`,
    }),
    drawTickLabel({ at, label }, bottom + 8 + FONT_SIZE),
  ]);
  return [
    ...marks,
    element("path", {
      class: "axis",
      d: `M${printPlace(left)} ${printPlace(bottom)}H${printPlace(right)}`,
    }),
    textElement(label, {
      class: "faint",
      x: (left + right) / 2,
      y: bottom + 40,
      "text-anchor": "middle",
    }, right - left),
  ];
}

/** Centred at its tick, but never beyond the edge of the chart. */
function drawTickLabel({ at, label }: Tick, y: number): string {
  const most = MOST_TICK;
  const half = Math.min(most, textWidth(label)) / 2;
  const x = Math.max(half + 2, Math.min(WIDTH - half - 2, at));
  const attributes = { class: "faint", x, y, "text-anchor": "middle" };
  return textElement(label, attributes, most);
}

/** Says that there is nothing to draw. */
export function drawAbsence({ left, right, top, bottom }: Plot): string {
  return textElement("No data", {
    class: "faint",
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    "text-anchor": "middle",
  });
}
