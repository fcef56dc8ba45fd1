/**
 * A flight problem as one over the totals of its entities: what budget and totals
 * cannot agree on can be found, and moved, there.
 *
 * @module
 */
import type { AllocationProblem } from "../../domain/allocation.ts";
import type { FlightProblem } from "../flighting/problem.ts";

const CURVE = { type: "michaelis_menten", ceiling: 0, half: 1 } as const;

/** The totals' problem; ramps and the periods' totals are left aside. */
export function layTotals(
  { entities, periods, budget, spend }: FlightProblem,
): AllocationProblem {
  return {
    entities: entities.map(({ id, lo, hi, total, spent = [] }) => {
      let [least, most] = [0, 0];
      for (let t = 0; t < periods; t++) {
        least += spent[t] ?? lo[t] as number;
        most += spent[t] ?? hi[t] as number;
      }
      return {
        ...{ id, group: null, curve: CURVE },
        lo: Math.max(least, total?.lo ?? 0),
        hi: Math.min(most, total?.hi ?? Infinity),
      };
    }),
    groups: [],
    ...{ budget, spend },
  };
}
