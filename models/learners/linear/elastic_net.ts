/**
 * Elastic net by proximal Newton steps: the loss is replaced by its quadratic
 * approximation, which coordinate descent minimises over the columns that matter
 * (the active set), and a step along what it finds must lower the true loss.
 *
 * The penalty comes down from where no column matters, each fit starting from the
 * one before. A fit ends when every column meets the conditions of the minimum:
 * the slope of the loss balances the penalty, or is below l1 where the weight is 0.
 *
 * @see Friedman, Hastie and Tibshirani (2010), Regularization Paths for
 * Generalized Linear Models via Coordinate Descent
 * @see Lee, Sun and Saunders (2014), Proximal Newton-type Methods
 * @module
 */
import { addColumn, type Design, product } from "./design.ts";
import { emptyIntercept, type Problem, type Solution } from "./problem.ts";

const CYCLES = 1000;
const LEAST_SHARE = 1e-9;
const SUFFICIENT = 1e-4;
/** Share of its weight that a row keeps however sure the model is of it. */
const LEAST_CURVATURE = 1e-6;
/** Each penalty on the way is the last over this. */
const SHRINKING = 8;
/** Fits on the way need not be exact. */
const LOOSE = 1000;

/** A point of the search; scores are those of its weights. */
interface Point {
  intercept: number;
  weights: Float64Array;
  scores: Float64Array;
}

/**
 * Finds the minimum.
 *
 * @param problem What is to be minimised, `l1` above 0.
 * @returns The minimum within the problem's tolerance, or the best after its steps.
 */
export function fitElasticNet(problem: Problem): Solution {
  const { design, label } = problem;
  const width = design.columns.length;
  const intercept = emptyIntercept(problem);
  let point: Point = {
    intercept,
    weights: new Float64Array(width),
    scores: new Float64Array(label.length).fill(intercept),
  };
  for (const l1 of descent(problem, point)) {
    const tolerance = problem.tolerance * (l1 > problem.l1 ? LOOSE : 1);
    point = solve({ ...problem, l1, tolerance }, point);
  }
  return point;
}

/** Penalties from where no column matters to the one wanted, each a share of the last. */
function descent(problem: Problem, point: Point): number[] {
  const pulls = slopes(problem, point).columns;
  let l1 = pulls.reduce((most, pull) => Math.max(most, Math.abs(pull)), 0) /
    SHRINKING;
  const path: number[] = [];
  for (; l1 > problem.l1; l1 /= SHRINKING) path.push(l1);
  return [...path, problem.l1];
}

/** Steps until the conditions of the minimum hold. */
function solve(problem: Problem, start: Point): Point {
  let point = start;
  for (let step = 0; step < problem.steps; step++) {
    const pull = slopes(problem, point);
    if (violation(problem, point, pull) <= problem.tolerance) break;
    const goal = approximate(problem, point, pull.rows);
    const next = search(problem, point, goal);
    if (next === null) break;
    point = next;
  }
  return point;
}

/** Minus the slope of the loss: by row, by column, and by the intercept. */
function slopes({ design, label, link }: Problem, { scores }: Point) {
  let intercept = 0;
  const rows = scores.map((score, row) => {
    const slope = (design.weight[row] as number) *
      ((label[row] as number) - link.mean(score));
    intercept += slope;
    return slope;
  });
  const columns = Float64Array.from(
    design.columns,
    (_, at) => product(rows, design, at),
  );
  return { rows, columns, intercept };
}

function violation(
  { l1, l2 }: Problem,
  { weights }: Point,
  pull: { columns: Float64Array; intercept: number },
): number {
  return pull.columns.reduce((most, slope, at) => {
    const weight = weights[at] as number;
    const off = weight === 0
      ? Math.abs(slope) - l1
      : Math.abs(slope - l2 * weight - l1 * Math.sign(weight));
    return Math.max(most, off);
  }, Math.abs(pull.intercept));
}

/** Descent within the quadratic approximation at a point. */
interface Approximation {
  readonly problem: Problem;
  /** Second derivative by row. */
  readonly curvature: Float64Array;
  /** Minus the slope by row, kept as weights move. */
  readonly rest: Float64Array;
  /** Second derivative by column; NaN until it is needed. */
  readonly bends: Float64Array;
  readonly weights: Float64Array;
  intercept: number;
}

/** Minimum of the quadratic approximation. */
function approximate(
  problem: Problem,
  point: Point,
  rows: Float64Array,
): Omit<Point, "scores"> {
  const { design, link, tolerance } = problem;
  const inner: Approximation = {
    problem,
    curvature: point.scores.map((score, row) =>
      (design.weight[row] as number) *
      Math.max(link.curvature(link.mean(score)), LEAST_CURVATURE)
    ),
    rest: rows.slice(),
    bends: new Float64Array(design.columns.length).fill(NaN),
    weights: point.weights.slice(),
    intercept: point.intercept,
  };
  const active = new Set<number>();
  inner.weights.forEach((weight, at) => weight !== 0 && active.add(at));
  for (let cycle = 0; cycle < CYCLES;) {
    const before = active.size;
    design.columns.forEach((_, at) => {
      if (!active.has(at) && matters(inner, at)) active.add(at);
    });
    if (cycle > 0 && active.size === before) break;
    for (; cycle < CYCLES; cycle++) {
      let moved = moveIntercept(inner);
      for (const at of active) moved = Math.max(moved, moveColumn(inner, at));
      if (moved <= tolerance / 10) break;
    }
    cycle++;
  }
  return inner;
}

