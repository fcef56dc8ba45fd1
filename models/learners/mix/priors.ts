/**
 * Beliefs about numbers that are searched as a logarithm or as log odds.
 *
 * @module
 */
import {
  betaDensity,
  type Density,
  gammaDensity,
  halfNormalDensity,
  logNormalDensity,
  normalDensity,
} from "../../math/densities.ts";
import { type Support, TRANSFORMS } from "../../math/transforms.ts";
import type { Prior } from "./problem.ts";

/** A belief on the line. */
export interface LinePrior {
  /** Log density at a point of the line. */
  at(u: number): number;
  /** Its slope. */
  slopeAt(u: number): number;
}

/**
 * Builds the density of a belief.
 *
 * @param prior The belief.
 * @returns Its density, of the number itself.
 */
export function densityOf(prior: Prior): Density {
  switch (prior.type) {
    case "normal":
      return normalDensity(prior.mean, prior.sd);
    case "half_normal":
      return halfNormalDensity(prior.sd);
    case "lognormal":
      return logNormalDensity(prior.mu, prior.sigma);
    case "gamma":
      return gammaDensity(prior.shape, prior.rate);
    case "beta":
      return betaDensity(prior.alpha, prior.beta);
  }
}

/**
 * Builds a belief on the line.
 *
 * @param prior The belief; a normal is cut at 0 by a positive support.
 * @param support Where the number lives.
 * @returns Its log density up to a constant, and slope.
 */
export function linePrior(prior: Prior, support: Support): LinePrior {
  if (prior.type === "lognormal" && support === "positive") {
    const { mu, sigma } = prior;
    return {
      at: (u) => -(((u - mu) / sigma) ** 2) / 2,
      slopeAt: (u) => (mu - u) / (sigma * sigma),
    };
  }
  const density = densityOf(prior);
  const transform = TRANSFORMS[support];
  return {
    at(u) {
      const x = transform.toSupport(u);
      return density.logDensity(x) + transform.logJacobian(x);
    },
    slopeAt(u) {
      const x = transform.toSupport(u);
      return density.slope(x) * transform.slope(x) +
        transform.logJacobianSlope(x);
    },
  };
}

/**
 * A typical value of a belief, on the line.
 *
 * @param prior The belief.
 * @param support Where the number lives.
 * @returns Near its median.
 */
export function typicalOnLine(prior: Prior, support: Support): number {
  const { toLine } = TRANSFORMS[support];
  switch (prior.type) {
    case "normal":
      return toLine(Math.max(prior.mean, prior.sd / 4));
    case "half_normal":
      return toLine(0.674 * prior.sd);
    case "lognormal":
      return prior.mu;
    case "gamma":
      return toLine(prior.shape / prior.rate);
    case "beta":
      return toLine(prior.alpha / (prior.alpha + prior.beta));
  }
}
