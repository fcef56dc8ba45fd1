/**
 * A small convex quadratic programme: the next step of a bundle method.
 *
 *     minimise v + ½ dᵀM d   with   v ≥ g_j·d − e_j for each cut,  low ≤ d ≤ high
 *
 * Solved by a primal-dual interior point method (Mehrotra's predictor and
 * corrector) over dense matrices; there are as many unknowns as multipliers.
 *
 * @module
 */
import { dot, factorize, substitute } from "./dense.ts";

/** The programme; K multipliers, m cuts. */
export interface Step {
  /** Positive semidefinite, shape [K × K], by rows. */
  readonly metric: Float64Array;
  /** Slopes of the cuts, each of shape [K]. */
  readonly slopes: readonly Float64Array[];
  /** How far each cut lies below the value at d = 0, shape [m], not negative. */
  readonly errors: Float64Array;
  /** Bounds on d, shape [K]; low ≤ 0 ≤ high. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Its solution. */
export interface Stepped {
  readonly d: Float64Array;
  /** Multipliers of the cuts, not negative, of sum 1, shape [m]. */
  readonly weights: Float64Array;
}

interface Rows {
  /** Each of shape [K + 1]: row·z ≤ limit, with z = (d, v). */
  readonly rows: Float64Array[];
  readonly limit: number[];
}

interface State {
  readonly z: Float64Array;
  readonly slack: Float64Array;
  readonly dual: Float64Array;
}

const STEPS = 60;

/** Solves; the answer is scaled to the programme's own size, so that small steps are exact too. */
export function solveStep(step: Step): Stepped {
  const size = step.low.length;
  const { rows, limit } = listRows(step);
  const state: State = {
    z: new Float64Array(size + 1),
    slack: new Float64Array(rows.length),
    dual: new Float64Array(rows.length).fill(1 / step.slopes.length),
  };
  state.z[size] = 1;
  rows.forEach((row, at) => {
    state.slack[at] = Math.max((limit[at] as number) - dot(row, state.z), 1);
  });
  for (let count = 0; count < STEPS; count++) {
    const gap = dot(state.slack, state.dual) / rows.length;
    const wrong = measure(step, { rows, limit }, state);
    if (gap < 1e-15 && wrong < 1e-12) break;
    if (!advance(step, { rows, limit }, state)) break;
  }
  const weights = state.dual.slice(0, step.slopes.length);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return {
    d: state.z.slice(0, size),
    weights: weights.map((weight) => weight / sum),
  };
}

function listRows({ slopes, errors, low, high }: Step): Rows {
  const size = low.length;
  const rows = slopes.map((slope) => Float64Array.of(...slope, -1));
  const limit = [...errors];
  const unit = (at: number, sign: number) => {
    const row = new Float64Array(size + 1);
    row[at] = sign;
    return row;
  };
  for (let at = 0; at < size; at++) {
    if ((low[at] as number) > -Infinity) {
      rows.push(unit(at, -1));
      limit.push(-(low[at] as number));
    }
    if ((high[at] as number) < Infinity) {
      rows.push(unit(at, 1));
      limit.push(high[at] as number);
    }
  }
  return { rows, limit };
}

function measure(step: Step, { rows, limit }: Rows, state: State): number {
  const stationary = gradient(step, rows, state);
  let worst = stationary.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  rows.forEach((row, at) => {
    const off = dot(row, state.z) + (state.slack[at] as number) -
      (limit[at] as number);
    worst = Math.max(worst, Math.abs(off));
  });
  return worst;
}

/** Derivative of the Lagrangian. */
function gradient(
  { metric }: Step,
  rows: readonly Float64Array[],
  { z, dual }: State,
): Float64Array {
  const size = z.length - 1;
  const out = new Float64Array(size + 1);
  out[size] = 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      out[row] = (out[row] as number) +
        (metric[row * size + column] as number) * (z[column] as number);
    }
  }
  rows.forEach((row, at) => {
    for (let column = 0; column <= size; column++) {
      out[column] = (out[column] as number) +
        (dual[at] as number) * (row[column] as number);
    }
  });
  return out;
}

