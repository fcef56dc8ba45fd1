/**
 * Diminishing returns: share of the ceiling that a level of adstock reaches.
 *
 * All forms share one coordinate, the logarithm of `half`: the adstock that brings
 * half the ceiling. Hill has a second, the logarithm of its slope.
 *
 *     hill             1 / (1 + (half / a)^slope)
 *     michaelis_menten a / (half + a)
 *     logistic, tanh   tanh(a · atanh(½) / half)
 *
 * (1 − e^(−rate·a)) / (1 + e^(−rate·a)) is tanh(rate·a / 2), so `logistic` with its
 * rate and `tanh` with its width are one curve: rate = ln 3 / half.
 *
 * @module
 */

/** Forms of saturation. */
export const SATURATIONS = [
  "hill",
  "logistic",
  "michaelis_menten",
  "tanh",
] as const;

/** A form of saturation. */
export type SaturationKind = typeof SATURATIONS[number];

/** Names of the coordinates of each form, in their order. */
export const SATURATION_COORDINATES: Readonly<
  Record<SaturationKind, readonly string[]>
> = {
  hill: ["half", "slope"],
  logistic: ["half"],
  "michaelis_menten": ["half"],
  tanh: ["half"],
};

/** Half the ceiling is reached at `half` by tanh(HALF_ANGLE · a / half). */
export const HALF_ANGLE = Math.atanh(0.5);

/** A curve at certain coordinates. */
export interface Saturation {
  readonly kind: SaturationKind;
  /** Logarithm of the adstock that brings half the ceiling. */
  logHalf: number;
  /** Steepness; 1 unless the form has one. */
  slope: number;
}

/**
 * Sets a curve.
 *
 * @param saturation Where to write.
 * @param point Coordinates.
 * @param from Place of the first.
 */
export function setSaturation(
  saturation: Saturation,
  point: Float64Array,
  from: number,
): void {
  saturation.logHalf = point[from] as number;
  saturation.slope = saturation.kind === "hill"
    ? Math.exp(point[from + 1] as number)
    : 1;
}

/**
 * Share of the ceiling reached.
 *
 * @param saturation The curve.
 * @param adstock At least 0, shape [periods].
 * @param out Where to write, in [0, 1), shape [periods].
 */
export function saturate(
  { kind, logHalf, slope }: Saturation,
  adstock: Float64Array,
  out: Float64Array,
): void {
  const half = Math.exp(logHalf);
  for (let t = 0; t < adstock.length; t++) {
    const level = adstock[t] as number;
    if (!(level > 0)) out[t] = 0;
    else if (kind === "hill") {
      out[t] = 1 / (1 + Math.exp(slope * (logHalf - Math.log(level))));
    } else if (kind === "michaelis_menten") out[t] = level / (half + level);
    else out[t] = Math.tanh(HALF_ANGLE * level / half);
  }
}

/** What a pull on the shares is, and where it goes. */
export interface SaturationPull {
  /** Shares, as {@link saturate} wrote them, shape [periods]. */
  readonly shares: Float64Array;
  /** Slope of the objective in each share; becomes that in each adstock. */
  readonly pull: Float64Array;
  /** Where slopes in the coordinates are added. */
  readonly into: Float64Array;
  /** Place of the first coordinate. */
  readonly from: number;
}

/**
 * Carries the slopes of an objective from shares to adstock and coordinates.
 *
 * @param saturation The curve.
 * @param adstock Shape [periods].
 * @param target Slopes in the shares, and where to add.
 */
export function pullSaturation(
  { kind, logHalf, slope }: Saturation,
  adstock: Float64Array,
  { shares, pull, into, from }: SaturationPull,
): void {
  const angle = HALF_ANGLE * Math.exp(-logHalf);
  let byHalf = 0;
  let bySlope = 0;
  for (let t = 0; t < adstock.length; t++) {
    const level = adstock[t] as number;
    if (!(level > 0)) {
      pull[t] = 0;
      continue;
    }
    const share = shares[t] as number;
    const along = pull[t] as number;
    if (kind === "logistic" || kind === "tanh") {
      const steep = along * angle * (1 - share * share);
      byHalf -= steep * level;
      pull[t] = steep;
      continue;
    }
    const steep = along * slope * share * (1 - share);
    byHalf -= steep;
    if (kind === "hill" && steep !== 0) {
      bySlope += steep * (Math.log(level) - logHalf);
    }
    pull[t] = steep / level;
  }
  into[from] = (into[from] as number) + byHalf;
  if (kind === "hill") into[from + 1] = (into[from + 1] as number) + bySlope;
}

/**
 * What more of all spend would bring: Σ share′(a) · a, the slope of the shares' sum
 * in the logarithm of the spend.
 *
 * @param saturation The curve.
 * @param adstock Shape [periods].
 * @param shares As {@link saturate} wrote them.
 * @returns In ceilings.
 */
export function growthOf(
  { kind, logHalf, slope }: Saturation,
  adstock: Float64Array,
  shares: Float64Array,
): number {
  const angle = HALF_ANGLE * Math.exp(-logHalf);
  let sum = 0;
  for (let t = 0; t < shares.length; t++) {
    const share = shares[t] as number;
    sum += kind === "logistic" || kind === "tanh"
      ? angle * (adstock[t] as number) * (1 - share * share)
      : slope * share * (1 - share);
  }
  return sum;
}
