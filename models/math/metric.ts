/**
 * Shape of a posterior as a sampler sees it: directions in which it is wide take
 * longer steps. Learnt from the draws of a warm-up.
 *
 * Directions that go together are better turned before (see `laplace.ts`) than learnt
 * here. Learnt variances are drawn towards 10^-3 by five draws' weight, as in Stan.
 *
 * @see Stan Development Team (2024), Stan Reference Manual, 15.2
 * @module
 */
import type { Random } from "../../core/domain/random.ts";

/** Kinetic energy pᵀΣp ÷ 2 of a momentum p, Σ being diagonal: learnt variances. */
export interface Metric {
  /** Writes Σp. */
  velocity(momentum: Float64Array, out: Float64Array): void;
  /** Writes a normal momentum of covariance Σ⁻¹. */
  draw(random: Random, out: Float64Array): void;
}

/** Learns a metric from positions. */
export interface MetricEstimate {
  /** Takes one position in. */
  add(position: Float64Array): void;
  /** The metric of all positions since the last call. */
  take(): Metric;
}

const PRIOR_WEIGHT = 5;
const PRIOR_VARIANCE = 1e-3;

/** A metric of variances, shape [size]. */
export function createMetric(variances: Float64Array): Metric {
  const deviations = variances.map(Math.sqrt);
  return {
    velocity(momentum, out) {
      for (let i = 0; i < out.length; i++) {
        out[i] = (variances[i] as number) * (momentum[i] as number);
      }
    },
    draw(random, out) {
      for (let i = 0; i < out.length; i++) {
        out[i] = random.normal() / (deviations[i] as number);
      }
    },
  };
}

/** Learns variances, by Welford's method. */
export function estimateMetric(size: number): MetricEstimate {
  const mean = new Float64Array(size);
  const moment = new Float64Array(size);
  let count = 0;
  return {
    add(position) {
      count++;
      for (let i = 0; i < size; i++) {
        const value = position[i] as number;
        const before = value - (mean[i] as number);
        mean[i] = (mean[i] as number) + before / count;
        const after = value - (mean[i] as number);
        moment[i] = (moment[i] as number) + before * after;
      }
    },
    take() {
      const weight = count / (count + PRIOR_WEIGHT);
      const variances = moment.map((sum) =>
        weight * sum / Math.max(1, count - 1) + (1 - weight) * PRIOR_VARIANCE
      );
      count = 0;
      mean.fill(0);
      moment.fill(0);
      return createMetric(variances);
    },
  };
}
