/**
 * Distributions that a belief is stated in: log density, its slope, and draws.
 *
 * Each is built once; asking it allocates nothing.
 *
 * @module
 */
import { logGamma } from "../../core/domain/distributions.ts";
import type { Random } from "../../core/domain/random.ts";
import type { Support } from "./transforms.ts";

/** A distribution of one number. */
export interface Density {
  /** Where it lives. */
  readonly support: Support;
  /** Natural logarithm of the density at a value inside the support. */
  logDensity(value: number): number;
  /** Derivative of the log density in the value. */
  slope(value: number): number;
  /** A value at random. */
  draw(random: Random): number;
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Normal, of a mean and a standard deviation above 0. */
export function normalDensity(mean: number, deviation: number): Density {
  const constant = -Math.log(deviation) - LOG_TWO_PI / 2;
  return {
    support: "real",
    logDensity: (value) => constant - ((value - mean) / deviation) ** 2 / 2,
    slope: (value) => (mean - value) / (deviation * deviation),
    draw: (random) => mean + deviation * random.normal(),
  };
}

/** Size of a normal around 0: half normal, of that normal's deviation. */
export function halfNormalDensity(deviation: number): Density {
  const whole = normalDensity(0, deviation);
  return {
    support: "positive",
    logDensity: (value) => Math.LN2 + whole.logDensity(value),
    slope: whole.slope,
    draw: (random) => Math.abs(whole.draw(random)),
  };
}

/** Log normal, of mean and deviation of the logarithm. */
export function logNormalDensity(mean: number, deviation: number): Density {
  const log = normalDensity(mean, deviation);
  return {
    support: "positive",
    logDensity: (value) => log.logDensity(Math.log(value)) - Math.log(value),
    slope: (value) => (log.slope(Math.log(value)) - 1) / value,
    draw: (random) => Math.exp(log.draw(random)),
  };
}

/** Gamma, of shape and rate; its mean is shape ÷ rate. */
export function gammaDensity(shape: number, rate: number): Density {
  const constant = shape * Math.log(rate) - logGamma(shape);
  return {
    support: "positive",
    logDensity: (value) =>
      constant + (shape - 1) * Math.log(value) - rate * value,
    slope: (value) => (shape - 1) / value - rate,
    draw: (random) => drawGamma(shape, random) / rate,
  };
}

/** Beta, of its two shapes; its mean is first ÷ (first + second). */
export function betaDensity(first: number, second: number): Density {
  const constant = logGamma(first + second) - logGamma(first) -
    logGamma(second);
  return {
    support: "unit",
    logDensity: (value) =>
      constant + (first - 1) * Math.log(value) +
      (second - 1) * Math.log1p(-value),
    slope: (value) => (first - 1) / value - (second - 1) / (1 - value),
    draw(random) {
      const part = drawGamma(first, random);
      return part / (part + drawGamma(second, random));
    },
  };
}

/** Student's t, of degrees of freedom, centre and scale. */
export function studentDensity(
  freedom: number,
  centre: number,
  scale: number,
): Density {
  const constant = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) -
    Math.log(freedom * Math.PI) / 2 - Math.log(scale);
  return {
    support: "real",
    logDensity(value) {
      const far = (value - centre) / scale;
      return constant - (freedom + 1) / 2 * Math.log1p(far * far / freedom);
    },
    slope(value) {
      const far = value - centre;
      return -(freedom + 1) * far / (freedom * scale * scale + far * far);
    },
    draw(random) {
      const spread = drawGamma(freedom / 2, random) / (freedom / 2);
      return centre + scale * random.normal() / Math.sqrt(spread);
    },
  };
}

/**
 * Draws from a gamma of rate 1.
 *
 * @see Marsaglia and Tsang (2000), A Simple Method for Generating Gamma Variables
 */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) {
    return drawGamma(shape + 1, random) * (1 - random.next()) ** (1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const cube = (1 + c * x) ** 3;
    if (cube <= 0) continue;
    const accept = Math.log(1 - random.next());
    if (accept < x * x / 2 + d * (1 - cube + Math.log(cube))) return d * cube;
  }
}
