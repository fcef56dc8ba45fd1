/**
 * Empirical Bayes: how far the ratio of one entity is to be drawn to what is usual, told
 * by how the ratios of all entities are spread.
 *
 * Each entity has a ratio of its own, spread around the mean m of all with variance τ².
 * What is seen of it varies by s² ÷ over more. The mean of both, (of + M × m) ÷
 * (over + M) with the strength M = s² ÷ τ², errs least in the mean square. By law of the
 * numerators, s² is
 *
 *     share   m × (1 − m) − τ²   beta-binomial: each of `over` is in `of`, or is not
 *     count   m                  gamma-Poisson: `of` counts what happens during `over`
 *     amount  what falls with 1 ÷ over in the spread: any other sum
 *
 * The moments are those of sums of squares weighted by w: their mean is s² × A + τ² × B
 * with A = Σ w ÷ over × (1 − w ÷ Σ w) and B = Σ w × (1 − w ÷ Σ w). The weights begin as
 * `over` and are then over ÷ (over + M), until they agree with the M that they lead to.
 *
 * @see Kleinman (1973), Proportions with Extraneous Variance: Single and Independent
 * Samples; Efron and Morris (1975), Data Analysis Using Stein's Estimator; Bühlmann and
 * Straub (1970), Glaubwürdigkeit für Schadensätze
 * @module
 */

/** How numerators vary around ratio × denominator. */
export type RatioLaw = "share" | "count" | "amount";

/** What is seen of all entities, each in one place of both. */
export interface RatiosSeen {
  /** Numerators, shape [entities]. */
  readonly of: readonly number[];
  /** Denominators, shape [entities]; those without one tell nothing. */
  readonly over: readonly number[];
}

/** What is usual, and how much of the denominator it is worth. */
export interface RatioPrior {
  /** The mean ratio of an entity. */
  readonly prior: number;
  /** In units of the denominator. */
  readonly strength: number;
  /** Entities that it was learnt from. */
  readonly entities: number;
}

interface Sample {
  readonly ratio: number;
  readonly over: number;
}

interface Moments {
  readonly mean: number;
  readonly squares: number;
  readonly within: number;
  readonly between: number;
}

const MAX_ROUNDS = 100;
const PRECISION = 1e-9;

/**
 * Fits a prior by the method of moments.
 *
 * @param seen Numerators and denominators of all entities.
 * @param law How numerators vary.
 * @returns The prior. Where ratios are spread no more than chance would spread them, the
 * strength is the sum of all denominators, its greatest; where chance spreads nothing,
 * it is 0. Null with fewer than two entities, or for amounts over equal denominators,
 * which do not tell chance from difference.
 */
export function fitPrior(seen: RatiosSeen, law: RatioLaw): RatioPrior | null {
  const samples = seen.over.flatMap((over, place) => {
    const ratio = (seen.of[place] ?? NaN) / over;
    return over > 0 && Number.isFinite(ratio) ? [{ ratio, over }] : [];
  });
  const entities = samples.length;
  if (entities < 2) return null;
  const most = samples.reduce((sum, { over }) => sum + over, 0);
  if (law === "amount") {
    const strength = amountStrength(samples, most);
    if (strength === null) return null;
    const { mean } = momentsOf(samples, weightsFor(samples, strength));
    return { prior: mean, strength, entities };
  }
  let weights = samples.map(({ over }) => over);
  for (let round = 1;; round++) {
    const moments = momentsOf(samples, weights);
    const strength = strengthOf(moments, law, most);
    const next = weightsFor(samples, strength);
    if (round === MAX_ROUNDS || sameWeights(weights, next)) {
      return { prior: moments.mean, strength, entities };
    }
    weights = next;
  }
}

/** Weights that give the mean its least variance; by denominator where all is chance. */
function weightsFor(samples: readonly Sample[], strength: number): number[] {
  return samples.map(({ over }) => over / (over + strength));
}

function sameWeights(before: readonly number[], after: readonly number[]) {
  return after.every((weight, place) =>
    Math.abs(weight - (before[place] ?? NaN)) <= PRECISION * weight
  );
}

function momentsOf(
  samples: readonly Sample[],
  weights: readonly number[],
): Moments {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let mean = 0;
  samples.forEach(({ ratio }, place) => {
    mean += (weights[place] ?? 0) / total * ratio;
  });
  let [squares, within, between] = [0, 0, 0];
  samples.forEach(({ ratio, over }, place) => {
    const weight = weights[place] ?? 0;
    const free = weight * (1 - weight / total);
    squares += weight * (ratio - mean) ** 2;
    within += free / over;
    between += free;
  });
  return { mean, squares, within, between };
}

/** Strength where the law tells the variance of chance. */
function strengthOf(
  { mean, squares, within, between }: Moments,
  law: "share" | "count",
  most: number,
): number {
  const chance = law === "share" ? mean * (1 - mean) : mean;
  const spread = law === "share"
    ? (squares - chance * within) / (between - within)
    : (squares - chance * within) / between;
  return bounded(law === "share" ? chance - spread : chance, spread, most);
}

/** Strength where it is told by two sums of squares: by denominator, and each alike. */
function amountStrength(
  samples: readonly Sample[],
  most: number,
): number | null {
  const one = momentsOf(samples, samples.map(({ over }) => over));
  const other = momentsOf(samples, samples.map(() => 1));
  const apart = one.within * other.between - other.within * one.between;
  if (Math.abs(apart) <= PRECISION * one.within * other.between) return null;
  const chance = (one.squares * other.between - other.squares * one.between) /
    apart;
  const spread = (one.within * other.squares - other.within * one.squares) /
    apart;
  return bounded(chance, spread, most);
}

function bounded(chance: number, spread: number, most: number): number {
  if (!(spread > 0)) return most;
  return Math.min(Math.max(chance / spread, 0), most);
}
