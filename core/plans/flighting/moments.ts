/**
 * Periods of several moments: when they begin, and what is felt of them when.
 *
 * @module
 */
import { spreadKernel } from "./carry_over.ts";
import { type FlightProblem, listMoments } from "./problem.ts";

/** Periods and moments. */
export interface Times {
  /** Moments in which an amount is felt at most. */
  readonly lags: number;
  /** First moment of each period, shape [periods]. */
  readonly begins: Int32Array;
  /** First and last period that is felt in a moment, shape [horizon]. */
  readonly feltFrom: Int32Array;
  readonly feltTo: Int32Array;
}

/** When periods begin and which of them a moment feels. */
export function layTimes(
  problem: FlightProblem,
  horizon: number,
): Times {
  const moments = listMoments(problem);
  const longest = Math.max(
    1,
    ...problem.entities.map(({ kernel }) => kernel.length),
  );
  const lags = longest + Math.max(...moments) - 1;
  let begin = 0;
  const begins = Int32Array.from(moments, (count) => {
    begin += count;
    return begin - count;
  });
  const feltFrom = new Int32Array(horizon);
  const feltTo = new Int32Array(horizon);
  let from = 0;
  let to = 0;
  for (let at = 0; at < horizon; at++) {
    while ((begins[from] as number) + lags <= at && from < begins.length - 1) {
      from++;
    }
    while (to < begins.length - 1 && (begins[to + 1] as number) <= at) to++;
    feltFrom[at] = from;
    feltTo[at] = to;
  }
  return { lags, begins, feltFrom, feltTo };
}

/** Share of each cell's amount that is felt so long after its period begins, shape [cells × lags]. */
export function layKernels(problem: FlightProblem, lags: number): Float64Array {
  const { entities, periods } = problem;
  const moments = listMoments(problem);
  const kernels = new Float64Array(entities.length * periods * lags);
  entities.forEach(({ kernel }, row) => {
    const spread = new Map<number, readonly number[]>();
    moments.forEach((count, period) => {
      const own = spread.get(count) ?? spreadKernel(kernel, count);
      spread.set(count, own);
      kernels.set(own, (row * periods + period) * lags);
    });
  });
  return kernels;
}
