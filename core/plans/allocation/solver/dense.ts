/**
 * Small dense matrices, by rows.
 *
 * @module
 */

/** Lower Cholesky factor in place, with a ridge where it is singular; null if something is not a number. */
export function factorize(a: Float64Array, size: number): Float64Array | null {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = a[row * size + column] as number;
      for (let k = 0; k < column; k++) {
        sum -= (a[row * size + k] as number) * (a[column * size + k] as number);
      }
      if (column < row) {
        a[row * size + column] = sum / (a[column * size + column] as number);
        continue;
      }
      const least = 1e-15 * Math.abs(a[row * size + row] as number) + 1e-300;
      if (Number.isNaN(sum)) return null;
      a[row * size + row] = Math.sqrt(sum > least ? sum : least * 1e15);
    }
  }
  return a;
}

/** Solves L Lᵀ x = b. */
export function substitute(
  factor: Float64Array,
  b: Float64Array,
): Float64Array {
  const size = b.length;
  const x = b.slice();
  for (let row = 0; row < size; row++) {
    let sum = x[row] as number;
    for (let k = 0; k < row; k++) {
      sum -= (factor[row * size + k] as number) * (x[k] as number);
    }
    x[row] = sum / (factor[row * size + row] as number);
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < size; k++) {
      sum -= (factor[k * size + row] as number) * (x[k] as number);
    }
    x[row] = sum / (factor[row * size + row] as number);
  }
  return x;
}

/** Σ a·b. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) {
    sum += (a[at] as number) * (b[at] as number);
  }
  return sum;
}
