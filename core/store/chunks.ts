/**
 * Bulk in pieces that one statement carries.
 *
 * @module
 */
const CHUNK_ROWS = 5000;

/** Cuts a list into pieces. */
export function* chunks<T>(
  items: readonly T[],
  size = CHUNK_ROWS,
): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) {
    yield items.slice(from, from + size);
  }
}
