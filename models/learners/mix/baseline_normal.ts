/**
 * The baseline with normal noise, its coefficients integrated out.
 *
 * With r the outcome less what media bring, coefficients normal(0, T) and noise of
 * variance v, r ~ normal(0, v·I + Z T Zᵀ). Everything follows from the small matrix
 * K = v·T⁻¹ + ZᵀZ: the coefficients given r are normal(K⁻¹Zᵀr, v·K⁻¹).
 *
 * @module
 */
import { solveTransposed } from "../../math/cholesky.ts";
import type { GeoProblem } from "./problem.ts";

/** Logarithms of what is common to a geography's terms. */
export interface BaselineScales {
  /** Of the noise's deviation. */
  readonly logNoise: number;
  /** Of the trend's flexibility. */
  readonly logFlexibility: number;
}

/** Where coefficients that are searched lie. */
export interface BaselineAxes {
  readonly point: Float64Array;
  /** Where slopes are added. */
  readonly gradient: Float64Array;
  /** Place of the first. */
  readonly from: number;
}

/** A geography's baseline and noise, as last evaluated. */
export interface Baseline {
  /** Slope of the log density in the logarithm of the noise. */
  byNoise: number;
  /** The same in the logarithm of the flexibility. */
  byFlexibility: number;
  /** Coefficients, or their mean if they are integrated out; shape [terms]. */
  readonly coefficients: Float64Array;
  /**
   * Lower triangle of K, row-major, shape [terms × terms]: coefficients vary by
   * noise · L⁻ᵀ · normal around their mean. Null if they are searched.
   */
  readonly factor: Float64Array | null;
  /**
   * Weighs what media leave of the outcome.
   *
   * @param rest Outcome less media, 0 where unknown; becomes the slope of the log
   * density in what media bring.
   * @param scales Noise and flexibility.
   * @param axes Where coefficients lie, if they are searched.
   * @returns Log density up to a constant.
   */
  evaluate(
    rest: Float64Array,
    scales: BaselineScales,
    axes: BaselineAxes,
  ): number;
}

/** A baseline whose coefficients are integrated out. */
export interface NormalBaseline extends Baseline {
  readonly factor: Float64Array;
  evaluate(rest: Float64Array, scales: BaselineScales): number;
}

/**
 * Prepares a geography.
 *
 * @param geo Its terms and outcome.
 * @returns Its baseline; nothing in it allocates.
 */
export function createNormalBaseline(geo: GeoProblem): NormalBaseline {
  const terms = geo.design.length;
  const design = geo.design.map((column) =>
    column.map((value, t) => value * (geo.known[t] as number))
  );
  const periods = geo.known.reduce((sum, one) => sum + one, 0);
  const products = crossProducts(design);
  const precisions = new Float64Array(terms);
  const inverse = new Float64Array(terms * terms);
  const baseline: NormalBaseline = {
    byNoise: 0,
    byFlexibility: 0,
    coefficients: new Float64Array(terms),
    factor: new Float64Array(terms * terms),
    evaluate(rest, { logNoise, logFlexibility }) {
      const { coefficients, factor } = baseline;
      const variance = Math.exp(2 * logNoise);
      const logDeviations = writePrecisions(geo, logFlexibility, precisions);
      factor.set(products);
      for (let i = 0; i < terms; i++) {
        factor[i * terms + i] = (factor[i * terms + i] as number) +
          variance * (precisions[i] as number);
      }
      const logDeterminant = factorize(factor, terms);
      if (Number.isNaN(logDeterminant)) return -Infinity;
      project(design, rest, coefficients);
      solve(factor, terms, coefficients);
      invert(factor, terms, inverse);
      const { square, left } = leave(design, rest, {
        coefficients,
        precisions,
        variance,
      });
      measure(baseline, geo, { precisions, inverse, variance, left, periods });
      return -((periods - terms) * logNoise + logDeviations +
        logDeterminant + square / variance / 2);
    },
  };
  return baseline;
}

