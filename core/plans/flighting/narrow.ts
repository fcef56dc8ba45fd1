/**
 * What each cell can get at all: bounds that follow from ramps, totals, budget
 * and what is spent, or the names of those in conflict.
 *
 * A cell is one entity in one period. Bounds are narrowed row by row until nothing
 * changes. What is found so is implied by the problem, so no plan is lost.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { type FlightProblem, listMoments } from "./problem.ts";

/** Bounds of all cells, shape [entities × periods]. */
export interface Cells {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** Bounds as they are asked for, and as far as cells can reach within all others. */
export interface NarrowedCells {
  readonly asked: Cells;
  readonly reach: Cells;
  /** Whether a cell has one possible amount only. */
  readonly fixed: Uint8Array;
}

/** A row or column of cells, and what it sums to. */
interface Sum {
  name: string;
  readonly cells: readonly number[];
  lo: number;
  hi: number;
}

const ROUNDS = 12;
const SLACK = 1e-12;
/** Names that an error lists at most. */
const NAMED = 8;

/**
 * Narrows.
 *
 * @param problem A problem that is checked.
 * @returns Bounds of all cells.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function narrowCells(problem: FlightProblem): NarrowedCells {
  const asked = layBounds(problem);
  const reach = { lo: asked.lo.slice(), hi: asked.hi.slice() };
  const { entities, periods, groups } = listSums(problem);
  const slack = SLACK * Math.max(problem.budget, 1e-300);
  for (let round = 0; round < ROUNDS; round++) {
    const before = measureWidth(reach);
    problem.entities.forEach((_, entity) =>
      narrowRamps({ problem, reach, slack }, entity)
    );
    for (const sum of groups.flat()) narrowSum({ problem, reach, slack }, sum);
    periods.forEach((sum, t) =>
      narrowShared({ problem, reach, slack }, sum, groups[t] ?? [])
    );
    for (const sums of [periods, entities]) {
      for (const sum of sums) narrowSum({ problem, reach, slack }, sum);
      narrowBudget({ problem, reach, slack }, sums);
      for (const sum of sums) narrowSum({ problem, reach, slack }, sum);
    }
    if (measureWidth(reach) >= before * (1 - 1e-12)) break;
  }
  const fixed = Uint8Array.from(
    reach.lo,
    (lo, cell) => (reach.hi[cell] as number) - lo <= 2 * slack ? 1 : 0,
  );
  return { asked, reach, fixed };
}

interface Work {
  readonly problem: FlightProblem;
  readonly reach: Cells;
  readonly slack: number;
}

function layBounds({ entities, periods }: FlightProblem): Cells {
  const lo = new Float64Array(entities.length * periods);
  const hi = lo.slice();
  entities.forEach((entity, row) => {
    for (let period = 0; period < periods; period++) {
      const spent = entity.spent?.[period];
      lo[row * periods + period] = spent ?? entity.lo[period] as number;
      hi[row * periods + period] = spent ?? entity.hi[period] as number;
    }
  });
  return { lo, hi };
}

function listSums(
  { entities, periods, totals, groups = [] }: FlightProblem,
): {
  readonly entities: Sum[];
  readonly periods: Sum[];
  /** Of each period. */
  readonly groups: Sum[][];
} {
  const list = (length: number, of: (at: number) => number) =>
    Array.from({ length }, (_, at) => of(at));
  return {
    entities: entities.map(({ id, total }, row) => ({
      name: `entity:${id}`,
      cells: list(periods, (period) => row * periods + period),
      ...(total ?? { lo: 0, hi: Infinity }),
    })),
    periods: list(periods, (period) => period).map((period) => ({
      name: `period:${period}`,
      cells: list(entities.length, (row) => row * periods + period),
      ...(totals?.[period] ?? { lo: 0, hi: Infinity }),
    })),
    groups: list(periods, (period) => period).map((period) =>
      groups.map((group) => ({
        name: `group:${group.id}:${period}`,
        cells: entities.flatMap(({ id }, row) =>
          group.entities.includes(id) ? [row * periods + period] : []
        ),
        ...(group.totals[period] ?? { lo: 0, hi: Infinity }),
      }))
    ),
  };
}

function measureWidth({ lo, hi }: Cells): number {
  return lo.reduce((sum, low, cell) => sum + (hi[cell] as number) - low, 0);
}

