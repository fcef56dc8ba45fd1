/**
 * Whole amounts of an allocation: they sum exactly, and keep every bound of the
 * problem to the unit, steps and gaps included.
 *
 * Rounding breaks weighted sums and returns by a few units at most; units are then
 * moved from the entities that weigh most on the row to those that weigh least,
 * until it holds. Where no whole amounts next to these keep a row, it is kept to within
 * one unit: of its largest coefficient, or of what a return asks of one unit.
 *
 * @module
 */
import type { AllocationProblem } from "../../domain/allocation.ts";
import { respond, respondMarginally } from "../../domain/response.ts";
import {
  findRoom,
  layOut,
  listAbove,
  moveUnits,
  roundAmounts,
  type Sheet,
  type WholeBounds,
} from "./round.ts";

/** A constraint c(x) ≤ 0 and what each entity weighs on it. */
interface Row {
  excess(whole: readonly bigint[]): number;
  /** d c / d amount; 0 where the entity does not count. */
  weight(at: number, amount: number): number;
  /** By how much it may be broken where it must. */
  readonly play: number;
}

const MOVES = 2000;
/** Part of its terms that a sum in floating point may be off by. */
const NOISE = 1e-15;

/**
 * Rounds.
 *
 * @param problem Its budget and bounds in the unit that amounts become whole in,
 * such as micros.
 * @param amounts An allocation of it, shape [entities].
 * @returns Whole amounts.
 * @throws {RangeError} If there are none next to the amounts that come within a unit.
 */
export function roundAllocation(
  problem: AllocationProblem,
  amounts: Float64Array,
): bigint[] {
  return roundWithin(problem, amounts, readLimits(problem, amounts));
}

/**
 * Rounds within exact bounds, which may be beyond the precision of numbers.
 *
 * @param problem Whose weighted sums and returns are kept, in the unit that amounts
 * become whole in.
 * @param amounts An allocation of it, shape [entities].
 * @param limits What the whole amounts sum to, and bounds of each and of groups.
 * @returns Whole amounts.
 * @throws {RangeError} If there are none next to the amounts that come within a unit.
 */
export function roundWithin(
  problem: AllocationProblem,
  amounts: Float64Array,
  limits: WholeBounds,
): bigint[] {
  const whole = roundAmounts(amounts, limits);
  const rows = listRows(problem);
  if (rows.every((row) => row.excess(whole) <= 0)) return whole;
  const unspent = problem.spend === "all"
    ? -1n
    : BigInt(Math.floor(problem.budget)) - limits.total;
  return keepRows(layOut(whole, limits), rows, unspent);
}

function readLimits(
  { entities, groups, budget, spend }: AllocationProblem,
  amounts: Float64Array,
): WholeBounds {
  const order = new Map(groups.map(({ id }, at) => [id, at]));
  const bounds = entities.map(({ lo, hi, off, step = 0 }, at) => {
    const amount = amounts[at] ?? 0;
    if (off && amount < lo / 2) return [0n, 0n] as const;
    if (step > 0) {
      const fixed = BigInt(
        Math.round(lo + Math.round((amount - lo) / step) * step),
      );
      return [fixed, fixed] as const;
    }
    return [BigInt(Math.ceil(lo)), BigInt(Math.floor(hi))] as const;
  });
  const sum = amounts.reduce((all, amount) => all + amount, 0);
  const total = spend === "all" ? Math.round(budget) : Math.round(sum);
  return {
    total: BigInt(Math.min(total, Math.floor(budget))),
    bounds,
    group: entities.map(({ group }) =>
      group === null ? -1 : order.get(group) ?? -1
    ),
    groups: groups.map(({ lo, hi }) =>
      [
        BigInt(Math.ceil(lo)),
        BigInt(Math.floor(Math.min(hi, Number.MAX_SAFE_INTEGER))),
      ] as const
    ),
    parents: groups.map(({ parent }) => order.get(parent ?? "") ?? -1),
  };
}

