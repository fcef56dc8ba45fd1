/**
 * Flight plans in whole units that keep every bound and sum exactly.
 *
 * The plan is made with ramps a few units narrower, so that cells may move by as many
 * to either side of it; which do is a flow between entities and periods.
 *
 * @module
 */
import { sumOutcome } from "./carry_over.ts";
import { fillTable } from "./flow.ts";
import { planFlight } from "./plan_flight.ts";
import type { Flight, FlightProblem } from "./problem.ts";

/** A plan in whole units. */
export interface WholeFlight {
  /** Whole amounts, shape [entities × periods]. */
  readonly amounts: readonly bigint[];
  /** What they bring. */
  readonly outcome: number;
  /** The plan they stand beside; its bound is over problems whose ramps are a few units narrower. */
  readonly flight: Flight;
}

/** Units by which ramps are narrowed, an eighth of the ramp at most. */
const MARGIN = 66;
const WINDOWS = [1, 4, 16, 32];

/**
 * Plans in whole units.
 *
 * @param problem What to plan; all its amounts whole and below 2^53 in sum.
 * @returns Whole amounts within all bounds; with spend `all` they sum to the budget.
 * @throws {RangeError} If an amount is not whole, or ramps of a few units leave no whole plan.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function planWholeFlight(problem: FlightProblem): WholeFlight {
  checkWhole(problem);
  const flight = planFlight({
    ...problem,
    entities: problem.entities.map((entity) =>
      entity.ramp === undefined ? entity : {
        ...entity,
        ramp: entity.ramp -
          Math.min(MARGIN, Math.floor(entity.ramp / 8)),
      }
    ),
  });
  for (const window of WINDOWS) {
    const table = fillTable(layTable(problem, flight, window));
    if (table === null || breaksRamp(problem, table)) continue;
    return {
      amounts: Array.from(table, BigInt),
      outcome: sumOutcome(problem, table),
      flight,
    };
  }
  throw new RangeError(
    "Cannot round flight: its bounds admit no whole amounts near the plan",
  );
}

function checkWhole({ entities, totals = [], budget }: FlightProblem): void {
  const amounts = [
    budget,
    ...totals.flatMap(({ lo, hi }) => [lo, hi]),
    ...entities.flatMap((
      { lo, hi, ramp = 0, spent = [], total, before = 0 },
    ) => [
      ...lo,
      ...hi,
      ...spent,
      ramp,
      before,
      total?.lo ?? 0,
      total?.hi ?? 0,
    ]),
  ];
  const odd = amounts.find((amount) => !Number.isSafeInteger(amount));
  if (odd !== undefined) {
    throw new RangeError(`Cannot round flight: "${odd}" is not a whole amount`);
  }
}

function layTable(
  { entities, periods, totals, budget, spend }: FlightProblem,
  { amounts }: Flight,
  window: number,
): Parameters<typeof fillTable>[0] {
  const bound = (row: number, t: number, side: "lo" | "hi") =>
    entities[row]?.spent?.[t] ?? entities[row]?.[side][t] as number;
  const sum = Math.min(
    budget,
    Math.floor(amounts.reduce((total, amount) => total + amount, 0) + 1e-6),
  );
  return {
    rows: entities.length,
    columns: periods,
    cellLo: amounts.map((amount, cell) => {
      const [row, t] = [Math.floor(cell / periods), cell % periods];
      const low = Math.max(bound(row, t, "lo"), Math.floor(amount) - window);
      return Math.min(low, bound(row, t, "hi"));
    }),
    cellHi: amounts.map((amount, cell) => {
      const [row, t] = [Math.floor(cell / periods), cell % periods];
      const high = Math.min(bound(row, t, "hi"), Math.ceil(amount) + window);
      return Math.max(high, bound(row, t, "lo"));
    }),
    rowBounds: entities.map(({ total }) =>
      total ? [total.lo, total.hi] : [0, budget]
    ),
    columnBounds: Array.from(
      { length: periods },
      (_, t) => [totals?.[t]?.lo ?? 0, totals?.[t]?.hi ?? budget],
    ),
    sum: spend === "all"
      ? [budget, budget]
      : [Math.max(0, sum - window), budget],
  };
}

function breaksRamp(
  { entities, periods }: FlightProblem,
  table: Float64Array,
): boolean {
  return entities.some(({ ramp, before, spent = [] }, row) => {
    if (ramp === undefined) return false;
    for (let t = spent.length; t < periods; t++) {
      const last = t === 0 ? before : table[row * periods + t - 1];
      const step = (table[row * periods + t] as number) -
        (last ?? table[row * periods + t] as number);
      if (Math.abs(step) > ramp) return true;
    }
    return false;
  });
}
