/**
 * What the channels bring, period by period, and the slopes of that.
 *
 * A channel is known by what it brought in all (ROAS × spend), which the data tell
 * well, and not by the ceiling of its curve, which they tell badly:
 *
 *     brought[t] = ceiling · share[t],  ceiling = roas · gain / Σ share
 *
 * @module
 */
import { type Carry, createCarry, setCarry } from "./adstock.ts";
import { carryOver, pullCarry } from "./carry_over.ts";
import type { Layout } from "./layout.ts";
import type { ChannelProblem, MixProblem } from "./problem.ts";
import {
  pullSaturation,
  saturate,
  type Saturation,
  setSaturation,
} from "./saturation.ts";

/** One channel in one geography, at the point last set. */
export interface Cell {
  readonly channel: number;
  /** Place of its first coordinate. */
  readonly from: number;
  /** Place of its first coordinate of saturation. */
  readonly fromSaturation: number;
  readonly carry: Carry;
  readonly saturation: Saturation;
  /** Scaled, shape [periods]. */
  readonly input: Float64Array;
  readonly gain: number;
  /** Shape [periods]. */
  readonly adstock: Float64Array;
  /** Share of the ceiling, shape [periods]. */
  readonly shares: Float64Array;
  /** Sum of the shares. */
  sum: number;
  /** Scaled outcome a period. */
  ceiling: number;
  /** Slope of experiments in the ceiling; set to 0 by each {@link Media.respond}. */
  ceilingPull: number;
  /** Slopes of experiments in the shares, shape [periods]; null if there are none. */
  sharePull: Float64Array | null;
}

/** All channels in all geographies. */
export interface Media {
  /** Cells with spend, by geography. */
  readonly cells: readonly (readonly Cell[])[];
  /**
   * Sets curves from coordinates and adds what they bring.
   *
   * @param values Shape [geographies][values].
   * @param totals Where to write, shape [geographies][periods].
   */
  respond(
    values: readonly Float64Array[],
    totals: readonly Float64Array[],
  ): void;
  /**
   * Adds the slopes of an objective in the coordinates.
   *
   * @param pulls Slopes in the totals, shape [geographies][periods].
   * @param slopes Where to add, shape [geographies][values].
   */
  pull(
    pulls: readonly Float64Array[],
    slopes: readonly Float64Array[],
  ): void;
}

/**
 * Prepares a problem's channels.
 *
 * @param problem The posterior.
 * @param layout Its places.
 * @returns The channels; nothing in it allocates.
 */
export function createMedia(problem: MixProblem, layout: Layout): Media {
  const cells = problem.geos.map(({ inputs, gains }) =>
    problem.channels.flatMap((channel, at) =>
      (gains[at] as number) > 0
        ? [createCell(channel, {
          at,
          from: layout.channels[at] as number,
          input: inputs[at] as Float64Array,
          gain: gains[at] as number,
        })]
        : []
    )
  );
  const periods = Math.max(...problem.geos.map(({ known }) => known.length));
  const scratch = new Float64Array(periods);
  return {
    cells,
    respond(values, totals) {
      for (let geo = 0; geo < cells.length; geo++) {
        const total = totals[geo] as Float64Array;
        total.fill(0);
        for (const cell of cells[geo] as readonly Cell[]) {
          setCell(cell, values[geo] as Float64Array);
          for (let t = 0; t < total.length; t++) {
            total[t] = (total[t] as number) +
              cell.ceiling * (cell.shares[t] as number);
          }
        }
      }
    },
    pull(pulls, slopes) {
      for (let geo = 0; geo < cells.length; geo++) {
        const pull = pulls[geo] as Float64Array;
        for (const cell of cells[geo] as readonly Cell[]) {
          const along = scratch.subarray(0, pull.length);
          pullCell(cell, pull, { along, into: slopes[geo] as Float64Array });
        }
      }
    },
  };
}

function createCell(
  channel: ChannelProblem,
  { at, from, input, gain }: {
    at: number;
    from: number;
    input: Float64Array;
    gain: number;
  },
): Cell {
  const carry = createCarry(channel.adstock, channel.lags);
  return {
    channel: at,
    from,
    fromSaturation: from + 1 + carry.slopes.length,
    carry,
    saturation: { kind: channel.saturation, logHalf: 0, slope: 1 },
    input,
    gain,
    adstock: new Float64Array(input.length),
    shares: new Float64Array(input.length),
    sum: 0,
    ceiling: 0,
    ceilingPull: 0,
    sharePull: null,
  };
}

function setCell(cell: Cell, values: Float64Array): void {
  const { carry, saturation, input, adstock, shares } = cell;
  setCarry(carry, values, cell.from + 1);
  setSaturation(saturation, values, cell.fromSaturation);
  carryOver(carry, input, adstock);
  saturate(saturation, adstock, shares);
  let sum = 0;
  for (let t = 0; t < shares.length; t++) sum += shares[t] as number;
  cell.sum = sum;
  cell.ceiling = Math.exp(values[cell.from] as number) * cell.gain / sum;
  cell.ceilingPull = 0;
  cell.sharePull?.fill(0);
}

function pullCell(
  cell: Cell,
  pull: Float64Array,
  { along, into }: { along: Float64Array; into: Float64Array },
): void {
  const { shares, ceiling, sharePull, from } = cell;
  let byCeiling = cell.ceilingPull;
  for (let t = 0; t < pull.length; t++) {
    byCeiling += (pull[t] as number) * (shares[t] as number);
  }
  into[from] = (into[from] as number) + byCeiling * ceiling;
  const drain = byCeiling / cell.sum;
  for (let t = 0; t < pull.length; t++) {
    along[t] = ceiling * ((pull[t] as number) - drain);
  }
  if (sharePull) {
    for (let t = 0; t < pull.length; t++) {
      along[t] = (along[t] as number) + (sharePull[t] as number);
    }
  }
  pullShares(cell, cell, { along, into });
}

/**
 * Adds slopes in a cell's shape from those in some shares.
 *
 * @param cell The cell.
 * @param series Input, adstock and shares, its own or what might have been.
 * @param target Slopes in the shares, overwritten; and where to add.
 */
export function pullShares(
  cell: Cell,
  { input, adstock, shares }: Pick<Cell, "input" | "adstock" | "shares">,
  { along, into }: { along: Float64Array; into: Float64Array },
): void {
  pullSaturation(cell.saturation, adstock, {
    shares,
    pull: along,
    into,
    from: cell.fromSaturation,
  });
  pullCarry(cell.carry, input, { pull: along, into, from: cell.from + 1 });
}
