/**
 * Orthonormal bases, and what is left of a column beside them.
 *
 * @module
 */

const DEPENDENT = 1e-9;

/**
 * Adds columns to an orthonormal basis; those that it already spans add nothing.
 *
 * @param columns Shape [columns][rows]; left as they are.
 * @param basis Orthonormal columns to start from; left as they are.
 * @returns The larger basis, starting with the given one.
 */
export function orthonormalize(
  columns: readonly Float64Array[],
  basis: readonly Float64Array[] = [],
): Float64Array[] {
  const grown = [...basis];
  for (const column of columns) {
    const rest = column.slice();
    const before = norm(rest);
    removeSpan(rest, grown);
    removeSpan(rest, grown);
    const after = norm(rest);
    if (!(after > DEPENDENT * before)) continue;
    for (let row = 0; row < rest.length; row++) {
      rest[row] = (rest[row] as number) / after;
    }
    grown.push(rest);
  }
  return grown;
}

/**
 * Takes from a column all that a basis spans.
 *
 * @param column Changed in place, shape [rows].
 * @param basis Orthonormal columns, shape [any][rows].
 */
export function removeSpan(
  column: Float64Array,
  basis: readonly Float64Array[],
): void {
  for (const vector of basis) {
    const share = dot(vector, column);
    for (let row = 0; row < column.length; row++) {
      column[row] = (column[row] as number) - share * (vector[row] as number);
    }
  }
}

/**
 * Inner product.
 *
 * @param left Shape [rows].
 * @param right Shape [rows].
 * @returns Σ left · right.
 */
export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < left.length; row++) {
    sum += (left[row] as number) * (right[row] as number);
  }
  return sum;
}

function norm(column: Float64Array): number {
  return Math.sqrt(dot(column, column));
}
