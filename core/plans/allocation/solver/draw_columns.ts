/**
 * Draws of a response in columns, all looked at together.
 *
 * One exponential for each draw gives its outcome and its slope, as
 * (x ÷ half)^slope = exp(slope · (ln (x ÷ unit) − ln (half ÷ unit))).
 *
 * @module
 */
import { respond, respondMarginally } from "../../../domain/response.ts";
import type { ResponseCurve } from "../../../domain/score.ts";

/** What a curve says of an amount. */
export interface Look {
  outcome: number;
  /** d outcome / d amount. */
  slope: number;
  /** d slope / d amount. */
  turn: number;
}

/** Draws, all equally likely. */
export interface DrawColumns {
  /** Where each turns from convex to concave; 0 where it is concave. */
  readonly bends: Float64Array;
  /** The steepest slope of each, at its bend. */
  readonly steepest: Float64Array;
  /**
   * Looks at an amount.
   *
   * @param slopes Filled with d outcome / d amount of each draw.
   * @returns Means, in an object that the next look overwrites.
   */
  look(amount: number, slopes: Float64Array): Readonly<Look>;
}

/** Lays draws out. */
export function layDraws(draws: readonly ResponseCurve[]): DrawColumns {
  const bends = Float64Array.from(draws, findBend);
  const first = draws.find((draw) => draw.type === "hill");
  const unit = first?.type === "hill" ? first.half : 1;
  const hills = draws.map((draw) => draw.type === "hill");
  const ceiling = Float64Array.from(draws, (draw) => draw.ceiling);
  const power = Float64Array.from(
    draws,
    (draw) => draw.type === "hill" ? draw.slope : 1,
  );
  const log = Float64Array.from(
    draws,
    (draw) => draw.type === "hill" ? Math.log(draw.half / unit) : 0,
  );
  const mean: Look = { outcome: 0, slope: 0, turn: 0 };
  return {
    bends,
    steepest: bends.map((bend, at) =>
      respondMarginally(draws[at] as ResponseCurve, bend)
    ),
    look(amount, slopes) {
      const at = Math.log(amount / unit);
      let [outcomes, rises, turns] = [0, 0, 0];
      for (let draw = 0; draw < draws.length; draw++) {
        if (!hills[draw] || amount <= 0) {
          const curve = draws[draw] as ResponseCurve;
          const slope = respondMarginally(curve, amount);
          slopes[draw] = slope;
          outcomes += respond(curve, amount);
          rises += slope;
          turns += slope * findBending(curve, amount);
          continue;
        }
        const s = power[draw] as number;
        const p = Math.exp(s * (at - (log[draw] as number)));
        const outcome = (ceiling[draw] as number) / (1 + 1 / p);
        const slope = outcome * s / (1 + p) / amount;
        slopes[draw] = slope;
        outcomes += outcome;
        rises += slope;
        turns += slope * (s * (1 - p) / (1 + p) - 1);
      }
      mean.outcome = outcomes / draws.length;
      mean.slope = rises / draws.length;
      mean.turn = turns / draws.length / amount;
      return mean;
    },
  };
}

/** d ln slope / d ln amount of a curve that is no Hill curve. */
function findBending(curve: ResponseCurve, amount: number): number {
  switch (curve.type) {
    case "logistic":
      return -curve.rate * amount * Math.tanh(curve.rate * amount / 2);
    case "michaelis_menten":
      return -2 * amount / (curve.half + amount);
    default:
      return 0;
  }
}

/** Where a curve turns from convex to concave. */
function findBend(curve: ResponseCurve): number {
  if (curve.type !== "hill" || curve.slope <= 1 || curve.ceiling === 0) {
    return 0;
  }
  const { half, slope } = curve;
  return half * ((slope - 1) / (slope + 1)) ** (1 / slope);
}
