/**
 * Newton systems of a plan over draws.
 *
 * Shortfalls are eliminated one by one; amounts and η remain, in one full matrix, or a
 * diagonal where neither shortfalls nor rows tie amounts together. The
 * budget is taken out by Schur complement, so that it may be an equality.
 *
 * @module
 */
import {
  createSymmetric,
  factorize,
  solveFactored,
  type Symmetric,
} from "../interior/cholesky.ts";
import type { Frame } from "./frame.ts";

/** What is kept between factorising and solving. */
export interface System {
  readonly matrix: Symmetric;
  /** Matrix⁻¹ · 1, and 1 ÷ weight of the budget + 1ᵀ·matrix⁻¹·1. */
  readonly tied: Float64Array;
  readonly step: Float64Array;
  /** Weight of each hinge, of its sum with that of the shortfall, shape [draws]. */
  readonly share: Float64Array;
  readonly stiff: Float64Array;
  readonly hinge: Float64Array;
  pivot: number;
}

/** Allocates. */
export function createSystem({ sheet, shortfall, linear }: Frame): System {
  const { count, draws } = sheet;
  const size = shortfall.cost === null ? count : count + 1;
  const full = shortfall.cost !== null || linear.length > 0;
  const perDraw = () => new Float64Array(draws);
  return {
    matrix: createSymmetric(size, full ? size - 1 : 0),
    tied: new Float64Array(size),
    step: new Float64Array(size),
    share: perDraw(),
    stiff: perDraw(),
    hinge: perDraw(),
    pivot: 1,
  };
}

/** Factorises with weights of all rows and the curvature of each amount. */
export function factorSystem(
  frame: Frame,
  system: System,
  { weights, bent }: {
    readonly weights: Float64Array;
    readonly bent: Float64Array;
  },
): boolean {
  const { sheet: { count, free }, order, linear, shortfall } = frame;
  const { matrix, tied } = system;
  const width = matrix.band + 1;
  matrix.entries.fill(0);
  linear.forEach((factors, row) =>
    addSquare(matrix, factors, weights[order.size + row] as number)
  );
  if (shortfall.cost !== null) addHinges(frame, system, weights);
  for (let at = 0; at < count; at++) {
    if (free[at] !== 1) isolate(matrix, at);
    else {
      matrix.entries[at * width] = (matrix.entries[at * width] as number) +
        (bent[at] as number) + (weights[at] as number);
    }
  }
  if (shortfall.target !== null) isolate(matrix, order.eta);
  if (!factorize(matrix)) return false;
  tied.fill(0);
  tied.set(free);
  solveFactored(matrix, tied);
  system.pivot = 1 / (weights[order.budget] as number) + sumFree(frame, tied);
  return system.pivot > 0 && system.pivot < Infinity;
}

/** Adds weight · v·vᵀ. */
function addSquare(
  { entries, band }: Symmetric,
  vector: Float64Array,
  weight: number,
): void {
  for (let row = 0; row < vector.length; row++) {
    const factor = weight * (vector[row] as number);
    if (factor === 0) continue;
    const own = row * (band + 1) + row;
    for (let column = 0; column <= row; column++) {
      entries[own - column] = (entries[own - column] as number) +
        factor * (vector[column] as number);
    }
  }
}

function addHinges(
  { sheet: { count, draws, first, free }, order }: Frame,
  { matrix, share, stiff, hinge }: System,
  weights: Float64Array,
): void {
  const vector = new Float64Array(count + 1);
  for (let draw = 0; draw < draws; draw++) {
    const own = weights[order.hinges + draw] as number;
    const other = weights[order.shortfalls + draw] as number;
    hinge[draw] = own;
    stiff[draw] = own + other;
    share[draw] = own / (own + other);
    for (let at = 0; at < count; at++) {
      vector[at] = free[at] === 1 ? first[at * draws + draw] as number : 0;
    }
    vector[count] = -1;
    addSquare(matrix, vector, (share[draw] as number) * other);
  }
}

/** Makes a variable's step 0. */
function isolate({ entries, band, size }: Symmetric, at: number): void {
  const width = band + 1;
  for (let k = 0; k <= band; k++) {
    entries[at * width + k] = 0;
    if (at + k < size) entries[(at + k) * width + k] = 0;
  }
  entries[at * width] = 1;
}

function sumFree({ sheet: { free } }: Frame, vector: Float64Array): number {
  return free.reduce(
    (sum, one, at) => sum + (one === 1 ? vector[at] as number : 0),
    0,
  );
}

/** Solves in place; `moves` holds what the budget must move by, and becomes the change of its price. */
export function solveSystem(
  frame: Frame,
  system: System,
  { rhs, moves }: {
    readonly rhs: Float64Array;
    readonly moves: Float64Array;
  },
): void {
  const { sheet: { free, count, draws, first }, order, shortfall } = frame;
  const { matrix, step, share, stiff, hinge } = system;
  step.set(rhs.subarray(0, step.length));
  const hinged = shortfall.cost !== null;
  for (let draw = 0; draw < draws && hinged; draw++) {
    const borne = (share[draw] as number) *
      (rhs[order.shortfalls + draw] as number);
    for (let at = 0; at < count; at++) {
      step[at] = (step[at] as number) -
        borne * (first[at * draws + draw] as number);
    }
    step[count] = (step[count] as number) + borne;
  }
  for (let at = 0; at < count; at++) if (free[at] !== 1) step[at] = 0;
  if (hinged && shortfall.target !== null) step[count] = 0;
  const bare = step.slice();
  solveFactored(matrix, step);
  const price = (sumFree(frame, step) - (moves[order.budget] as number)) /
    system.pivot;
  moves[order.budget] = price;
  for (let at = 0; at < count; at++) {
    step[at] = (bare[at] as number) - (free[at] === 1 ? price : 0);
  }
  if (hinged) step[count] = bare[count] as number;
  solveFactored(matrix, step);
  for (let draw = 0; draw < draws && hinged; draw++) {
    let moved = -(step[count] as number);
    for (let at = 0; at < count; at++) {
      moved += (first[at * draws + draw] as number) * (step[at] as number);
    }
    const own = order.shortfalls + draw;
    rhs[own] = ((rhs[own] as number) - (hinge[draw] as number) * moved) /
      (stiff[draw] as number);
  }
  rhs.set(step);
}