function listRows(problem: AllocationProblem): Row[] {
  const { entities, groups, linear = [], returns = [] } = problem;
  const parents = new Map(groups.map(({ id, parent }) => [id, parent ?? null]));
  const isInside = (from: string | null, group: string | null) => {
    let at: string | null | undefined = from;
    while (at !== group && at !== null && at !== undefined) {
      at = parents.get(at);
    }
    return at === group;
  };
  const sides = linear.flatMap(({ terms, lo = -Infinity, hi = Infinity }) => {
    const coefficients = entities.map(({ id }) => terms[id] ?? 0);
    const largest = Math.max(...coefficients.map(Math.abs), 0);
    const play = lo === hi ? 0 : largest;
    const side = (sign: number, bound: number): Row => ({
      play,
      weight: (at) => sign * (coefficients[at] ?? 0),
      excess: (whole) =>
        sumUp(whole, (x, at) => [sign * (coefficients[at] ?? 0) * x]) -
        sign * bound,
    });
    const equal = largest - play;
    return [
      ...hi < Infinity ? [side(1, hi + equal)] : [],
      ...lo > -Infinity ? [side(-1, lo - equal)] : [],
    ];
  });
  const targets = returns.map(({ group, least }): Row => {
    const counts = entities.map((entity) =>
      group === null || isInside(entity.group, group)
    );
    return {
      play: Math.abs(least),
      weight: (at, amount) => {
        const { curve, weight = 1 } = entities[at] ?? {};
        if (!counts[at] || curve === undefined) return 0;
        return least - weight * respondMarginally(curve, amount);
      },
      excess: (whole) =>
        sumUp(whole, (x, at) => {
          const { curve, weight = 1 } = entities[at] ?? {};
          if (!counts[at] || curve === undefined) return [];
          return [least * x, -weight * respond(curve, x)];
        }),
    };
  });
  return [...sides, ...targets];
}

/** Sum of terms, less what rounding may have added to it. */
function sumUp(
  whole: readonly bigint[],
  of: (amount: number, at: number) => readonly number[],
): number {
  let sum = 0;
  let size = 0;
  whole.forEach((amount, at) => {
    for (const term of of(Number(amount), at)) {
      sum += term;
      size += Math.abs(term);
    }
  });
  return sum - NOISE * size;
}

function keepRows(
  sheet: Sheet,
  rows: readonly Row[],
  unspent: bigint,
): bigint[] {
  let left = unspent;
  for (let move = 0; move < MOVES; move++) {
    const broken = rows.find((row) => row.excess(sheet.whole) > 0);
    if (broken === undefined) return sheet.whole;
    const moved = relieve(sheet, { row: broken, rows }, left);
    if (moved === null) break;
    left -= moved;
  }
  const near = rows.every((row) => row.excess(sheet.whole) <= row.play);
  if (near) return sheet.whole;
  throw new RangeError(
    "Cannot round amounts: a weighted sum or return holds for none next to them",
  );
}

/** Stands for what is not spent: it weighs nothing. */
const UNSPENT = -1;

/** By how much rows are broken in all. */
function sumExcess(rows: readonly Row[], whole: readonly bigint[]): number {
  return rows.reduce((sum, row) => sum + Math.max(row.excess(whole), 0), 0);
}

/**
 * Moves units from what weighs most on a row to what weighs least, where that does
 * not break others by more.
 *
 * @param left What may be spent yet; negative if all must be, and is.
 * @returns What was spent of it; null if nothing could be moved.
 */
function relieve(
  sheet: Sheet,
  { row, rows }: { readonly row: Row; readonly rows: readonly Row[] },
  left: bigint,
): bigint | null {
  const before = sumExcess(rows, sheet.whole);
  const weights = sheet.whole.map((amount, at) =>
    row.weight(at, Number(amount))
  );
  const weightOf = (at: number) => at === UNSPENT ? 0 : weights[at] ?? 0;
  const order = [...weights.keys(), ...left < 0n ? [] : [UNSPENT]]
    .sort((a, b) => weightOf(b) - weightOf(a));
  const excess = row.excess(sheet.whole);
  for (const from of order) {
    for (const to of order.toReversed()) {
      const gain = weightOf(from) - weightOf(to);
      if (!(gain > 0)) break;
      const room = findTransfer(sheet, [from, to], left);
      if (room <= 0n) continue;
      const wanted = BigInt(Math.ceil(excess / gain));
      const units = wanted < room ? wanted : room;
      transfer(sheet, [from, to], units);
      if (sumExcess(rows, sheet.whole) < before) {
        return from === UNSPENT ? units : to === UNSPENT ? -units : 0n;
      }
      transfer(sheet, [to, from], units);
    }
  }
  return null;
}

function transfer(
  sheet: Sheet,
  [from, to]: readonly [number, number],
  units: bigint,
): void {
  if (from !== UNSPENT) moveUnits(sheet, from, -units);
  if (to !== UNSPENT) moveUnits(sheet, to, units);
}

/** How many units may go from one to the other. */
function findTransfer(
  sheet: Sheet,
  [from, to]: readonly [number, number],
  left: bigint,
): bigint {
  const alone = from === UNSPENT || to === UNSPENT;
  const within = alone ? -1 : findShared(sheet, from, to);
  const out = from === UNSPENT
    ? left
    : findRoom(sheet, from, { up: false, within });
  if (to === UNSPENT) return out;
  const into = findRoom(sheet, to, { up: true, within });
  return out < into ? out : into;
}

/** The innermost group that holds both; −1 if none does. */
function findShared({ limits }: Sheet, a: number, b: number): number {
  const above = new Set(listAbove(limits, a));
  for (const group of listAbove(limits, b)) if (above.has(group)) return group;
  return -1;
}
