/**
 * Linear systems with a symmetric positive definite matrix, row-major in one array.
 *
 * @module
 */

/**
 * Solves A x = b.
 *
 * @param matrix A, symmetric, shape [size × size]; left as it is.
 * @param rhs b, shape [size]; left as it is.
 * @returns x, or null when A is not positive definite to working precision.
 */
export function solvePositive(
  matrix: Float64Array,
  rhs: Float64Array,
): Float64Array | null {
  const size = rhs.length;
  const lower = factor(matrix, size);
  if (!lower) return null;
  const x = rhs.slice();
  for (let row = 0; row < size; row++) {
    let sum = x[row] as number;
    for (let k = 0; k < row; k++) {
      sum -= (lower[row * size + k] as number) * (x[k] as number);
    }
    x[row] = sum / (lower[row * size + row] as number);
  }
  solveTransposed(lower, x);
  return x;
}

/**
 * Solves Lᵀ x = b, in place.
 *
 * @param lower L in the lower half, shape [size × size].
 * @param x b, which becomes x, shape [size].
 */
export function solveTransposed(lower: Float64Array, x: Float64Array): void {
  const size = x.length;
  for (let row = size - 1; row >= 0; row--) {
    let sum = x[row] as number;
    for (let k = row + 1; k < size; k++) {
      sum -= (lower[k * size + row] as number) * (x[k] as number);
    }
    x[row] = sum / (lower[row * size + row] as number);
  }
}

/** L of A = L Lᵀ, in the lower half. */
function factor(
  matrix: Float64Array,
  size: number,
): Float64Array | null {
  const lower = matrix.slice();
  for (let col = 0; col < size; col++) {
    for (let row = col; row < size; row++) {
      let sum = lower[row * size + col] as number;
      for (let k = 0; k < col; k++) {
        sum -= (lower[row * size + k] as number) *
          (lower[col * size + k] as number);
      }
      if (row > col) {
        lower[row * size + col] = sum / (lower[col * size + col] as number);
      } else if (sum > 1e-14 * (matrix[col * size + col] as number)) {
        lower[col * size + col] = Math.sqrt(sum);
      } else return null;
    }
  }
  return lower;
}
