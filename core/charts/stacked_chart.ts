/**
 * Parts of a whole over time, stacked: what adds lies above zero, what takes away
 * below.
 *
 * @module
 */
import {
  drawAbsence,
  drawColumns,
  drawHeading,
  drawRows,
  EDGE,
  nameTicks,
  numberTicks,
  type Plot,
  ticksWidth,
  WIDTH,
} from "./frame.ts";
import { printCompact } from "./print_number.ts";
import { isDrawable, placeOn, roundScale } from "./scale.ts";
import { chart, colourAt, element, printPlace } from "./svg.ts";

/** One part. */
export interface Layer {
  readonly name: string;
  /** One for each x; what is not finite counts as 0. */
  readonly values: readonly number[];
}

/** What to draw. */
export interface StackedChart {
  readonly title: string;
  readonly x: { readonly label: string };
  readonly y: { readonly label: string };
  /** In order, such as days. */
  readonly xs: readonly number[] | readonly string[];
  /** From zero outwards. */
  readonly layers: readonly Layer[];
}

/** Where a layer lies at each x. */
type Extent = readonly (readonly [from: number, to: number])[];

const HEIGHT = 400;
const FOOT = 56;
/** So many columns and fewer have gaps between them. */
const FEW_COLUMNS = 40;

/**
 * Draws layers.
 *
 * @returns SVG; the same chart gives the same text.
 */
export function stackedChart(content: StackedChart): string {
  const { title, x, y, xs, layers } = content;
  const extents = stack(layers, xs.length);
  const scale = roundScale(extents.flat(2), { steps: 5, zero: true });
  const { parts, top } = drawHeading(
    title,
    layers.map(({ name }) => ({ name, swatch: "area" })),
  );
  const plot: Plot = {
    left: EDGE + ticksWidth(scale) + 10,
    right: WIDTH - EDGE - 8,
    top: top + 24,
    bottom: HEIGHT - FOOT,
  };
  const upAt = placeOn(scale, [plot.bottom, plot.top]);
  const pitch = (plot.right - plot.left) / Math.max(1, xs.length);
  const middleAt = (index: number) => plot.left + pitch * (index + 0.5);
  return chart(
    { width: WIDTH, height: HEIGHT },
    { title, description: describe(content) },
    [
      ...parts,
      ...drawRows(plot, numberTicks(scale, upAt), y.label),
      ...extents.map((extent, at) =>
        drawLayer(extent, at, { left: plot.left, pitch, upAt })
      ),
      ...drawColumns(plot, nameTicks(xs.map(String), middleAt), {
        label: x.label,
        grid: null,
      }),
      element("path", {
        class: "axis",
        d: `M${printPlace(plot.left)} ${printPlace(upAt(0))}H${
          printPlace(plot.right)
        }`,
      }),
      xs.length === 0 || layers.length === 0 ? drawAbsence(plot) : "",
    ],
  );
}

function stack(layers: readonly Layer[], columns: number): Extent[] {
  const above = new Float64Array(columns);
  const below = new Float64Array(columns);
  return layers.map(({ values }) =>
    Array.from(above, (_, at) => {
      const given = values[at] ?? 0;
      const value = isDrawable(given) ? given : 0;
      const side = value < 0 ? below : above;
      const from = side[at] as number;
      side[at] = from + value;
      return [from, from + value] as const;
    })
  );
}

/** One path of a rectangle for each column, so that no seams show. */
function drawLayer(
  extent: Extent,
  at: number,
  { left, pitch, upAt }: {
    readonly left: number;
    readonly pitch: number;
    readonly upAt: (value: number) => number;
  },
): string {
  const gap = extent.length <= FEW_COLUMNS ? pitch * 0.15 : 0;
  const d = extent.map(([from, to], column) => {
    if (from === to) return "";
    const start = printPlace(left + pitch * column + gap / 2);
    const end = printPlace(left + pitch * (column + 1) - gap / 2);
    const [foot, head] = [printPlace(upAt(from)), printPlace(upAt(to))];
    return `M${start} ${foot}V${head}H${end}V${foot}Z`;
  }).join("");
  return d === "" ? "" : element("path", { d, fill: colourAt(at) });
}

function describe({ x, y, xs, layers }: StackedChart): string {
  const sums = layers.map(({ name, values }) => {
    const sum = values.reduce((s, v) => s + (isDrawable(v) ? v : 0), 0);
    return `${name}: ${printCompact(sum)} in all`;
  });
  return `Stacked chart of ${y.label} by ${x.label}, ${xs.length} columns. ${
    sums.join("; ") || "No data"
  }.`;
}
