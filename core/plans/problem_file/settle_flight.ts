/**
 * A flight plan whose cells keep their bounds exactly, and that sums to the budget
 * as near as numbers of 64 bits can.
 *
 * @module
 */
import type { FlightProblem } from "../flighting/problem.ts";
import { createSum } from "../allocation/solver/compensated_sum.ts";

const PASSES = 200;

/**
 * Settles.
 *
 * @param problem What is planned.
 * @param given A plan that keeps all bounds to rounding, shape [entities × periods].
 * @returns The plan, shape [entities × periods].
 */
export function settleFlight(
  problem: FlightProblem,
  given: Float64Array,
): Float64Array {
  const { periods, entities, budget, spend } = problem;
  const amounts = given.slice();
  entities.forEach(({ lo, hi, spent = [] }, row) => {
    for (let t = 0; t < periods; t++) {
      const cell = row * periods + t;
      amounts[cell] = spent[t] ?? Math.min(
        Math.max(amounts[cell] as number, lo[t] as number),
        hi[t] as number,
      );
    }
  });
  for (let pass = 0; pass < PASSES; pass++) {
    const total = sumUp(amounts);
    const missing = total > budget || spend === "all" ? budget - total : 0;
    if (missing === 0 || !moveOne(problem, amounts, missing)) break;
  }
  return amounts;
}

function sumUp(amounts: ArrayLike<number>): number {
  const sum = createSum();
  for (let at = 0; at < amounts.length; at++) sum.add(amounts[at] as number);
  return sum.total();
}

/** Moves the cell with the most room; false if none moves. */
function moveOne(
  problem: FlightProblem,
  amounts: Float64Array,
  missing: number,
): boolean {
  const sums = sumRows(problem, amounts);
  let best = -1;
  let most = 0;
  for (let cell = 0; cell < amounts.length; cell++) {
    const room = measureRoom(problem, { amounts, sums, cell }, missing > 0);
    if (room > most) [best, most] = [cell, room];
  }
  if (best < 0) return false;
  const before = amounts[best] as number;
  amounts[best] = before +
    Math.sign(missing) * Math.min(Math.abs(missing), most);
  return amounts[best] !== before;
}

interface Sums {
  readonly entities: Float64Array;
  readonly periods: Float64Array;
}

function sumRows({ periods, entities }: FlightProblem, x: Float64Array): Sums {
  const sums = {
    entities: new Float64Array(entities.length),
    periods: new Float64Array(periods),
  };
  x.forEach((amount, cell) => {
    const [row, t] = [Math.floor(cell / periods), cell % periods];
    sums.entities[row] = (sums.entities[row] as number) + amount;
    sums.periods[t] = (sums.periods[t] as number) + amount;
  });
  return sums;
}

/** How far a cell may rise, or fall, within every bound it has a part in. */
function measureRoom(
  { periods, entities, totals }: FlightProblem,
  { amounts, sums, cell }: {
    readonly amounts: Float64Array;
    readonly sums: Sums;
    readonly cell: number;
  },
  rises: boolean,
): number {
  const [row, t] = [Math.floor(cell / periods), cell % periods];
  const entity = entities[row];
  if (entity === undefined || t < (entity.spent?.length ?? 0)) return 0;
  const { lo, hi, total, ramp = Infinity, before } = entity;
  const amount = amounts[cell] as number;
  const past = t === 0 ? before : amounts[cell - 1];
  const next = t === periods - 1 ? undefined : amounts[cell + 1];
  const near = [past, next].filter((one) => one !== undefined);
  if (!rises) {
    return Math.min(
      amount - (lo[t] as number),
      (sums.entities[row] as number) - (total?.lo ?? -Infinity),
      (sums.periods[t] as number) - (totals?.[t]?.lo ?? -Infinity),
      ...near.map((one) => amount - one + ramp),
    );
  }
  return Math.min(
    (hi[t] as number) - amount,
    (total?.hi ?? Infinity) - (sums.entities[row] as number),
    (totals?.[t]?.hi ?? Infinity) - (sums.periods[t] as number),
    ...near.map((one) => one + ramp - amount),
  );
}
