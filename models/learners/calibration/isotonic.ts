/**
 * Isotonic calibration: the best chances that never fall as the score rises, by
 * pooling adjacent violators; level within a pool, a straight line from one to the
 * next. No line is so steep that float32 could fall off an edge.
 *
 * @see Zadrozny and Elkan (2002), Transforming Classifier Scores into Accurate
 * Multiclass Probability Estimates
 * @module
 */

/** Scores with what happened, all of shape [rows]. */
export interface HeldScores {
  /** Log odds, or any other score; finite. */
  readonly scores: Float64Array;
  /** In [0, 1]. */
  readonly label: Float64Array;
  /** How much each row counts; each counts 1 if absent. */
  readonly weight?: Float64Array | undefined;
}

/** A rising curve: straight lines between knots, constant outside of them. */
export interface RisingCurve {
  /** Rising, float32. */
  readonly scores: Float64Array;
  /** Chance at each knot, never falling. */
  readonly chances: Float64Array;
}

/** Pools whose middles are closer, in log odds, are made one: what parts them is noise. */
export const LEAST_GAP = 0.05;

interface Pool {
  readonly weight: number;
  /** Weighted sums. */
  readonly score: number;
  readonly label: number;
  /** Least and greatest score. */
  readonly low: number;
  readonly high: number;
}

/**
 * Pools adjacent violators.
 *
 * @param held Scores with what happened.
 * @returns For each row the mean label of its pool, shape [rows]: the least squares
 * fit among all that never fall as the score rises, equal for equal scores.
 */
export function poolViolators(held: HeldScores): Float64Array {
  const order = orderOf(held.scores);
  const fitted = new Float64Array(order.length);
  let place = 0;
  for (const { rows, pool } of pools(held, order)) {
    for (const until = place + rows; place < until; place++) {
      fitted[order[place] as number] = pool.label / pool.weight;
    }
  }
  return fitted;
}

/**
 * Fits a rising curve.
 *
 * @param held Scores with what happened; at least one of positive weight.
 * @returns Knots at the ends of the pools, their chances no closer to certainty
 * than 1 / (weight of all rows + 2).
 */
export function fitIsotonic(held: HeldScores): RisingCurve {
  const found = pools(held, orderOf(held.scores)).map(({ pool }) => pool);
  const least = 1 / (found.reduce((sum, { weight }) => sum + weight, 0) + 2);
  const kept = spreadOut(found.filter(({ weight }) => weight > 0));
  const scores: number[] = [];
  const chances: number[] = [];
  kept.forEach((pool, at) => {
    const [from, until] = levelOf(pool, kept[at - 1], kept[at + 1]);
    const mean = pool.label / pool.weight;
    for (const score of from < until ? [from, until] : [from]) {
      scores.push(score);
      chances.push(Math.min(Math.max(mean, least), 1 - least));
    }
  });
  return {
    scores: Float64Array.from(scores),
    chances: Float64Array.from(chances),
  };
}

/** Where a pool is level: all of it, less what lines to its neighbours need. */
function levelOf(
  pool: Pool,
  before: Pool | undefined,
  after: Pool | undefined,
): [number, number] {
  const centre = middle(pool);
  const from = before
    ? Math.max(pool.low, (before.high + pool.low + LEAST_GAP) / 2)
    : pool.low;
  const until = after
    ? Math.min(pool.high, (pool.high + after.low - LEAST_GAP) / 2)
    : pool.high;
  return [
    Math.fround(Math.min(from, centre)),
    Math.fround(Math.max(until, centre)),
  ];
}

/**
 * Reads a rising curve.
 *
 * @param curve The curve.
 * @param score Where.
 * @returns Its chance there.
 */
export function readCurve({ scores, chances }: RisingCurve, score: number) {
  const last = scores.length - 1;
  if (Number.isNaN(score)) return NaN;
  if (score <= (scores[0] as number)) return chances[0] as number;
  if (score >= (scores[last] as number)) return chances[last] as number;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const half = (low + high) >> 1;
    if ((scores[half] as number) <= score) low = half;
    else high = half;
  }
  const from = scores[low] as number;
  const floor = chances[low] as number;
  const slope = ((chances[high] as number) - floor) /
    ((scores[high] as number) - from);
  return floor + slope * (score - from);
}

function orderOf(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) =>
    (scores[a] as number) - (scores[b] as number)
  );
}

/** Pools of neighbours in the order of scores, their means rising. */
function pools({ scores, label, weight }: HeldScores, order: Uint32Array) {
  const stack: { rows: number; pool: Pool }[] = [];
  for (let place = 0; place < order.length;) {
    const score = scores[order[place] as number] as number;
    const from = place;
    let total = 0;
    let sum = 0;
    while (place < order.length && scores[order[place] as number] === score) {
      const row = order[place++] as number;
      const counts = weight ? weight[row] as number : 1;
      total += counts;
      sum += counts * (label[row] as number);
    }
    stack.push({
      rows: place - from,
      pool: {
        weight: total,
        score: total * score,
        label: sum,
        low: score,
        high: score,
      },
    });
    while (violates(stack.at(-2)?.pool, stack.at(-1)?.pool)) {
      merge(stack);
    }
  }
  return stack;
}

/** Whether the mean of one pool is not below that of the next. */
function violates(one: Pool | undefined, next: Pool | undefined): boolean {
  return one !== undefined && next !== undefined &&
    one.label * next.weight >= next.label * one.weight;
}

function merge(stack: { rows: number; pool: Pool }[]): void {
  const top = stack.pop();
  const into = stack.at(-1);
  if (!top || !into) return;
  into.rows += top.rows;
  into.pool = join(into.pool, top.pool);
}

function join(one: Pool, other: Pool): Pool {
  return {
    weight: one.weight + other.weight,
    score: one.score + other.score,
    label: one.label + other.label,
    low: one.low,
    high: other.high,
  };
}

/** Pools whose middles are too close together made one. */
function spreadOut(found: readonly Pool[]): Pool[] {
  const kept: Pool[] = [];
  for (const pool of found) {
    let next = pool;
    for (;;) {
      const last = kept.at(-1);
      if (!last || middle(next) - middle(last) >= LEAST_GAP) break;
      kept.pop();
      next = join(last, next);
    }
    kept.push(next);
  }
  return kept;
}

function middle({ score, weight }: Pool): number {
  return score / weight;
}
