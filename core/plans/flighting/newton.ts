/**
 * Newton systems of a flight problem by their structure.
 *
 * Each entity is solved for the running sums X_k = x_1 + … + x_k of its free cells.
 * Cells are then differences of neighbours, ramps of three in a row, the
 * total is the last X alone, and the carry-over reaches one further than
 * in x: one matrix with a band, in which even a total that is held exactly is no more
 * than a large entry on the diagonal. Totals of periods and groups, and the budget, tie
 * entities together; they are taken out by Schur complement. Time grows with
 * entities × periods × band², and not with the cube of the cells.
 *
 * @see Golub and Van Loan (2013), Matrix Computations, 2.1.4 (Woodbury)
 * @module
 */
import {
  createSymmetric,
  factorize,
  solveFactored,
  type Symmetric,
} from "../interior/cholesky.ts";
import { orderRows, type RowOrder, type Tie } from "./rows.ts";
import { type FlightSheet, readKernel } from "./sheet.ts";

/** What is kept between factorising and solving. */
export interface Newton {
  readonly sheet: FlightSheet;
  readonly rows: RowOrder;
  /** Periods in which an entity is free, shape [entities][free cells]. */
  readonly open: readonly Int32Array[];
  /** One for each entity, in running sums. */
  readonly blocks: readonly Symmetric[];
  /** One entity's matrix in amounts, and a vector of its running sums. */
  readonly plain: Symmetric;
  readonly running: Float64Array;
  readonly ties: readonly Tie[];
  /** Block⁻¹ · tie in amounts, shape [entities][ties][periods]. */
  readonly tied: readonly (readonly Float64Array[])[];
  readonly schur: Symmetric;
  readonly pressure: Float64Array;
  /** A right side before it is relieved, shape [cells]. */
  readonly rhs: Float64Array;
}

/** Allocates. */
export function createNewton(
  sheet: FlightSheet,
  ties: readonly Tie[],
): Newton {
  const { count, periods } = sheet;
  const back = sheet.feltTo.reduce(
    (most, to, at) => Math.max(most, to - (sheet.feltFrom[at] as number)),
    0,
  );
  const forEach = <T>(make: (row: number) => T) =>
    Array.from({ length: count }, (_, row) => make(row));
  const open = forEach((row) =>
    Int32Array.from(
      Array.from({ length: periods }, (_, t) => t)
        .filter((t) => sheet.free[row * periods + t] === 1),
    )
  );
  return {
    sheet,
    rows: orderRows(sheet),
    open,
    blocks: open.map(({ length }) =>
      createSymmetric(length, Math.max(2, back + 1))
    ),
    plain: createSymmetric(periods, Math.max(1, back)),
    running: new Float64Array(periods),
    ties,
    tied: forEach(() => ties.map(() => new Float64Array(periods))),
    schur: createSymmetric(ties.length),
    pressure: new Float64Array(ties.length),
    rhs: new Float64Array(count * periods),
  };
}

/**
 * Factorises.
 *
 * @param newton Where.
 * @param weights Of all rows; that of an equality is infinite.
 * @returns Whether the system is sound.
 */
export function factorNewton(newton: Newton, weights: Float64Array): boolean {
  const { sheet, rows, ties, schur } = newton;
  schur.entries.fill(0);
  for (let row = 0; row < sheet.count; row++) {
    fillPlain(newton, weights, row);
    accumulate(newton, row);
    const { size, band, entries } = newton.blocks[row] as Symmetric;
    if (size === 0) continue;
    const last = (size - 1) * (band + 1);
    entries[last] = (entries[last] as number) +
      (weights[rows.totals + row] as number);
    if (!factorize(newton.blocks[row] as Symmetric)) return false;
    tie(newton, row);
  }
  ties.forEach((own, at) => {
    const diagonal = at * (schur.band + 1);
    schur.entries[diagonal] = (schur.entries[diagonal] as number) +
      1 / (weights[own.row] as number);
  });
  return factorize(schur);
}

/** An entity's matrix in amounts, without its total. */
function fillPlain(
  { sheet, rows, plain }: Newton,
  weights: Float64Array,
  row: number,
): void {
  const { periods } = sheet;
  const { entries, band } = plain;
  const width = band + 1;
  entries.fill(0);
  addCurvature(sheet, plain, row);
  for (let t = 0; t < periods; t++) {
    const cell = row * periods + t;
    const ramp = weights[rows.ramps + cell] as number;
    entries[t * width] = (entries[t * width] as number) +
      (weights[cell] as number) + ramp;
    if (ramp === 0) continue;
    entries[t * width + 1] = (entries[t * width + 1] as number) - ramp;
    entries[(t - 1) * width] = (entries[(t - 1) * width] as number) + ramp;
  }
}

/** From amounts to running sums: Dᵀ·M·D with x_k = X_k − X_{k−1}, over the free cells. */
function accumulate({ open, plain, blocks }: Newton, row: number): void {
  const periods = open[row] as Int32Array;
  const { size, band, entries } = blocks[row] as Symmetric;
  const read = (k: number, l: number): number => {
    if (k >= size || l >= size) return 0;
    const t = periods[k] as number;
    const back = Math.abs(t - (periods[l] as number));
    if (back > plain.band) return 0;
    return plain.entries[
      Math.max(t, periods[l] as number) *
        (plain.band + 1) + back
    ] as number;
  };
  for (let k = 0; k < size; k++) {
    for (let back = 0; back <= Math.min(band, k); back++) {
      const l = k - back;
      entries[k * (band + 1) + back] = read(k, l) - read(k + 1, l) -
        read(k, l + 1) + read(k + 1, l + 1);
    }
  }
}