/** Slopes in noise and flexibility. */
function measure(
  baseline: NormalBaseline,
  { flexible }: GeoProblem,
  { precisions, inverse, variance, left, periods }: {
    precisions: Float64Array;
    inverse: Float64Array;
    variance: number;
    left: number;
    periods: number;
  },
): void {
  const { coefficients } = baseline;
  const terms = coefficients.length;
  let trace = 0;
  let bent = 0;
  for (let i = 0; i < terms; i++) {
    let own = 0;
    for (let k = i; k < terms; k++) {
      own += (inverse[k * terms + i] as number) ** 2;
    }
    const precision = precisions[i] as number;
    const share = variance * own * precision;
    trace += share;
    if (flexible[i] === 1) {
      bent += share + precision * (coefficients[i] as number) ** 2 - 1;
    }
  }
  baseline.byNoise = left / variance - (periods - terms) - trace;
  baseline.byFlexibility = bent;
}

/**
 * Takes the baseline off, leaving slopes. With rest = error + baseline, the square
 * rᵀΣ⁻¹r·v is that of the errors and that of the coefficients by their precisions.
 */
function leave(
  design: readonly Float64Array[],
  rest: Float64Array,
  { coefficients, precisions, variance }: {
    coefficients: Float64Array;
    precisions: Float64Array;
    variance: number;
  },
): { square: number; left: number } {
  let square = 0;
  for (let i = 0; i < design.length; i++) {
    const column = design[i] as Float64Array;
    const weight = coefficients[i] as number;
    square += variance * (precisions[i] as number) * weight * weight;
    for (let t = 0; t < rest.length; t++) {
      rest[t] = (rest[t] as number) - weight * (column[t] as number);
    }
  }
  let left = 0;
  for (let t = 0; t < rest.length; t++) {
    const error = rest[t] as number;
    left += error * error;
    rest[t] = error / variance;
  }
  return { square: square + left, left };
}

/** Writes prior precisions; returns the sum of the logarithms of deviations. */
function writePrecisions(
  { deviations, flexible }: GeoProblem,
  logFlexibility: number,
  precisions: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < deviations.length; i++) {
    const log = Math.log(deviations[i] as number) +
      (flexible[i] === 1 ? logFlexibility : 0);
    sum += log;
    precisions[i] = Math.exp(-2 * log);
  }
  return sum;
}

function project(
  design: readonly Float64Array[],
  rest: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0; i < design.length; i++) {
    const column = design[i] as Float64Array;
    let sum = 0;
    for (let t = 0; t < rest.length; t++) {
      sum += (column[t] as number) * (rest[t] as number);
    }
    out[i] = sum;
  }
}

/**
 * Products of columns with one another.
 *
 * @param columns Shape [terms][periods].
 * @returns Shape [terms × terms].
 */
export function crossProducts(columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const products = new Float64Array(size * size);
  const row = new Float64Array(size);
  columns.forEach((column, i) => {
    project(columns, column, row);
    products.set(row, i * size);
  });
  return products;
}

/** Cholesky in place, lower triangle; half the log determinant, NaN if not positive. */
function factorize(matrix: Float64Array, size: number): number {
  let log = 0;
  for (let row = 0; row < size; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = matrix[row * size + col] as number;
      for (let k = 0; k < col; k++) {
        sum -= (matrix[row * size + k] as number) *
          (matrix[col * size + k] as number);
      }
      if (row > col) {
        matrix[row * size + col] = sum / (matrix[col * size + col] as number);
      } else {
        if (!(sum > 0)) return NaN;
        matrix[row * size + row] = Math.sqrt(sum);
        log += Math.log(sum) / 2;
      }
    }
  }
  return log;
}

/** Solves K x = b in place. */
function solve(lower: Float64Array, size: number, x: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let sum = x[row] as number;
    for (let k = 0; k < row; k++) {
      sum -= (lower[row * size + k] as number) * (x[k] as number);
    }
    x[row] = sum / (lower[row * size + row] as number);
  }
  solveTransposed(lower, x);
}

/** Inverse of the lower triangle L. */
function invert(lower: Float64Array, size: number, out: Float64Array): void {
  for (let col = 0; col < size; col++) {
    for (let row = col; row < size; row++) {
      let sum = row === col ? 1 : 0;
      for (let k = col; k < row; k++) {
        sum -= (lower[row * size + k] as number) *
          (out[k * size + col] as number);
      }
      out[row * size + col] = sum / (lower[row * size + row] as number);
    }
  }
}
