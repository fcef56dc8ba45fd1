/**
 * A fast picture of a posterior: its mode, the normal distribution of the curvature
 * there, and draws from that, corrected by importance where this can be trusted.
 *
 * @see Gelman et al. (2013), Bayesian Data Analysis, 4.1 and 13.3
 * @module
 */
import type { Random } from "../../core/domain/random.ts";
import { solveTransposed } from "./cholesky.ts";
import { minimize } from "./lbfgs.ts";
import { smoothWeights } from "./pareto_smoothing.ts";
import type { Target } from "./trajectory.ts";

/** How to look. */
export interface LaplaceOptions {
  /** Where to search from, shape [size] each; the best end is the mode. */
  readonly starts: readonly Float64Array[];
  readonly draws: number;
  readonly random: Random;
  /** Steps of each search at most; 500 by default. */
  readonly steps?: number;
}

/** What was found. */
export interface LaplaceFit {
  readonly mode: Float64Array;
  /** Log density at the mode. */
  readonly logDensity: number;
  /** Positions, row-major, shape [draws × size]. */
  readonly draws: Float64Array;
  /** Shape of the largest importance weights: below 0.7 the draws are corrected by them. */
  readonly shape: number;
  /** Added to the curvature until it bent down everywhere; 0 at a sound mode. */
  readonly ridge: number;
}

const TOLERANCE = 1e-6;
const DIFFERENCE = 1e-4;
/** Share of a direction's curvature that must be its own. */
const LEAST_SHARE = 1e-10;
/** Above it importance weights are not to be trusted. */
const MOST_SHAPE = 0.7;

/**
 * Finds the mode and draws around it.
 *
 * @param target Density.
 * @param options Starts, draws, chance.
 * @throws {RangeError} If there is no density at any start.
 */
export function fitLaplace(
  target: Target,
  options: LaplaceOptions,
): LaplaceFit {
  const { mode, logDensity } = findMode(target, options);
  const { lower, ridge } = factorCurvature(curvatureAt(target, mode), mode);
  const { positions, logRatios } = drawAround(target, options, {
    mode,
    lower,
  });
  const { weights, shape } = smoothWeights(logRatios);
  return {
    mode,
    logDensity,
    draws: shape < MOST_SHAPE
      ? resample(positions, weights, { ...options, size: target.size })
      : positions,
    shape,
    ridge,
  };
}

/** The highest point that searches from all starts find. */
export function findMode(
  target: Target,
  { starts, steps = 500 }: Pick<LaplaceOptions, "starts" | "steps">,
): { readonly mode: Float64Array; readonly logDensity: number } {
  const gradient = new Float64Array(target.size);
  let best: { mode: Float64Array; logDensity: number } | null = null;
  for (const start of starts) {
    const mode = minimize(
      (position, gradient) => {
        const value = target.logDensity(position, gradient);
        for (let i = 0; i < gradient.length; i++) {
          gradient[i] = -(gradient[i] as number);
        }
        return -value;
      },
      start,
      { steps, tolerance: TOLERANCE },
    );
    const logDensity = target.logDensity(mode, gradient);
    if (!Number.isFinite(logDensity)) continue;
    if (best === null || logDensity > best.logDensity) {
      best = { mode, logDensity };
    }
  }
  if (best !== null) return best;
  throw new RangeError(
    `Cannot find mode from "${starts.length}" starts: the log density is not finite at any`,
  );
}

/** Minus the Hessian, from differences of the gradient, shape [size × size]. */
export function curvatureAt(target: Target, mode: Float64Array): Float64Array {
  const { size } = target;
  const curvature = new Float64Array(size * size);
  const position = mode.slice();
  const after = new Float64Array(size);
  const before = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const at = mode[i] as number;
    position[i] = at + DIFFERENCE;
    target.logDensity(position, after);
    position[i] = at - DIFFERENCE;
    target.logDensity(position, before);
    position[i] = at;
    for (let j = 0; j < size; j++) {
      const bend = ((before[j] as number) - (after[j] as number)) /
        (2 * DIFFERENCE);
      curvature[i * size + j] = (curvature[i * size + j] as number) + bend / 2;
      curvature[j * size + i] = (curvature[j * size + i] as number) + bend / 2;
    }
  }
  return curvature;
}

/**
 * Factors a curvature. A direction in which it does not bend down, beside those before
 * it, is taken to bend down as much as it bends up, at least by 1, and no other
 * direction is touched: so what is known less should come last.
 *
 * @param curvature Shape [size × size].
 * @param mode Shape [size].
 * @returns L in the lower half, and by how much a direction was raised at most.
 */
export function factorCurvature(
  curvature: Float64Array,
  { length }: Float64Array,
): { readonly lower: Float64Array; readonly ridge: number } {
  const lower = curvature.slice();
  let ridge = 0;
  for (let row = 0; row < length; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = lower[row * length + col] as number;
      for (let k = 0; k < col; k++) {
        sum -= (lower[row * length + k] as number) *
          (lower[col * length + k] as number);
      }
      if (row > col) {
        lower[row * length + col] = sum / (lower[col * length + col] as number);
        continue;
      }
      const whole = Math.abs(curvature[row * length + row] as number);
      const bent = sum > LEAST_SHARE * whole ? sum : Math.max(1, -sum);
      ridge = Math.max(ridge, bent - sum);
      lower[row * length + row] = Math.sqrt(bent);
    }
  }
  return { lower, ridge };
}

function drawAround(
  target: Target,
  { draws, random }: LaplaceOptions,
  { mode, lower }: {
    readonly mode: Float64Array;
    readonly lower: Float64Array;
  },
): { readonly positions: Float64Array; readonly logRatios: Float64Array } {
  const { size } = target;
  const positions = new Float64Array(draws * size);
  const logRatios = new Float64Array(draws);
  const gradient = new Float64Array(size);
  for (let draw = 0; draw < draws; draw++) {
    const position = positions.subarray(draw * size, (draw + 1) * size);
    let logDrawn = 0;
    for (let i = 0; i < size; i++) {
      const normal = random.normal();
      logDrawn -= normal * normal / 2;
      position[i] = normal;
    }
    solveTransposed(lower, position);
    position.forEach((value, i) => position[i] = value + (mode[i] as number));
    const ratio = target.logDensity(position, gradient) - logDrawn;
    logRatios[draw] = Number.isNaN(ratio) ? -Infinity : ratio;
  }
  return { positions, logRatios };
}

/** Draws again by weight, at even steps from one chance. */
function resample(
  positions: Float64Array,
  weights: Float64Array,
  { draws, random, size }: LaplaceOptions & { readonly size: number },
): Float64Array {
  const chosen = new Float64Array(draws * size);
  const offset = random.next();
  let [from, sum] = [0, weights[0] as number];
  for (let draw = 0; draw < draws; draw++) {
    while (sum < (draw + offset) / draws && from < draws - 1) {
      from++;
      sum += weights[from] as number;
    }
    const row = positions.subarray(from * size, (from + 1) * size);
    chosen.set(row, draw * size);
  }
  return chosen;
}
