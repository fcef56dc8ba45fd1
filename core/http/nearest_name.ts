/**
 * "Did you mean": the known name closest to a misspelt one.
 *
 * @module
 */

const MAX_LENGTH = 40;

/**
 * Finds the closest name.
 *
 * @param name What was written.
 * @param known Names that would have been right.
 * @returns The closest at an edit distance of at most a third of its length (at
 * least 1), the first of equals; null if none is that close.
 * @example
 * ```ts
 * import { nearestName } from "./nearest_name.ts";
 * nearestName("campain", ["channel", "campaign"]); // "campaign"
 * ```
 */
export function nearestName(
  name: string,
  known: readonly string[],
): string | null {
  if (name.length > MAX_LENGTH) return null;
  let nearest: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const edits = countEdits(name.toLowerCase(), candidate);
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    if (edits <= allowed && edits < least) {
      nearest = candidate;
      least = edits;
    }
  }
  return nearest;
}

/**
 * Counts insertions, deletions, replacements and swaps of neighbours.
 *
 * @param from One text.
 * @param to The other.
 * @returns Fewest edits (optimal string alignment); 0 for equal texts.
 */
export function countEdits(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] &&
        from[i - 2] === to[j - 1];
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Infinity,
      );
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
