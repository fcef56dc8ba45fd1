/**
 * Values of each geography around a common one, and the beliefs about both.
 *
 * With z searched, spread τ, common value μ and centring c:
 *
 *     value = μ + τ^(1 − c) · (z − c·μ),  z ~ normal(c·μ, τ^c)
 *
 * so value ~ normal(μ, τ) whatever c: 0 searches the distance in spreads, which
 * suits geographies that say little; 1 the value itself, which suits those that say
 * much.
 *
 * @see Papaspiliopoulos, Roberts and Sköld (2007), A General Framework for the
 * Parametrization of Hierarchical Models
 * @module
 */
import type { Layout } from "./layout.ts";
import { type LinePrior, linePrior } from "./priors.ts";
import type { MixProblem } from "./problem.ts";

/** Values by geography, and beliefs. */
export interface Hierarchy {
  /** Writes the coordinates of each geography, shape [geographies][values]. */
  spread(point: Float64Array, values: readonly Float64Array[]): void;
  /**
   * Adds slopes in the point from those in the values, and the beliefs.
   *
   * @returns Log density of the beliefs.
   */
  gather(
    point: Float64Array,
    slopes: readonly Float64Array[],
    gradient: Float64Array,
  ): number;
}

/**
 * Prepares a problem's hierarchy.
 *
 * @param problem The posterior.
 * @param layout Its places.
 * @returns The hierarchy; nothing in it allocates.
 */
export function createHierarchy(
  problem: MixProblem,
  layout: Layout,
): Hierarchy {
  const priors = problem.channels.flatMap(({ coordinates }) =>
    coordinates.map(({ prior, support }) => linePrior(prior, support))
  );
  const spreadPrior = linePrior(problem.spread, "positive");
  return {
    spread(point, values) {
      for (const own of values) {
        for (let at = 0; at < layout.values; at++) {
          own[at] = point[at] as number;
        }
      }
      spreadOut(problem, layout, { point, values });
    },
    gather(point, slopes, gradient) {
      let density = 0;
      for (let at = 0; at < layout.values; at++) {
        const prior = priors[at] as LinePrior;
        const u = point[at] as number;
        density += prior.at(u);
        let slope = prior.slopeAt(u);
        for (const own of slopes) slope += own[at] as number;
        gradient[at] = (gradient[at] as number) + slope;
      }
      layout.varying.forEach(({ spread }) => {
        const u = point[spread] as number;
        density += spreadPrior.at(u);
        gradient[spread] = (gradient[spread] as number) +
          spreadPrior.slopeAt(u);
      });
      return density + gatherIn(problem, layout, { point, slopes, gradient });
    },
  };
}

function spreadOut(
  { centring }: MixProblem,
  { varying }: Layout,
  { point, values }: {
    point: Float64Array;
    values: readonly Float64Array[];
  },
): void {
  const geos = values.length;
  for (let which = 0; which < varying.length; which++) {
    const { value, spread, first } = varying[which] as Layout["varying"][0];
    const common = point[value] as number;
    const log = point[spread] as number;
    for (let geo = 0; geo < geos; geo++) {
      const centred = centring[which * geos + geo] as number;
      const far = (point[first + geo] as number) - centred * common;
      (values[geo] as Float64Array)[value] = common +
        Math.exp((1 - centred) * log) * far;
    }
  }
}

function gatherIn(
  { centring }: MixProblem,
  { varying }: Layout,
  { point, slopes, gradient }: {
    point: Float64Array;
    slopes: readonly Float64Array[];
    gradient: Float64Array;
  },
): number {
  const geos = slopes.length;
  let density = 0;
  for (let which = 0; which < varying.length; which++) {
    const { value, spread, first } = varying[which] as Layout["varying"][0];
    const common = point[value] as number;
    const log = point[spread] as number;
    let byCommon = 0;
    let bySpread = 0;
    for (let geo = 0; geo < geos; geo++) {
      const centred = centring[which * geos + geo] as number;
      const narrow = Math.exp(-centred * log);
      const stretch = Math.exp((1 - centred) * log);
      const far = (point[first + geo] as number) - centred * common;
      const away = far * narrow;
      const along = (slopes[geo] as Float64Array)[value] as number;
      density -= away * away / 2 + centred * log;
      gradient[first + geo] = (gradient[first + geo] as number) +
        stretch * along - away * narrow;
      byCommon += centred * (away * narrow - stretch * along);
      bySpread += (1 - centred) * stretch * far * along +
        centred * (away * away - 1);
    }
    gradient[value] = (gradient[value] as number) + byCommon;
    gradient[spread] = (gradient[spread] as number) + bySpread;
  }
  return density;
}
