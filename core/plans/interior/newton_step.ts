/**
 * The Newton step of an interior search, by the program's own factorisation, which
 * rounding makes an approximate one where weights are far apart.
 *
 * What a solution lacks is solved for again, and of all solutions so far that combination is
 * taken which lacks least (generalised conjugate residuals), so that no pass makes it
 * worse.
 *
 * @see Eisenstat, Elman and Schultz (1983), Variational Iterative Methods for Nonsymmetric Systems of Linear Equations
 * @module
 */
import { isBound, netPrices, type State } from "./search_state.ts";

/** Solutions of each Newton system: one, and its refinements. */
const PASSES = 8;
/** Rounding that is not worth another pass, of the right side. */
const PRECISE = 1e-13;

/** A direction, and what it takes from the right side; both shape [variables + rows]. */
interface Direction {
  readonly step: Float64Array;
  readonly taken: Float64Array;
}

/** Solves the Newton system for the targets of both sides, and finds all steps. */
export function solveStep(state: State): void {
  const { step, change, moves, equalStep } = state;
  const size = step.length;
  step.fill(0);
  equalStep.fill(0);
  spreadStep(state);
  measureStep(state);
  const lacking = new Float64Array(size + moves.length);
  const found = lacking.slice();
  lacking.set(change);
  lacking.set(moves, size);
  const enough = PRECISE * findLargest(lacking);
  const directions: Direction[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    const direction = findDirection(state, found, lacking);
    for (const before of directions) straighten(direction, before);
    const length = Math.sqrt(multiply(direction.taken, direction.taken));
    if (!(length > 0 && length < Infinity)) break;
    scale(direction.step, 1 / length);
    scale(direction.taken, 1 / length);
    const share = multiply(lacking, direction.taken);
    add(found, share, direction.step);
    add(lacking, -share, direction.taken);
    directions.push(direction);
    if (findLargest(lacking) <= enough) break;
  }
  place(state, found);
  spreadStep(state);
}

/** Solves for what is lacking, and sees what the solution takes from it. */
function findDirection(
  state: State,
  found: Float64Array,
  lacking: Float64Array,
): Direction {
  const { program, change, moves } = state;
  const size = change.length;
  change.set(lacking.subarray(0, size));
  moves.set(lacking.subarray(size));
  program.solve(change, moves);
  const step = new Float64Array(lacking.length);
  step.set(change);
  for (let at = 0; at < moves.length; at++) {
    if (program.equal[at] === 1) step[size + at] = moves[at] as number;
  }
  const taken = lacking.slice();
  place(state, found);
  add(state.step, 1, step.subarray(0, size));
  add(state.equalStep, 1, step.subarray(size));
  spreadStep(state);
  measureStep(state);
  add(taken.subarray(0, size), -1, change);
  add(taken.subarray(size), -1, moves);
  return { step, taken };
}

/** Takes from a direction what an earlier one takes already. */
function straighten(direction: Direction, before: Direction): void {
  const share = multiply(direction.taken, before.taken);
  add(direction.step, -share, before.step);
  add(direction.taken, -share, before.taken);
}

function place({ step, equalStep }: State, found: Float64Array): void {
  step.set(found.subarray(0, step.length));
  equalStep.set(found.subarray(step.length));
}

function multiply(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) {
    sum += (one[at] as number) * (other[at] as number);
  }
  return sum;
}

function scale(vector: Float64Array, factor: number): void {
  for (let at = 0; at < vector.length; at++) {
    vector[at] = (vector[at] as number) * factor;
  }
}

function add(to: Float64Array, factor: number, what: Float64Array): void {
  for (let at = 0; at < to.length; at++) {
    to[at] = (to[at] as number) + factor * (what[at] as number);
  }
}

function findLargest(vector: Float64Array): number {
  return vector.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
}

/** Leaves in `change` and `moves` what the step still lacks. */
function measureStep(state: State): void {
  const { program, step, change, moves, rows, rowStep, steepness } = state;
  aimPrices(state);
  program.pull(state.prices, change);
  program.bend(step, steepness);
  for (let at = 0; at < step.length; at++) {
    change[at] = (state.gradient[at] as number) - (change[at] as number) -
      (steepness[at] as number);
  }
  moves.fill(0);
  for (let at = 0; at < moves.length; at++) {
    if (program.equal[at] === 0) continue;
    moves[at] = (program.lo[at] as number) - (rows[at] as number) -
      (rowStep[at] as number);
  }
}

/** What the step of x makes of slacks and prices. */
function spreadStep(state: State): void {
  const { program, sides, step, rowStep } = state;
  program.push(step, rowStep);
  for (const side of sides) {
    for (let at = 0; at < rowStep.length; at++) {
      if (!isBound(state, side, at)) continue;
      const slackStep = side.sign * (rowStep[at] as number) +
        (side.residual[at] as number);
      side.slackStep[at] = slackStep;
      side.priceStep[at] = ((side.target[at] as number) -
        (side.price[at] as number) * slackStep) / (side.slack[at] as number);
    }
  }
}

/** Leaves in `prices` what they are to become. */
function aimPrices(state: State): void {
  const { sides: [lower, upper], prices, equalStep } = state;
  netPrices(state);
  for (let at = 0; at < prices.length; at++) {
    prices[at] = (prices[at] as number) + (upper.priceStep[at] as number) -
      (lower.priceStep[at] as number) + (equalStep[at] as number);
  }
}
