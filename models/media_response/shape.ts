/**
 * Shapes of response as points that a search can move freely: for each entity the
 * log odds of its decay, the logarithm of its half and that of its slope.
 *
 * Spend is scaled so that 1 is the entity's median positive spend.
 *
 * @module
 */
import { carryOver, carryOverSlope } from "../math/adstock.ts";

/** Coordinates of one entity's shape. */
export const COORDINATES = 3;

/** Carry-over and saturation of one entity. */
export interface Shape {
  /** Share of the adstock that lasts into the next period. */
  readonly decay: number;
  /** Adstock that brings half the ceiling, in scaled spend. */
  readonly half: number;
  /** Steepness; above 1 the curve is S-shaped. */
  readonly slope: number;
}

/** What is believed of each coordinate before any data: a normal, and bounds. */
export const BELIEFS: readonly {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}[] = [
  { mean: Math.log(0.2 / 0.8), deviation: 1.5, least: -7, most: 4 },
  { mean: 0, deviation: 1, least: -5, most: 5 },
  {
    mean: Math.log(1.3),
    deviation: 0.3,
    least: Math.log(0.4),
    most: Math.log(5),
  },
];

/**
 * Reads one entity's shape.
 *
 * @param point Coordinates of all entities, shape [entities × 3].
 * @param entity Which.
 * @returns Its shape.
 */
export function shapeAt(point: Float64Array, entity: number): Shape {
  const at = COORDINATES * entity;
  return {
    decay: 1 / (1 + Math.exp(-(point[at] as number))),
    half: Math.exp(point[at + 1] as number),
    slope: Math.exp(point[at + 2] as number),
  };
}

/**
 * Share of the ceiling that spend reaches, period by period.
 *
 * @param spend Scaled spend, shape [periods].
 * @param shape The shape.
 * @returns In [0, 1], shape [periods].
 */
export function saturate(
  spend: Float64Array,
  { decay, half, slope }: Shape,
): Float64Array {
  const shares = carryOver(spend, decay);
  const start = Math.log(half);
  for (let t = 0; t < shares.length; t++) {
    const adstock = shares[t] as number;
    shares[t] = adstock > 0
      ? 1 / (1 + Math.exp(slope * (start - Math.log(adstock))))
      : 0;
  }
  return shares;
}

/**
 * Slopes of {@link saturate} in the three coordinates.
 *
 * @param spend Scaled spend, shape [periods].
 * @param shape The shape.
 * @returns Shape [3][periods].
 */
export function saturationSlopes(
  spend: Float64Array,
  { decay, half, slope }: Shape,
): Float64Array[] {
  const adstock = carryOver(spend, decay);
  const byDecay = carryOverSlope(spend, decay);
  const byHalf = new Float64Array(spend.length);
  const bySlope = new Float64Array(spend.length);
  const start = Math.log(half);
  for (let t = 0; t < spend.length; t++) {
    const level = adstock[t] as number;
    if (!(level > 0)) {
      byDecay[t] = 0;
      continue;
    }
    const height = Math.log(level) - start;
    const share = 1 / (1 + Math.exp(-slope * height));
    const steep = slope * share * (1 - share);
    byHalf[t] = -steep;
    bySlope[t] = steep * height;
    byDecay[t] = (byDecay[t] as number) * steep / level * decay * (1 - decay);
  }
  return [byDecay, byHalf, bySlope];
}
