/**
 * Symmetric positive definite systems, factorised in place: matrices with a band,
 * and full ones as the band of all.
 *
 * A matrix of `size` rows and `band` diagonals below the main one is kept row by
 * row as [size × (band + 1)], entry (row, row − k) at `row · (band + 1) + k`.
 *
 * @see Golub and Van Loan (2013), Matrix Computations, 4.3.5
 * @module
 */

/** A symmetric matrix, its lower half; after {@link factorize} its Cholesky factor. */
export interface Symmetric {
  readonly size: number;
  /** Diagonals below the main one that may differ from 0. */
  readonly band: number;
  /** Shape [size × (band + 1)]. */
  readonly entries: Float64Array;
}

/** A matrix of zeros. */
export function createSymmetric(size: number, band = size - 1): Symmetric {
  const kept = Math.max(0, Math.min(band, size - 1));
  return { size, band: kept, entries: new Float64Array(size * (kept + 1)) };
}

/**
 * Replaces a matrix by its factor L, with matrix = L·Lᵀ.
 *
 * A pivot that rounding made too small is raised to 1e-14 of its diagonal, which
 * damps the direction and changes no other.
 *
 * @returns Whether all pivots were finite numbers.
 */
export function factorize({ size, band, entries }: Symmetric): boolean {
  const width = band + 1;
  for (let row = 0; row < size; row++) {
    const first = Math.max(0, row - band);
    const own = row * width + row;
    for (let column = first; column < row; column++) {
      const other = column * width + column;
      let rest = entries[own - column] as number;
      for (let k = Math.max(first, column - band); k < column; k++) {
        rest -= (entries[own - k] as number) * (entries[other - k] as number);
      }
      entries[own - column] = rest / (entries[other - column] as number);
    }
    const diagonal = entries[own - row] as number;
    let pivot = diagonal;
    for (let k = first; k < row; k++) {
      pivot -= (entries[own - k] as number) ** 2;
    }
    pivot = Math.sqrt(Math.max(pivot, 1e-14 * diagonal));
    if (!(pivot > 0 && pivot < Infinity)) return false;
    entries[own - row] = pivot;
  }
  return true;
}

/** Solves with a factor: `vector` from `offset` on becomes matrix⁻¹ · vector. */
export function solveFactored(
  { size, band, entries }: Symmetric,
  vector: Float64Array,
  offset = 0,
): void {
  const width = band + 1;
  for (let row = 0; row < size; row++) {
    const own = row * width + row;
    let rest = vector[offset + row] as number;
    for (let k = Math.max(0, row - band); k < row; k++) {
      rest -= (entries[own - k] as number) * (vector[offset + k] as number);
    }
    vector[offset + row] = rest / (entries[own - row] as number);
  }
  for (let row = size - 1; row >= 0; row--) {
    const own = row * width + row;
    const found = (vector[offset + row] as number) /
      (entries[own - row] as number);
    vector[offset + row] = found;
    for (let k = Math.max(0, row - band); k < row; k++) {
      vector[offset + k] = (vector[offset + k] as number) -
        (entries[own - k] as number) * found;
    }
  }
}