/** Adds Kᵀ·D·K, where K is the kernel and D the curvature of each site. */
function addCurvature(
  sheet: FlightSheet,
  { band, entries }: Symmetric,
  row: number,
): void {
  const { periods, horizon, live, bent } = sheet;
  const width = band + 1;
  for (let at = 0; at < horizon; at++) {
    const site = row * horizon + at;
    const bend = bent[site] as number;
    if (live[site] !== 1 || bend === 0) continue;
    const from = sheet.feltFrom[at] as number;
    for (let t = sheet.feltTo[at] as number; t >= from; t--) {
      const cell = row * periods + t;
      const share = bend * readKernel(sheet, cell, at);
      if (share === 0) continue;
      for (let k = 0; t - k >= from; k++) {
        const entry = t * width + k;
        entries[entry] = (entries[entry] as number) +
          share * readKernel(sheet, cell - k, at);
      }
    }
  }
}

/** Solves with an entity's block, in place; `vector` has shape [periods]. */
function solveBlock(newton: Newton, row: number, vector: Float64Array): void {
  const { running } = newton;
  const open = newton.open[row] as Int32Array;
  const last = open.length - 1;
  for (let k = 0; k <= last; k++) {
    const own = vector[open[k] as number] as number;
    running[k] = k < last
      ? own - (vector[open[k + 1] as number] as number)
      : own;
  }
  solveFactored(newton.blocks[row] as Symmetric, running);
  vector.fill(0);
  for (let k = 0; k <= last; k++) {
    vector[open[k] as number] = k === 0
      ? running[0] as number
      : (running[k] as number) - (running[k - 1] as number);
  }
}

/** Adds an entity to the Schur complement of the ties. */
function tie(newton: Newton, row: number): void {
  const { ties, schur } = newton;
  const open = newton.open[row] as Int32Array;
  ties.forEach((own, at) => {
    const vector = newton.tied[row]?.[at] as Float64Array;
    vector.fill(0);
    if (!isTied(newton, own, row)) return;
    if (own.period < 0) { for (const t of open) vector[t] = 1; }
    else if (open.includes(own.period)) vector[own.period] = 1;
    else return;
    solveBlock(newton, row, vector);
    for (let other = at; other < ties.length; other++) {
      const entry = other * (schur.band + 1) + other - at;
      const tie = ties[other] as Tie;
      if (!isTied(newton, tie, row)) continue;
      schur.entries[entry] = (schur.entries[entry] as number) +
        readTie(vector, tie);
    }
  });
}

/** Whether a tie sums any cells of an entity. */
function isTied(
  { sheet: { groupOf } }: Newton,
  { group }: Tie,
  row: number,
): boolean {
  return group < 0 || groupOf[row] === group;
}

/** What a step of one entity adds to a tie that it is in. */
function readTie(vector: Float64Array, { period }: Tie): number {
  if (period >= 0) return vector[period] as number;
  let sum = 0;
  for (let t = 0; t < vector.length; t++) sum += vector[t] as number;
  return sum;
}

/**
 * Solves in place.
 *
 * @param newton A factorised system.
 * @param rhs Right side, shape [cells], 0 where a cell is not free; becomes the step.
 * @param moves What ties must move by, where they are equalities, shape [rows]; become changes of their prices.
 */
export function solveNewton(
  newton: Newton,
  rhs: Float64Array,
  moves: Float64Array,
): void {
  const { sheet: { count, periods }, ties, pressure, schur } = newton;
  newton.rhs.set(rhs);
  pressure.fill(0);
  const own = (row: number) => rhs.subarray(row * periods, (row + 1) * periods);
  for (let row = 0; row < count; row++) {
    const vector = own(row);
    solveBlock(newton, row, vector);
    for (let at = 0; at < ties.length; at++) {
      const tie = ties[at] as Tie;
      if (!isTied(newton, tie, row)) continue;
      pressure[at] = (pressure[at] as number) + readTie(vector, tie);
    }
  }
  ties.forEach((tie, at) => {
    pressure[at] = (pressure[at] as number) - (moves[tie.row] as number);
  });
  solveFactored(schur, pressure);
  ties.forEach((tie, at) => moves[tie.row] = pressure[at] as number);
  rhs.set(newton.rhs);
  for (let row = 0; row < count; row++) {
    relieve(newton, row, own(row));
    solveBlock(newton, row, own(row));
  }
}

/** Takes from a right side what the ties bear. */
function relieve(
  newton: Newton,
  row: number,
  rhs: Float64Array,
): void {
  const { ties, pressure, open } = newton;
  for (let at = 0; at < ties.length; at++) {
    const tie = ties[at] as Tie;
    if (!isTied(newton, tie, row)) continue;
    const { period } = tie;
    const borne = pressure[at] as number;
    for (const t of open[row] as Int32Array) {
      if (period < 0 || period === t) rhs[t] = (rhs[t] as number) - borne;
    }
  }
}
