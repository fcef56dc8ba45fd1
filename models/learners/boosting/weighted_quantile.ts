/**
 * Quantiles of weighted numbers, by selection and without a sort.
 *
 * @module
 */

/**
 * Takes a quantile: the least value at which the weight of the values up to it
 * reaches its share of all weight. A weight counts as that many equal values.
 *
 * @param values Shape [n]; reordered in place.
 * @param weights Shape [n], above 0, reordered alike; null where all are equal.
 * @param share Which quantile, (0, 1).
 * @returns The value; 0 if there are none.
 */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array | null,
  share: number,
): number {
  let low = 0;
  let high = values.length - 1;
  let wanted = share * (weights ? sum(weights) : values.length);
  while (low < high) {
    const pivot = medianOfThree(values, low, high);
    const { below, above } = part(values, weights, { low, high, pivot });
    const under = weightOf(weights, low, below);
    const equal = weightOf(weights, below, above + 1);
    if (wanted <= under && under > 0) high = below - 1;
    else if (wanted <= under + equal || above === high) return pivot;
    else {
      wanted -= under + equal;
      low = above + 1;
    }
  }
  return values[low] ?? 0;
}

/** Brings values below the pivot to the front and those above it to the end. */
function part(
  values: Float64Array,
  weights: Float64Array | null,
  { low, high, pivot }: { low: number; high: number; pivot: number },
): { below: number; above: number } {
  let below = low;
  let above = high;
  for (let at = low; at <= above;) {
    const value = values[at] as number;
    if (value < pivot) swap(values, weights, [below++, at++]);
    else if (value > pivot) swap(values, weights, [at, above--]);
    else at++;
  }
  return { below, above };
}

function swap(
  values: Float64Array,
  weights: Float64Array | null,
  [a, b]: readonly [number, number],
): void {
  const value = values[a] as number;
  values[a] = values[b] as number;
  values[b] = value;
  if (!weights) return;
  const weight = weights[a] as number;
  weights[a] = weights[b] as number;
  weights[b] = weight;
}

function medianOfThree(
  values: Float64Array,
  low: number,
  high: number,
): number {
  const a = values[low] as number;
  const b = values[(low + high) >> 1] as number;
  const c = values[high] as number;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function weightOf(
  weights: Float64Array | null,
  from: number,
  until: number,
): number {
  return weights ? sum(weights.subarray(from, until)) : until - from;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
