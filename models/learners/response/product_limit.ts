/**
 * The product limit for values of which each was seen only because it is at most its
 * limit (right truncation): from the end backwards, each step is the part of what lies
 * below its end that lies in it.
 *
 * @see Lagakos, Barraj and De Gruttola (1988), Nonparametric Analysis of Truncated
 * Survival Data, Biometrika 75(3)
 * @module
 */

/** Steps of equal width between 0 and 1. */
const STEPS = 40;

/**
 * Distribution of values of which each was seen only because it is at most its limit.
 *
 * @param values In (0, 1], shape [seen].
 * @param limits At least the values, at most 1, shape [seen].
 * @param lean Rows that a uniform distribution counts for in each step.
 * @returns Share of values up to k/steps, shape [steps + 1], from 0 to 1.
 */
export function productLimit(
  values: Float64Array,
  limits: Float64Array,
  lean: number,
): Float64Array {
  const shares = new Float64Array(STEPS + 1);
  shares[STEPS] = 1;
  for (let step = STEPS - 1; step > 0; step--) {
    const [from, until] = [step / STEPS, (step + 1) / STEPS];
    let below = 0;
    let within = 0;
    for (let row = 0; row < values.length; row++) {
      const value = values[row] as number;
      if ((limits[row] as number) < until || value > until) continue;
      below++;
      if (value > from) within++;
    }
    const part = (within + lean / (step + 1)) / (below + lean);
    shares[step] = (shares[step + 1] as number) * (1 - part);
  }
  return shares;
}

/**
 * Reads the distribution between its steps.
 *
 * @param shares As {@link productLimit} gives them.
 * @param at In [0, 1].
 * @returns Share of values up to there.
 */
export function interpolate(shares: Float64Array, at: number): number {
  const place = at * STEPS;
  const step = Math.min(Math.floor(place), STEPS - 1);
  const [low, high] = [shares[step] as number, shares[step + 1] as number];
  return low + (high - low) * (place - step);
}