/** Whether a weight of zero misses the conditions of the minimum. */
function matters({ problem, rest }: Approximation, at: number): boolean {
  const { design, l1 } = problem;
  return design.scales[at] !== 0 && Math.abs(product(rest, design, at)) > l1;
}

/** Sets the intercept to its best; returns the slope that this took away. */
function moveIntercept(inner: Approximation): number {
  const { rest, curvature } = inner;
  let slope = 0;
  let bend = 0;
  for (let row = 0; row < rest.length; row++) {
    slope += rest[row] as number;
    bend += curvature[row] as number;
  }
  const move = slope / bend;
  inner.intercept += move;
  for (let row = 0; row < rest.length; row++) {
    rest[row] = (rest[row] as number) - move * (curvature[row] as number);
  }
  return Math.abs(slope);
}

/** Sets one weight to its best; returns the slope that this took away. */
function moveColumn(inner: Approximation, at: number): number {
  const { problem, rest, curvature, weights, bends } = inner;
  const { design, l1, l2 } = problem;
  if (Number.isNaN(bends[at])) bends[at] = bendOf(design, curvature, at);
  const bend = bends[at] as number;
  const weight = weights[at] as number;
  const pull = product(rest, design, at) + bend * weight;
  const best = Math.sign(pull) * Math.max(0, Math.abs(pull) - l1) / (bend + l2);
  const move = best - weight;
  if (move === 0) return 0;
  weights[at] = best;
  const column = design.columns[at] as Float32Array;
  const centre = design.centres[at] as number;
  const factor = move * (design.scales[at] as number);
  for (let row = 0; row < rest.length; row++) {
    rest[row] = (rest[row] as number) -
      factor * (curvature[row] as number) * ((column[row] as number) - centre);
  }
  return Math.abs(move) * (bend + l2);
}

function bendOf(
  { columns, centres, scales }: Design,
  curvature: Float64Array,
  at: number,
): number {
  const column = columns[at] as Float32Array;
  const centre = centres[at] as number;
  let sum = 0;
  for (let row = 0; row < column.length; row++) {
    const x = (column[row] as number) - centre;
    sum += (curvature[row] as number) * x * x;
  }
  return sum * (scales[at] as number) ** 2;
}

/** The point on the way to the goal that lowers the true loss enough, or null. */
function search(
  problem: Problem,
  from: Point,
  goal: Omit<Point, "scores">,
): Point | null {
  const { design } = problem;
  const turn = goal.weights.map((w, at) => w - (from.weights[at] as number));
  const lift = goal.intercept - from.intercept;
  const along = new Float64Array(from.scores.length).fill(lift);
  turn.forEach((times, at) => addColumn(along, design, { at, times }));
  const before = objective(problem, from);
  const promised = promise(problem, from, { goal, along });
  for (let share = 1; share > LEAST_SHARE; share /= 2) {
    const point = {
      intercept: from.intercept + share * lift,
      weights: share === 1
        ? goal.weights
        : from.weights.map((w, at) => w + share * (turn[at] as number)),
      scores: from.scores.map((s, row) => s + share * (along[row] as number)),
    };
    const after = objective(problem, point);
    if (after <= before + SUFFICIENT * share * promised) {
      return after < before ? point : null;
    }
  }
  return null;
}

/** First-order change of the objective along a full step; below zero. */
function promise(
  { design, label, link, l1, l2 }: Problem,
  from: Point,
  { goal, along }: { goal: Omit<Point, "scores">; along: Float64Array },
): number {
  const loss = along.reduce((sum, step, row) => {
    const error = link.mean(from.scores[row] as number) -
      (label[row] as number);
    return sum + (design.weight[row] as number) * error * step;
  }, 0);
  const { weights } = from;
  return goal.weights.reduce((sum, to, at) => {
    const w = weights[at] as number;
    return sum + l1 * (Math.abs(to) - Math.abs(w)) + l2 * w * (to - w);
  }, loss);
}

function objective(
  { design, label, link, l1, l2 }: Problem,
  { scores, weights }: Point,
): number {
  const loss = scores.reduce(
    (sum, score, row) =>
      sum +
      (design.weight[row] as number) * link.loss(score, label[row] as number),
    0,
  );
  return weights.reduce(
    (sum, w) => sum + l1 * Math.abs(w) + l2 * w * w / 2,
    loss,
  );
}