/** One predictor and corrector; false if it cannot go on. */
function advance(step: Step, inequality: Rows, state: State): boolean {
  const { rows } = inequality;
  const factor = factorizeNormal(step, rows, state);
  if (factor === null) return false;
  const gap = dot(state.slack, state.dual) / rows.length;
  const target = state.slack.map((s, at) => s * (state.dual[at] as number));
  const aim = (wanted: Float64Array) =>
    direction({ step, inequality, state, factor }, wanted);
  const predicted = aim(target);
  const length = stepLength(state, predicted);
  let after = 0;
  for (let at = 0; at < rows.length; at++) {
    after += ((state.slack[at] as number) +
      length * (predicted.slack[at] as number)) *
      ((state.dual[at] as number) + length * (predicted.dual[at] as number));
  }
  const centre = (after / rows.length / gap) ** 3 * gap;
  const corrected = aim(
    target.map((product, at) =>
      product +
      (predicted.slack[at] as number) * (predicted.dual[at] as number) -
      centre
    ),
  );
  const reach = Math.min(0.995 * stepLength(state, corrected), 1);
  if (!(reach > 1e-12)) return false;
  for (const part of ["z", "slack", "dual"] as const) {
    const to = state[part];
    for (let at = 0; at < to.length; at++) {
      to[at] = (to[at] as number) + reach * (corrected[part][at] as number);
    }
  }
  return true;
}

/** Longest step, up to 1 ÷ 0.995, that keeps slacks and multipliers positive. */
function stepLength(state: State, move: State): number {
  let length = 1 / 0.995;
  for (const part of ["slack", "dual"] as const) {
    for (let at = 0; at < move[part].length; at++) {
      const change = move[part][at] as number;
      if (change < 0) {
        length = Math.min(length, -(state[part][at] as number) / change);
      }
    }
  }
  return length;
}

/** Cholesky factor of M + Aᵀ(dual ÷ slack)A, with a ridge where it is singular. */
function factorizeNormal(
  { metric }: Step,
  rows: readonly Float64Array[],
  { slack, dual, z }: State,
): Float64Array | null {
  const size = z.length;
  const normal = new Float64Array(size * size);
  for (let row = 0; row < size - 1; row++) {
    for (let column = 0; column < size - 1; column++) {
      normal[row * size + column] = metric[row * (size - 1) + column] as number;
    }
  }
  rows.forEach((values, at) => {
    const weight = (dual[at] as number) / (slack[at] as number);
    for (let row = 0; row < size; row++) {
      const scaled = weight * (values[row] as number);
      if (scaled === 0) continue;
      for (let column = 0; column <= row; column++) {
        normal[row * size + column] = (normal[row * size + column] as number) +
          scaled * (values[column] as number);
      }
    }
  });
  return factorize(normal, size);
}

function direction(
  { step, inequality: { rows, limit }, state, factor }: {
    readonly step: Step;
    readonly inequality: Rows;
    readonly state: State;
    readonly factor: Float64Array;
  },
  wanted: Float64Array,
): State {
  const size = state.z.length;
  const right = gradient(step, rows, state).map((x) => -x);
  const off = rows.map((row, at) =>
    dot(row, state.z) + (state.slack[at] as number) - (limit[at] as number)
  );
  rows.forEach((row, at) => {
    const pull = ((wanted[at] as number) -
      (state.dual[at] as number) * (off[at] as number)) /
      (state.slack[at] as number);
    for (let column = 0; column < size; column++) {
      right[column] = (right[column] as number) +
        pull * (row[column] as number);
    }
  });
  const z = substitute(factor, right);
  const slack = Float64Array.from(
    rows,
    (row, at) => -(off[at] as number) - dot(row, z),
  );
  const dual = slack.map((change, at) =>
    -((wanted[at] as number) + (state.dual[at] as number) * change) /
    (state.slack[at] as number)
  );
  return { z, slack, dual };
}
