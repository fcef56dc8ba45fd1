/**
 * First and second derivatives of the losses by the score, and the whole numbers
 * that stand for them.
 *
 *     logistic  p - y             p (1 - p)              p = 1 / (1 + exp(-s))
 *     squared   s - y             1
 *     poisson   exp(s) - y        exp(s + 0.7)
 *     quantile  1 - q or -q       1                      s at least y, or below
 *
 * The hessian of `poisson` is raised, as in LightGBM, so that no leaf leaps.
 *
 * @module
 */

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.693147180369123816490;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** Added to a number, leaves it whole in the lowest bits. */
const SHIFT: f64 = 6755399441055744;
/** exp(0.7), LightGBM's `poisson_max_delta_step`. */
const LEAP: f64 = 2.0137527074704766;

/** e to two powers, to 11 digits; the same on every machine. */
function exponentials(powers: v128): v128 {
  const low = f64x2.splat(-700);
  const x = f64x2.pmin(f64x2.pmax(powers, low), f64x2.splat(700));
  const shifted = f64x2.add(
    f64x2.mul(x, f64x2.splat(LOG2_E)),
    f64x2.splat(SHIFT),
  );
  const n = f64x2.sub(shifted, f64x2.splat(SHIFT));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(n, f64x2.splat(LN2_HIGH))),
    f64x2.mul(n, f64x2.splat(LN2_LOW)),
  );
  let sum = f64x2.splat(1.0 / 3628800);
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 362880));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 40320));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 5040));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 720));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 120));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 24));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 6));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  const bits = i64x2.add(shifted, i64x2.splat(1023));
  return f64x2.mul(sum, i64x2.shl(bits, 52));
}

/**
 * Derives the loss of rows, times their weights, two rows at a time. Of an odd
 * row the second is of what lies beyond it, and is not summed.
 *
 * @param loss 0 logistic, 1 squared, 2 poisson, 3 quantile.
 * @param quantile Which quantile.
 * @param rows How many.
 * @param scores f64 each, as are `labels`, `gradients` and `hessians`.
 * @param weights f64 each, or 0.
 * @param sums Where to write the sum of the gradients' sizes, and of the hessians.
 */
export function derive(
  loss: i32,
  quantile: f64,
  rows: usize,
  scores: usize,
  labels: usize,
  weights: usize,
  gradients: usize,
  hessians: usize,
  sums: usize,
): void {
  let size = f64x2.splat(0);
  let curve = f64x2.splat(0);
  const one = f64x2.splat(1);
  const over = f64x2.splat(1 - quantile);
  const under = f64x2.splat(-quantile);
  const end = rows << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const score = v128.load(scores + at);
    const label = v128.load(labels + at);
    let gradient = f64x2.sub(score, label);
    let hessian = one;
    if (loss === 0) {
      const rest = exponentials(f64x2.neg(score));
      const chance = f64x2.div(one, f64x2.add(one, rest));
      gradient = f64x2.sub(chance, label);
      hessian = f64x2.mul(chance, f64x2.sub(one, chance));
    } else if (loss === 2) {
      const mean = exponentials(score);
      gradient = f64x2.sub(mean, label);
      hessian = f64x2.mul(mean, f64x2.splat(LEAP));
    } else if (loss === 3) {
      const isOver = f64x2.ge(gradient, f64x2.splat(0));
      gradient = v128.bitselect(over, under, isOver);
    }
    if (weights !== 0) {
      const weight = v128.load(weights + at);
      gradient = f64x2.mul(gradient, weight);
      hessian = f64x2.mul(hessian, weight);
    }
    v128.store(gradients + at, gradient);
    v128.store(hessians + at, hessian);
    if (end - at < 16) {
      gradient = f64x2.replace_lane(gradient, 1, 0);
      hessian = f64x2.replace_lane(hessian, 1, 0);
    }
    size = f64x2.add(size, f64x2.abs(gradient));
    curve = f64x2.add(curve, hessian);
  }
  store<f64>(sums, f64x2.extract_lane(size, 0) + f64x2.extract_lane(size, 1));
  store<f64>(
    sums,
    f64x2.extract_lane(curve, 0) + f64x2.extract_lane(curve, 1),
    8,
  );
}

/**
 * Rounds derivatives to whole numbers and packs them.
 *
 * @param rows How many.
 * @param gradients f64 each, as are `hessians`.
 * @param gradientScale Whole numbers to one; a power of two, as is `hessianScale`.
 * @param packed i64 each.
 * @param range Where to write the least and the greatest hessian, i64.
 */
export function quantise(
  rows: usize,
  gradients: usize,
  hessians: usize,
  gradientScale: f64,
  hessianScale: f64,
  packed: usize,
  range: usize,
): void {
  let least: i64 = i64.MAX_VALUE;
  let most: i64 = 0;
  for (let at: usize = 0; at < rows << 3; at += 8) {
    const gradient = <i64> nearest(load<f64>(gradients + at) * gradientScale);
    const hessian = <i64> nearest(load<f64>(hessians + at) * hessianScale);
    store<i64>(packed + at, (gradient << 32) + hessian);
    least = min(least, hessian);
    most = max(most, hessian);
  }
  store<i64>(range, least);
  store<i64>(range, most, 8);
}
