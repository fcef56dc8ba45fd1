/**
 * Lines over numbers or named points, with bands of uncertainty and marks.
 *
 * @module
 */
import {
  drawAbsence,
  drawColumns,
  drawHeading,
  drawRows,
  EDGE,
  type LegendEntry,
  nameTicks,
  numberTicks,
  type Plot,
  ticksWidth,
  WIDTH,
} from "./frame.ts";
import { drawMarks, type Mark } from "./marks.ts";
import { printCompact } from "./print_number.ts";
import { isDrawable, placeOn, roundScale, type Scale } from "./scale.ts";
import { chart, colourAt, element, printPlace } from "./svg.ts";

/** One line. */
export interface LineSeries {
  readonly name: string;
  /** In the order to be joined; a point that is not finite interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Uncertainty around it. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  readonly dashed?: boolean;
}

/** What to draw. */
export interface LineChart {
  readonly title: string;
  /** With `names`, those of x = 0, 1, 2, …, such as days. */
  readonly x: { readonly label: string; readonly names?: readonly string[] };
  readonly y: { readonly label: string };
  readonly series: readonly LineSeries[];
  readonly marks?: readonly Mark[];
}

type Place = (value: number) => number;
type Point = readonly [x: number, y: number];

const HEIGHT = 400;
const FOOT = 56;
/** Lines of at most so many points show each of them. */
const FEW_POINTS = 12;

/**
 * Draws lines.
 *
 * @returns SVG; the same chart gives the same text.
 */
export function lineChart(content: LineChart): string {
  const { title, x, y, series, marks = [] } = content;
  const horizontal = horizontalScale(content);
  const vertical = verticalScale(content);
  const { parts, top } = drawHeading(title, legendOf(series));
  const plot: Plot = {
    left: EDGE + ticksWidth(vertical) + 10,
    right: WIDTH - EDGE - 8,
    top: top + 24,
    bottom: HEIGHT - FOOT,
  };
  const acrossAt = placeOn(horizontal, [plot.left, plot.right]);
  const upAt = placeOn(vertical, [plot.bottom, plot.top]);
  const empty = series.every(({ points }) => !points.some(isPoint));
  return chart(
    { width: WIDTH, height: HEIGHT },
    { title, description: describe(content, vertical) },
    [
      ...parts,
      ...drawRows(plot, numberTicks(vertical, upAt), y.label),
      ...drawColumns(
        plot,
        x.names
          ? nameTicks(x.names, acrossAt)
          : numberTicks(horizontal, acrossAt),
        { label: x.label, grid: null },
      ),
      ...series.flatMap(({ band = [] }, at) =>
        drawBand(band, at, [acrossAt, upAt])
      ),
      ...series.flatMap((one, at) => drawLine(one, at, [acrossAt, upAt])),
      ...drawMarks(marks, plot, [acrossAt, upAt]),
      empty ? drawAbsence(plot) : "",
    ],
  );
}

function legendOf(series: readonly LineSeries[]): LegendEntry[] {
  if (series.length < 2) return [];
  return series.map(({ name, dashed }) => ({
    name,
    swatch: dashed ? "dashed" : "line",
  }));
}

function horizontalScale({ x, series, marks = [] }: LineChart): Scale {
  if (x.names) {
    const high = Math.max(1, x.names.length - 1);
    return { low: 0, high, ticks: [0, high] };
  }
  const values = series.flatMap(({ points, band = [] }) => [
    ...points.filter(isPoint).map(([x]) => x),
    ...band.map(([x]) => x),
  ]);
  const marked = marks.map(({ x }) => x);
  return roundScale([...values, ...marked], { steps: 8, zero: false });
}

/** Goes down to 0 if that costs less than half of the height. */
function verticalScale({ series, marks = [] }: LineChart): Scale {
  const values = series.flatMap(({ points, band = [] }) => [
    ...points.filter(isPoint).map(([, y]) => y),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]).concat(marks.map(({ y }) => y)).filter(isDrawable);
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity);
  return roundScale(values, { steps: 5, zero: least >= 0 && 2 * least < most });
}

function drawBand(
  band: NonNullable<LineSeries["band"]>,
  at: number,
  [acrossAt, upAt]: readonly [Place, Place],
): string[] {
  const known = band.filter((edge) => edge.every(isDrawable));
  if (known.length < 2) return [];
  const upper = known.map(([x, , high]) => at2(acrossAt(x), upAt(high)));
  const lower = known.toReversed()
    .map(([x, low]) => at2(acrossAt(x), upAt(low)));
  return [element("path", {
    d: `M${[...upper, ...lower].join("L")}Z`,
    fill: colourAt(at),
    "fill-opacity": "0.18",
  })];
}

function drawLine(
  { points, dashed }: LineSeries,
  at: number,
  [acrossAt, upAt]: readonly [Place, Place],
): string[] {
  const runs = runsOf(points).map((run) =>
    run.map(([x, y]) => [acrossAt(x), upAt(y)] as const)
  );
  const colour = colourAt(at);
  const long = runs.filter((run) => run.length > 1);
  const dots = points.length <= FEW_POINTS
    ? runs.flat()
    : runs.filter((run) => run.length === 1).flat();
  return [
    ...(long.length === 0 ? [] : [element("path", {
      d: long.map((run) => `M${run.map(([x, y]) => at2(x, y)).join("L")}`)
        .join(""),
      fill: "none",
      stroke: colour,
      "stroke-width": 2,
      "stroke-linejoin": "round",
      ...(dashed ? { "stroke-dasharray": "5 4" } : {}),
    })]),
    ...dots.map(([cx, cy]) =>
      element("circle", { class: "dot", cx, cy, r: 3.5, fill: colour })
    ),
  ];
}

/** The points in pieces that hang together. */
function runsOf(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (isPoint(point)) (runs.at(-1) as Point[]).push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function isPoint([x, y]: Point): boolean {
  return isDrawable(x) && isDrawable(y);
}

function at2(x: number, y: number): string {
  return `${printPlace(x)} ${printPlace(y)}`;
}

function describe({ x, y, series }: LineChart, { low, high }: Scale): string {
  const lines = series.map(({ name, points }) => {
    const known = points.filter(isPoint);
    const [first, last] = [known[0], known.at(-1)];
    return first && last
      ? `${name}: ${known.length} points, from ${printCompact(first[1])} to ${
        printCompact(last[1])
      }`
      : `${name}: no data`;
  });
  return `Line chart of ${y.label} (${printCompact(low)} to ${
    printCompact(high)
  }) by ${x.label}. ${lines.join("; ")}.`;
}
