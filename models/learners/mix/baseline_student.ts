/**
 * The baseline with Student noise, which bears outliers. Its coefficients are
 * searched, in axes along which a first look at the data is round:
 *
 *     coefficients = (centre + L⁻ᵀ z · deviation) · flexibility, where they have one
 *
 * @module
 */
import { solveTransposed } from "../../math/cholesky.ts";
import { type Baseline, createNormalBaseline } from "./baseline_normal.ts";
import type { GeoProblem } from "./problem.ts";

/** Degrees of freedom: heavy tails that still have a variance. */
export const FREEDOM = 4;

/** A guess at the noise, in deviations of the outcome, for the axes alone. */
const ROUGH_NOISE = 0.3;

/**
 * Prepares a geography.
 *
 * @param geo Its terms and outcome.
 * @returns Its baseline; nothing in it allocates.
 */
export function createStudentBaseline(geo: GeoProblem): Baseline {
  const terms = geo.design.length;
  const rough = createNormalBaseline(geo);
  rough.evaluate(geo.outcome.slice(), {
    logNoise: Math.log(ROUGH_NOISE),
    logFlexibility: 0,
  });
  const centre = rough.coefficients.slice();
  const lower = rough.factor;
  const pulls = new Float64Array(terms);
  const baseline: Baseline = {
    byNoise: 0,
    byFlexibility: 0,
    coefficients: new Float64Array(terms),
    factor: null,
    evaluate(rest, { logNoise, logFlexibility }, { point, gradient, from }) {
      const { coefficients } = baseline;
      for (let i = 0; i < terms; i++) {
        coefficients[i] = ROUGH_NOISE * (point[from + i] as number);
      }
      solveTransposed(lower, coefficients);
      const flexibility = Math.exp(logFlexibility);
      for (let i = 0; i < terms; i++) {
        coefficients[i] = (geo.flexible[i] === 1 ? flexibility : 1) *
          ((coefficients[i] as number) + (centre[i] as number));
      }
      const fit = weigh(baseline, geo, { rest, logNoise, pulls });
      const belief = believe(baseline, geo, { flexibility, pulls });
      for (let row = 0; row < terms; row++) {
        let sum = pulls[row] as number;
        for (let k = 0; k < row; k++) {
          sum -= (lower[row * terms + k] as number) * (pulls[k] as number);
        }
        pulls[row] = sum / (lower[row * terms + row] as number);
        gradient[from + row] = (gradient[from + row] as number) +
          ROUGH_NOISE * (pulls[row] as number);
      }
      return fit + belief;
    },
  };
  return baseline;
}

/** Log density of the outcome; writes slopes in the coefficients. */
function weigh(
  baseline: Baseline,
  { design, known }: GeoProblem,
  { rest, logNoise, pulls }: {
    rest: Float64Array;
    logNoise: number;
    pulls: Float64Array;
  },
): number {
  const { coefficients } = baseline;
  const variance = Math.exp(2 * logNoise);
  let density = 0;
  baseline.byNoise = 0;
  pulls.fill(0);
  for (let t = 0; t < rest.length; t++) {
    if (known[t] !== 1) {
      rest[t] = 0;
      continue;
    }
    let error = rest[t] as number;
    for (let i = 0; i < design.length; i++) {
      error -= (coefficients[i] as number) *
        ((design[i] as Float64Array)[t] as number);
    }
    const spread = FREEDOM * variance + error * error;
    density -= logNoise +
      (FREEDOM + 1) / 2 * Math.log(spread / (FREEDOM * variance));
    const slope = (FREEDOM + 1) * error / spread;
    baseline.byNoise += slope * error - 1;
    rest[t] = slope;
    for (let i = 0; i < design.length; i++) {
      pulls[i] = (pulls[i] as number) +
        slope * ((design[i] as Float64Array)[t] as number);
    }
  }
  return density;
}

/** Log density of what is searched; turns slopes in coefficients into slopes in it. */
function believe(
  baseline: Baseline,
  { deviations, flexible }: GeoProblem,
  { flexibility, pulls }: { flexibility: number; pulls: Float64Array },
): number {
  const { coefficients } = baseline;
  let density = 0;
  baseline.byFlexibility = 0;
  for (let i = 0; i < coefficients.length; i++) {
    const scale = flexible[i] === 1 ? flexibility : 1;
    const coefficient = coefficients[i] as number;
    const pull = pulls[i] as number;
    if (flexible[i] === 1) baseline.byFlexibility += pull * coefficient;
    const far = coefficient / scale / (deviations[i] as number);
    density -= far * far / 2;
    pulls[i] = scale * pull - far / (deviations[i] as number);
  }
  return density;
}
