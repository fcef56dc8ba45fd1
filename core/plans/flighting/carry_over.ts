/**
 * Carry-over: how what is spent in one period is felt in later ones.
 *
 * @see Jin et al. (2017), Bayesian Methods for Media Mix Modeling with Carryover
 * and Shape Effects
 * @module
 */
import { respond } from "../../domain/response.ts";
import { countHorizon, type FlightProblem, listMoments } from "./problem.ts";

/**
 * Geometric carry-over, its shares summing to 1.
 *
 * @param decay Share that lasts into the next period, [0, 1).
 * @param lags Periods in which an amount is felt, its own included.
 * @returns Shares, shape [lags].
 */
export function geometricKernel(decay: number, lags: number): number[] {
  const powers = Array.from({ length: lags }, (_, lag) => decay ** lag);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Adstock of amounts, period by period.
 *
 * @param kernel Shares, shape [lags].
 * @param amounts Amounts, shape [periods].
 * @param horizon Periods to tell, the first that of the first amount.
 * @returns Adstock, shape [horizon].
 */
export function adstock(
  kernel: readonly number[],
  amounts: ArrayLike<number>,
  horizon: number,
): Float64Array {
  const felt = new Float64Array(horizon);
  for (let at = 0; at < amounts.length; at++) {
    for (let lag = 0; lag < kernel.length && at + lag < horizon; lag++) {
      felt[at + lag] = (felt[at + lag] as number) +
        (kernel[lag] as number) * (amounts[at] as number);
    }
  }
  return felt;
}

/**
 * Adstock that the past leaves.
 *
 * @param kernel Shares, shape [lags].
 * @param history Amounts of the periods before the first, the latest last.
 * @returns Adstock from the first period on, as long as any is left; shape [lags − 1].
 */
export function carryIn(
  kernel: readonly number[],
  history: readonly number[],
): number[] {
  const horizon = history.length + Math.max(0, kernel.length - 1);
  return [...adstock(kernel, history, horizon)].slice(history.length);
}

/**
 * Carry-over of an amount that is spread evenly over several moments.
 *
 * @param kernel Shares of what is spent in one moment, shape [lags].
 * @param moments How many.
 * @returns Shares from the first of them on, shape [lags + moments − 1].
 */
export function spreadKernel(
  kernel: readonly number[],
  moments: number,
): readonly number[] {
  if (moments === 1) return kernel;
  const even = Array<number>(moments).fill(1 / moments);
  return [...adstock(kernel, even, kernel.length + moments - 1)];
}

/**
 * Outcome of amounts over time, in the obvious way.
 *
 * @param problem Curves, kernels, seasons.
 * @param amounts Shape [entities × periods].
 * @returns Outcome units in all moments that count.
 */
export function sumOutcome(
  problem: FlightProblem,
  amounts: ArrayLike<number>,
): number {
  const { entities, periods } = problem;
  const horizon = countHorizon(problem);
  const moments = listMoments(problem);
  let outcome = 0;
  entities.forEach(({ curve, kernel, carryIn = [], season }, at) => {
    const own = moments.flatMap((count, period) =>
      Array<number>(count).fill(
        (amounts[at * periods + period] as number) / count,
      )
    );
    adstock(kernel, own, horizon).forEach((felt, moment) => {
      outcome += (season?.[moment] ?? 1) *
        respond(curve, felt + (carryIn[moment] ?? 0));
    });
  });
  return outcome;
}