/** Carries each cell's bounds to the next one and back. */
function narrowRamps(work: Work, entity: number): void {
  const { problem, reach } = work;
  const { entities, periods } = problem;
  const moments = listMoments(problem);
  const { id, ramp, before, spent = [] } = entities[entity] ??
    { id: "", ramp: undefined, before: undefined };
  if (ramp === undefined) return;
  const start = entity * periods;
  const name = `ramp:${id}`;
  if (before !== undefined && spent.length === 0) {
    clip(work, { cell: start, lo: before - ramp, hi: before + ramp, name });
  }
  const carry = (to: number, from: number) =>
    moments[to] === moments[from] &&
    clip(work, {
      cell: start + to,
      lo: (reach.lo[start + from] as number) - ramp,
      hi: (reach.hi[start + from] as number) + ramp,
      name,
    });
  for (let t = Math.max(1, spent.length); t < periods; t++) {
    carry(t, t - 1);
  }
  for (let t = periods - 2; t >= spent.length; t--) {
    carry(t, t + 1);
  }
}

function narrowSum(work: Work, sum: Sum): void {
  const { reach, slack } = work;
  const { name, cells } = sum;
  let least = 0;
  let most = 0;
  for (const cell of cells) {
    least += reach.lo[cell] as number;
    most += reach.hi[cell] as number;
  }
  if (sum.lo > sum.hi + slack) throw conflict([`${name}:lo`, `${name}:hi`]);
  if (least > sum.hi + slack) {
    throw conflict([`${name}:hi`, "its cells' least"]);
  }
  if (most < sum.lo - slack) throw conflict([`${name}:lo`, "its cells' most"]);
  sum.lo = Math.max(sum.lo, least);
  sum.hi = Math.max(sum.lo, Math.min(sum.hi, most));
  for (const cell of cells) {
    clip(work, {
      cell,
      lo: sum.lo - (most - (reach.hi[cell] as number)),
      hi: sum.hi - (least - (reach.lo[cell] as number)),
      name,
    });
  }
}

/** A period's total is the sum of its groups and of the cells in none. */
function narrowShared(
  { reach, slack }: Work,
  period: Sum,
  groups: readonly Sum[],
): void {
  if (groups.length === 0) return;
  const shared = new Set(groups.flatMap(({ cells }) => cells));
  let least = groups.reduce((sum, { lo }) => sum + lo, 0);
  let most = groups.reduce((sum, { hi }) => sum + hi, 0);
  for (const cell of period.cells) {
    if (shared.has(cell)) continue;
    least += reach.lo[cell] as number;
    most += reach.hi[cell] as number;
  }
  const names = groups.map(({ name }) => name);
  if (least > period.hi + slack) {
    throw conflict([`${period.name}:hi`, ...names.map((one) => `${one}:lo`)]);
  }
  if (most < period.lo - slack) {
    throw conflict([`${period.name}:lo`, ...names.map((one) => `${one}:hi`)]);
  }
  if (most < period.hi || least > period.lo) period.name = names.join(", ");
  period.hi = Math.max(period.lo, Math.min(period.hi, most));
  period.lo = Math.min(period.hi, Math.max(period.lo, least));
}

/** The budget is the sum of all entities, and of all periods. */
function narrowBudget({ problem, slack }: Work, sums: readonly Sum[]): void {
  const least = sums.reduce((all, { lo }) => all + lo, 0);
  const most = sums.reduce((all, { hi }) => all + hi, 0);
  const floor = problem.spend === "all" ? problem.budget : 0;
  if (least > problem.budget + slack) {
    throw conflict(["budget", ...nameHolding(sums, "lo")]);
  }
  if (most < floor - slack) {
    throw conflict(["budget", ...nameHolding(sums, "hi")]);
  }
  for (const sum of sums) {
    const { lo, hi } = sum;
    sum.hi = Math.max(lo, Math.min(hi, problem.budget - (least - lo)));
    sum.lo = Math.min(sum.hi, Math.max(lo, floor - (most - hi)));
  }
}
function nameHolding(sums: readonly Sum[], side: "lo" | "hi"): string[] {
  const named = sums.filter((sum) => sum[side] > 0).slice(0, NAMED);
  return named.map(({ name }) => `${name}:${side}`);
}

function clip(
  { problem: { entities, periods }, reach, slack }: Work,
  { cell, lo, hi, name }: {
    readonly cell: number;
    readonly lo: number;
    readonly hi: number;
    readonly name: string;
  },
): void {
  const [least, most] = [reach.lo[cell] as number, reach.hi[cell] as number];
  const low = Math.max(least, lo);
  const high = Math.min(most, hi);
  if (low > high + 10 * slack) {
    const id = entities[Math.floor(cell / periods)]?.id;
    throw conflict([name, `cell:${id}:${cell % periods}`]);
  }
  const met = Math.min(Math.max((low + high) / 2, least), most);
  reach.lo[cell] = low > high ? met : low;
  reach.hi[cell] = low > high ? met : high;
}

/** The failure that names what is in conflict. */
export function conflict(constraints: readonly string[]): EngineError {
  const named = constraints.join(", ");
  return new EngineError(
    "plan_infeasible",
    `Cannot plan flight: no plan meets all bounds (${named}); relax one of these`,
    { facts: { constraints: named, conflicting: constraints.length } },
  );
}
