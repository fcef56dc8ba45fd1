/**
 * "Did you mean": the known name closest to a misspelt one.
 *
 * @module
 */

/**
 * Says what may have been meant, as the end of a sentence on an unknown name.
 *
 * @param name What was written.
 * @param known Names that would have been right.
 * @returns `did you mean "campaign"?`, or the known names, 20 at most, if none is close.
 * @example
 * ```ts
 * import { suggestName } from "./nearest_name.ts";
 * suggestName("campain", ["channel", "campaign"]); // 'did you mean "campaign"?'
 * suggestName("weather", ["channel", "campaign"]); // "known are channel, campaign"
 * ```
 */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  const rest = known.length - MOST_NAMES;
  const more = rest > 0 ? ` and ${rest} more` : "";
  return `known are ${known.slice(0, MOST_NAMES).join(", ") || "none"}${more}`;
}

const MOST_NAMES = 20;

/**
 * Finds the closest name.
 *
 * @param name What was written; capitals do not count.
 * @param known Names that would have been right.
 * @returns The closest at an edit distance of at most a third of its length (at
 * least 1), the first of equals; null if none is that close.
 */
export function nearestName(
  name: string,
  known: readonly string[],
): string | null {
  const wanted = name.toLowerCase();
  let nearest: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    if (Math.abs(wanted.length - candidate.length) > allowed) continue;
    const edits = countEdits(wanted, candidate.toLowerCase());
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
