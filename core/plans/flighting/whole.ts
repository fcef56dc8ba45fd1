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
import { boundFlight, type FlightOptions, planFlight } from "./plan_flight.ts";
import { listGroups } from "./sheet.ts";
import { type Flight, type FlightProblem, listMoments } from "./problem.ts";

/** A plan in whole units. */
export interface WholeFlight {
  /** Whole amounts, shape [entities × periods]. */
  readonly amounts: readonly bigint[];
  /** What they bring. */
  readonly outcome: number;
  /** No plan within the bounds, whole or not, brings more. */
  readonly upperBound: number;
  /** The plan they stand beside; where there are ramps, they are a few units narrower. */
  readonly flight: Flight;
}

/** Distances to either side of the plan that cells may move by, one tried after the other. */
const WINDOWS = [1, 4, 16, 32, 128, 1024];
/** A distance is tried that is not above 32, or this share of the budget. */
const CLOSE = 1e-9;

/**
 * Plans in whole units.
 *
 * @param problem What to plan; all its amounts whole and below 2^53 in sum.
 * @param options When to stop.
 * @returns Whole amounts within all bounds; with spend `all` they sum to the budget.
 * @throws {RangeError} If an amount is not whole, or ramps of a few units leave no whole plan.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function planWholeFlight(
  problem: FlightProblem,
  options: FlightOptions = {},
): WholeFlight {
  checkWhole(problem);
  const windows = WINDOWS.filter((window) =>
    window <= Math.max(32, CLOSE * problem.budget)
  );
  const steep = problem.entities.some(({ ramp }) => ramp !== undefined);
  const upperBound = steep ? boundFlight(problem, options) : null;
  const flight = planFlight(
    narrowRamps(problem, 2 * (windows.at(-1) ?? 1) + 2),
    options,
  );
  for (const trial of listTrials(flight, windows)) {
    const table = fillTable(layTable(problem, flight, trial));
    if (table === null || breaksRamp(problem, table)) continue;
    const outcome = sumOutcome(problem, table);
    return {
      amounts: Array.from(table, BigInt),
      outcome,
      upperBound: Math.max(upperBound ?? flight.upperBound, outcome),
      flight,
    };
  }
  throw new RangeError(
    "Cannot round flight: its bounds admit no whole amounts near the plan",
  );
}

/** How far cells may move, and the least that all sum to where not all must be spent. */
interface Trial {
  readonly window: number;
  readonly least: number;
}

/** Trials that spend as much as the plan, and then less. */
function* listTrials(
  { amounts }: Flight,
  windows: readonly number[],
): Generator<Trial> {
  const all = Math.round(amounts.reduce((sum, amount) => sum + amount, 0));
  for (const window of windows) {
    yield { window, least: all };
    yield { window, least: Math.max(0, all - window) };
  }
}

/** Takes so much from all ramps, an eighth of them at most. */
function narrowRamps(problem: FlightProblem, margin: number): FlightProblem {
  return {
    ...problem,
    entities: problem.entities.map((entity) =>
      entity.ramp === undefined ? entity : {
        ...entity,
        ramp: entity.ramp - Math.min(margin, Math.floor(entity.ramp / 8)),
      }
    ),
  };
}

function checkWhole(
  { entities, totals = [], groups = [], budget }: FlightProblem,
): void {
  const sums = [...totals, ...groups.flatMap((group) => group.totals)];
  const amounts = [
    budget,
    ...sums.flatMap(({ lo, hi }) => [lo, hi]),
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
  problem: FlightProblem,
  { amounts }: Flight,
  { window, least }: Trial,
): Parameters<typeof fillTable>[0] {
  const { entities, periods, totals, groups, budget, spend } = problem;
  const bound = (row: number, t: number, side: "lo" | "hi") =>
    entities[row]?.spent?.[t] ?? entities[row]?.[side][t] as number;
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
    ...(groups === undefined ? {} : {
      groupOf: listGroups(problem),
      groupBounds: groups.flatMap((group) =>
        group.totals.map(({ lo, hi }) => [lo, hi] as const)
      ),
    }),
    sum: spend === "all" ? [budget, budget] : [Math.min(least, budget), budget],
  };
}

function breaksRamp(
  problem: FlightProblem,
  table: Float64Array,
): boolean {
  const { entities, periods } = problem;
  const moments = listMoments(problem);
  return entities.some(({ ramp, before, spent = [] }, row) => {
    if (ramp === undefined) return false;
    for (let t = spent.length; t < periods; t++) {
      if (t > 0 && moments[t] !== moments[t - 1]) continue;
      const last = t === 0 ? before : table[row * periods + t - 1];
      const step = (table[row * periods + t] as number) -
        (last ?? table[row * periods + t] as number);
      if (Math.abs(step) > ramp) return true;
    }
    return false;
  });
}
