/**
 * What each draw says of each channel in each geography, and of all together.
 *
 * @module
 */
import { carryHalfLife } from "./adstock.ts";
import type { GeoScale } from "./build_problem.ts";
import type { WholeDraw } from "./fit.ts";
import type { Cell } from "./media.ts";
import type { MixPanel } from "./panel.ts";
import { growthOf, saturate } from "./saturation.ts";

/** Draws of one channel in one geography, or in all; each of shape [draws]. */
export interface ChannelDraws {
  /** Outcome that the spend seen brought. */
  readonly brought: Float64Array;
  /** Outcome a period that no spend can exceed. */
  readonly ceiling: Float64Array;
  /** Outcome that one more share of all spend would bring. */
  readonly growth: Float64Array;
  /** Steady spend a period at which half the ceiling is reached. */
  readonly half: Float64Array;
  /** Periods until half of a spend's effect has come. */
  readonly halfLife: Float64Array;
  /** Outcome a period at steady spends, shape [steps][draws]. */
  readonly curve: readonly Float64Array[];
  /** Money spent in all. */
  readonly spent: number;
  /** Mean spend of the periods that had any. */
  readonly usual: number;
  /** Largest spend of a period. */
  readonly most: number;
}

/** Steps of a curve: from no spend to twice the usual. */
export const CURVE_STEPS = 41;

/** Collects draws. */
export interface ChannelCollector {
  /** Takes one in. */
  add(draw: WholeDraw, at: number): void;
  /** By geography, then channel. */
  readonly geos: readonly (readonly ChannelDraws[])[];
  /** All geographies together, by channel. */
  readonly all: readonly ChannelDraws[];
}

/**
 * Prepares to collect.
 *
 * @param panel What was learnt from.
 * @param scales Its units.
 * @param count Draws to come.
 * @returns The collector.
 */
export function collectChannels(
  panel: MixPanel,
  scales: readonly GeoScale[],
  count: number,
): ChannelCollector {
  const geos = panel.geos.map(({ spend }, geo) =>
    spend.map((series, channel) =>
      room(series, scales[geo]?.spent[channel] ?? 0, count)
    )
  );
  const all = panel.channels.map((_, channel) => {
    const parts = geos.map((own) => own[channel] as ChannelDraws);
    const sum = (of: "spent" | "usual" | "most") =>
      parts.reduce((total, part) => total + part[of], 0);
    return {
      ...room(new Float64Array(), sum("spent"), count),
      usual: sum("usual"),
      most: sum("most"),
    };
  });
  const scratch = {
    levels: new Float64Array(CURVE_STEPS),
    shares: new Float64Array(CURVE_STEPS),
  };
  return {
    geos,
    all,
    add({ posterior }, at) {
      posterior.media.cells.forEach((cells, geo) => {
        const { unit } = scales[geo] as GeoScale;
        for (const cell of cells) {
          const own = geos[geo]?.[cell.channel] as ChannelDraws;
          readCell(own, cell, { at, unit, ...scratch });
          addUp(all[cell.channel] as ChannelDraws, own, at);
        }
      });
    },
  };
}

/** Takes in what one draw says of a channel in a geography. */
function readCell(
  own: ChannelDraws,
  cell: Cell,
  { at, unit, levels, shares }: {
    at: number;
    unit: number;
    levels: Float64Array;
    shares: Float64Array;
  },
): void {
  const bought = totalInput(cell) / own.spent;
  const ceiling = cell.ceiling * unit;
  own.ceiling[at] = ceiling;
  own.brought[at] = ceiling * cell.sum;
  own.growth[at] = ceiling *
    growthOf(cell.saturation, cell.adstock, cell.shares);
  own.half[at] = Math.exp(cell.saturation.logHalf) / bought;
  own.halfLife[at] = carryHalfLife(cell.carry);
  for (let step = 0; step < CURVE_STEPS; step++) {
    levels[step] = own.usual * bought * 2 * step / (CURVE_STEPS - 1);
  }
  saturate(cell.saturation, levels, shares);
  own.curve.forEach((points, step) =>
    points[at] = ceiling * (shares[step] as number)
  );
}

/** Adds a geography's draw to that of all; the half-life is weighed by spend. */
function addUp(all: ChannelDraws, own: ChannelDraws, at: number): void {
  const add = (
    of: "brought" | "ceiling" | "growth" | "half" | "halfLife",
    weight: number,
  ) => {
    all[of][at] = (all[of][at] as number) + weight * (own[of][at] as number);
  };
  add("brought", 1);
  add("ceiling", 1);
  add("growth", 1);
  add("half", 1);
  add("halfLife", own.spent / all.spent);
  all.curve.forEach((points, step) => {
    points[at] = (points[at] as number) +
      (own.curve[step]?.[at] as number);
  });
}

/** Scaled input of all periods. */
function totalInput({ input }: Cell): number {
  return input.reduce((sum, one) => sum + one, 0);
}

function room(
  spend: Float64Array,
  spent: number,
  count: number,
): ChannelDraws {
  const draws = () => new Float64Array(count);
  const active = spend.filter((money) => money > 0).length;
  return {
    brought: draws(),
    ceiling: draws(),
    growth: draws(),
    half: draws(),
    halfLife: draws(),
    curve: Array.from({ length: CURVE_STEPS }, draws),
    spent,
    usual: active === 0 ? 0 : spent / active,
    most: spend.reduce((most, money) => Math.max(most, money), 0),
  };
}
