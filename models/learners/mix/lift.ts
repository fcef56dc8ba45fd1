/**
 * Experiments in the posterior: each says with a normal error what some spend
 * brought, and pulls the curve of its channel there.
 *
 * @module
 */
import { carryOver } from "./carry_over.ts";
import { type Cell, type Media, pullShares } from "./media.ts";
import type { LiftGeo, LiftProblem, MixProblem } from "./problem.ts";
import { pullSaturation, saturate } from "./saturation.ts";

/** All experiments. */
export interface Lifts {
  /**
   * Weighs the curves last set against the experiments: adds slopes to the cells and,
   * for spend that was not, to the coordinates.
   *
   * @param slopes Where to add, shape [geographies][values].
   * @returns Log density up to a constant.
   */
  evaluate(slopes: readonly Float64Array[]): number;
  /** Outcome that each experiment should have measured, by the curves last set. */
  expect(): number[];
}

interface Part {
  readonly cell: Cell;
  readonly geo: number;
  readonly unit: number;
  /** Outcome in ceilings: shares with the spend less shares without. */
  gain(): number;
  /** Adds slopes, given that in the ceiling-weighted gain. */
  pull(along: number, into: Float64Array): void;
}

/**
 * Prepares a problem's experiments.
 *
 * @param problem The posterior.
 * @param media Its channels.
 * @returns The experiments; nothing in it allocates but {@link Lifts.expect}.
 */
export function createLifts(problem: MixProblem, media: Media): Lifts {
  const parts = problem.lifts.map((lift) =>
    lift.geos.flatMap((geo) => createPart(lift, geo, media))
  );
  const gains = parts.map((all) => new Float64Array(all.length));
  const expect = (at: number) => {
    let sum = 0;
    const all = parts[at] as Part[];
    for (let i = 0; i < all.length; i++) {
      const part = all[i] as Part;
      const gain = part.gain();
      (gains[at] as Float64Array)[i] = gain;
      sum += part.unit * part.cell.ceiling * gain;
    }
    return sum;
  };
  return {
    evaluate(slopes) {
      let density = 0;
      for (let at = 0; at < parts.length; at++) {
        const { lift, error } = problem.lifts[at] as LiftProblem;
        const far = (lift - expect(at)) / error;
        density -= far * far / 2;
        const all = parts[at] as Part[];
        for (let i = 0; i < all.length; i++) {
          const { cell, geo, unit, pull } = all[i] as Part;
          const along = far / error * unit;
          cell.ceilingPull += along *
            ((gains[at] as Float64Array)[i] as number);
          pull(along * cell.ceiling, slopes[geo] as Float64Array);
        }
      }
      return density;
    },
    expect: () => parts.map((_, at) => expect(at)),
  };
}

function createPart(
  { channel }: LiftProblem,
  geo: LiftGeo,
  media: Media,
): Part[] {
  const cell = media.cells[geo.geo]?.find((one) => one.channel === channel);
  if (!cell) return [];
  return [geo.kind === "step" ? stepOf(cell, geo) : windowOf(cell, geo)];
}

function stepOf(
  cell: Cell,
  { geo, unit, before, after, periods }: LiftGeo & { kind: "step" },
): Part {
  const adstock = Float64Array.of(before, after);
  const shares = new Float64Array(2);
  const along = new Float64Array(2);
  return {
    cell,
    geo,
    unit,
    gain() {
      saturate(cell.saturation, adstock, shares);
      return periods * ((shares[1] as number) - (shares[0] as number));
    },
    pull(slope, into) {
      along[0] = -slope * periods;
      along[1] = slope * periods;
      const from = cell.fromSaturation;
      pullSaturation(cell.saturation, adstock, {
        shares,
        pull: along,
        into,
        from,
      });
    },
  };
}

function windowOf(
  cell: Cell,
  { geo, unit, from, until, removed }: LiftGeo & { kind: "window" },
): Part {
  const periods = cell.input.length;
  const end = Math.min(periods, until + cell.carry.lags - 1);
  const input = cell.input.map((value, t) =>
    t >= from && t < until ? value * (1 - removed) : value
  );
  const adstock = new Float64Array(periods);
  const shares = new Float64Array(periods);
  const along = new Float64Array(periods);
  const sharePull = cell.sharePull ??= new Float64Array(periods);
  return {
    cell,
    geo,
    unit,
    gain() {
      carryOver(cell.carry, input, adstock);
      saturate(cell.saturation, adstock, shares);
      let sum = 0;
      for (let t = from; t < end; t++) {
        sum += (cell.shares[t] as number) - (shares[t] as number);
      }
      return sum;
    },
    pull(slope, into) {
      along.fill(0);
      for (let t = from; t < end; t++) {
        sharePull[t] = (sharePull[t] as number) + slope;
        along[t] = -slope;
      }
      pullShares(cell, { input, adstock, shares }, { along, into });
    },
  };
}
