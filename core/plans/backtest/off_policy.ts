/**
 * What a path of spend would have returned, estimated from a log of other spend: doubly
 * robust for a treatment on a scale.
 *
 *     φ_t = μ(a*_t, t) + w_t · (y_t − μ(a_t, t)),   w_t ∝ K((u*_t − u_t) ÷ h) ÷ g(u_t | t)
 *
 * a is the adstock of the spend and u its logarithm; μ is the fitted curve over a
 * baseline; g the density of the logged adstock around its local level. The estimate
 * holds if either the curve or the density is right, and if what moved spend beside its
 * level did not also move the outcome. Days whose spend was nowhere near the plan's
 * weigh nothing: the effective days say how much evidence there is.
 *
 * @see Kallus and Zhou (2018), Policy Evaluation and Optimization with Continuous Treatments
 * @see Swaminathan and Joachims (2015), The Self-Normalized Estimator
 * @module
 */
import type { FittedCurve } from "../../domain/score.ts";
import { respond } from "../../domain/response.ts";
import { carryOver } from "./carry_over.ts";
import type { LoggedEntity } from "./window.ts";

/** An estimate for one entity. */
export interface PathEstimate {
  /** Outcome of the path less the outcome that was logged, by day, shape [days]. */
  readonly gains: Float64Array;
  /** (Σ w)² ÷ Σ w² over the days planned. */
  readonly effectiveDays: number;
}

/** Days around a day that say what its level is; its own week is left out. */
const NEAR_DAYS = 28;
const BLOCK_DAYS = 7;

/**
 * Estimates.
 *
 * @param logged What was spent, and what came of it.
 * @param curveAt Curve in force on each day, shape [days].
 * @param spend The path, shape [days]; as logged outside the days planned.
 * @param days Which days are planned, as places.
 */
export function estimatePath(
  logged: LoggedEntity,
  { curveAt, spend, days: [from, until] }: {
    readonly curveAt: (day: number) => FittedCurve;
    readonly spend: Float64Array;
    readonly days: readonly [number, number];
  },
): PathEstimate {
  const size = logged.spend.length;
  const fitted = curveAt(from);
  const as = carryOver(logged.spend, fitted);
  const wanted = carryOver(spend, fitted);
  const effect = Float64Array.from(
    as,
    (level, day) => respond(curveAt(day).curve, level),
  );
  const residual = logged.outcome.map((y, day) => y - (effect[day] as number));
  const baseline = levelAround(residual);
  const weights = weigh(as, wanted, [from, until]);
  const gains = new Float64Array(size);
  for (let day = from; day < until; day++) {
    const planned = respond(curveAt(day).curve, wanted[day] as number);
    const model = planned - (effect[day] as number);
    const surprise = (residual[day] as number) - (baseline[day] as number);
    // μ(a*) + w (y − μ(a)) − y, with y = μ(a) + surprise
    gains[day] = model + ((weights[day] as number) - 1) * surprise;
  }
  return { gains, effectiveDays: countEffective(weights, [from, until]) };
}

/** Weights with mean 1 over the days planned; all 0 where no day is near. */
function weigh(
  as: Float64Array,
  wanted: Float64Array,
  [from, until]: readonly [number, number],
): Float64Array {
  const floor = 1e-3 * Math.max(...as, 1);
  const log = as.map((level) => Math.log(level + floor));
  const centre = levelAround(log);
  const spread = log.map((u, day) => u - (centre[day] as number));
  const bandwidth = silverman(spread);
  const weights = new Float64Array(as.length);
  let all = 0;
  for (let day = from; day < until; day++) {
    const target = Math.log((wanted[day] as number) + floor);
    const near = gauss((target - (log[day] as number)) / bandwidth);
    const density = densityAt(spread, spread[day] as number, bandwidth);
    weights[day] = near / density;
    all += weights[day] as number;
  }
  const mean = all / (until - from);
  return mean > 0 ? weights.map((weight) => weight / mean) : weights;
}

/** Mean of the days around each, its own week left out; shape [days]. */
function levelAround(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, day) => sums[day + 1] = (sums[day] as number) + value);
  const between = (from: number, until: number) => {
    const [a, b] = [Math.max(0, from), Math.min(values.length, until)];
    return { sum: (sums[b] as number) - (sums[a] as number), count: b - a };
  };
  const half = BLOCK_DAYS >> 1;
  return values.map((value, day) => {
    const wide = between(day - NEAR_DAYS, day + NEAR_DAYS + 1);
    const own = between(day - half, day + half + 1);
    const count = wide.count - own.count;
    return count > 0 ? (wide.sum - own.sum) / count : value;
  });
}

/** Kernel density of the spread at a place. */
function densityAt(
  spread: Float64Array,
  at: number,
  bandwidth: number,
): number {
  let all = 0;
  for (const one of spread) all += gauss((at - one) / bandwidth);
  return all / spread.length;
}

/** Bandwidth of Silverman's rule. */
function silverman(values: Float64Array): number {
  const mean = values.reduce((all, x) => all + x, 0) / values.length;
  const variance = values.reduce((all, x) => all + (x - mean) ** 2, 0) /
    values.length;
  return Math.max(1.06 * Math.sqrt(variance) * values.length ** -0.2, 1e-6);
}

function gauss(z: number): number {
  return Math.exp(-z * z / 2);
}

function countEffective(
  weights: Float64Array,
  [from, until]: readonly [number, number],
): number {
  const planned = weights.subarray(from, until);
  const all = planned.reduce((sum, weight) => sum + weight, 0);
  const squares = planned.reduce((sum, weight) => sum + weight * weight, 0);
  return squares > 0 ? all * all / squares : 0;
}

/**
 * Half-width of the 90 % interval of a sum over days, whose weeks are independent.
 *
 * @param gains Summed over entities, shape [days planned].
 */
export function halfWidth(gains: Float64Array): number {
  const blocks: number[] = [];
  for (let at = 0; at < gains.length; at += BLOCK_DAYS) {
    blocks.push(
      gains.subarray(at, at + BLOCK_DAYS).reduce((all, x) => all + x, 0),
    );
  }
  if (blocks.length < 2) return Infinity;
  const mean = blocks.reduce((all, x) => all + x, 0) / blocks.length;
  const squares = blocks.reduce((all, x) => all + (x - mean) ** 2, 0);
  return 1.645 * Math.sqrt(squares * blocks.length / (blocks.length - 1));
}
