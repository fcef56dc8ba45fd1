/**
 * The flighting instance whose optimum is certified, from beside the checkout.
 *
 * @module
 */
import {
  carryIn,
  geometricKernel,
} from "../../core/plans/flighting/carry_over.ts";
import type { FlightProblem } from "../../core/plans/flighting/problem.ts";
import { FOLDER } from "./certified_instances.ts";

/** What is known of the instance. */
export interface CertifiedFlight {
  readonly problem: FlightProblem;
  /** Spend of each entity in a period as it was, shape [entities]. */
  readonly ref: readonly number[];
  /** Spend in the periods before, shape [entities][periods]. */
  readonly history: readonly (readonly number[])[];
  readonly certified: {
    readonly "upper_bound": number;
    readonly "best_known": number;
    readonly "x_best": readonly (readonly number[])[];
    readonly "value_uniform_flighting_optimised_totals": number;
    readonly "value_proportional_uniform": number;
  };
}

/** Reads it; null if it is absent. */
export function readFlight(): CertifiedFlight | null {
  const file = new URL("flighting_mm_n6_t26.json", FOLDER);
  let found;
  try {
    found = JSON.parse(Deno.readTextFileSync(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const { weeks, l_max: lags, season, alpha } = found;
  const entities = alpha.map((decay: number, at: number) => {
    const kernel = geometricKernel(decay, lags);
    return {
      id: `c${at}`,
      curve: {
        type: "michaelis_menten",
        ceiling: found.beta[at],
        half: found.k[at],
      },
      kernel,
      carryIn: carryIn(kernel, found.history[at]),
      season,
      lo: Array(weeks).fill(0),
      hi: Array(weeks).fill(found.cap[at]),
      total: { lo: found.cmin[at], hi: found.cmax[at] },
      ramp: found.ramp[at],
    };
  });
  return {
    problem: {
      periods: weeks,
      after: lags - 1,
      entities,
      budget: found.budget,
      spend: "all",
    },
    ref: found.ref,
    history: found.history,
    certified: found.certified,
  };
}
