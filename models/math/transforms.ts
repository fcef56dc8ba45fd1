/**
 * Maps between the whole line, on which samplers and searches move, and where a
 * parameter lives. A density on the line is that of the parameter times |dx/du|, so
 * its logarithm gains {@link Transform.logJacobian}.
 *
 * @module
 */

/** Where a parameter lives: anywhere, above 0, or in (0, 1). */
export type Support = "real" | "positive" | "unit";

/** A map x(u) from the line to a support; none of it allocates. */
export interface Transform {
  /** x(u), strictly inside the support. */
  toSupport(u: number): number;
  /** u(x), its inverse. */
  toLine(x: number): number;
  /** dx/du, of x. */
  slope(x: number): number;
  /** log |dx/du|, of x. */
  logJacobian(x: number): number;
  /** d log |dx/du| / du, of x. */
  logJacobianSlope(x: number): number;
}

/** Exponents beyond it would leave the numbers there are. */
const MOST_EXPONENT = 700;
/** A share nearer to 1 could not be told from 1. */
const MOST_LOGIT = 36;

/** The map of each support: the identity, the exponential, the logistic. */
export const TRANSFORMS: Readonly<Record<Support, Transform>> = {
  real: {
    toSupport: (u) => u,
    toLine: (x) => x,
    slope: () => 1,
    logJacobian: () => 0,
    logJacobianSlope: () => 0,
  },
  positive: {
    toSupport: (u) => Math.exp(clip(u, MOST_EXPONENT)),
    toLine: Math.log,
    slope: (x) => x,
    logJacobian: Math.log,
    logJacobianSlope: () => 1,
  },
  unit: {
    toSupport: (u) => 1 / (1 + Math.exp(-clip(u, MOST_LOGIT))),
    toLine: (x) => Math.log(x) - Math.log1p(-x),
    slope: (x) => x * (1 - x),
    logJacobian: (x) => Math.log(x) + Math.log1p(-x),
    logJacobianSlope: (x) => 1 - 2 * x,
  },
};

function clip(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
