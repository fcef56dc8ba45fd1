/**
 * Columns by name, with a suggestion for names that the file does not have.
 *
 * @module
 */

/** Finds columns, and remembers what was not found. */
export interface Columns {
  /** Names as they stand in the header. */
  readonly names: readonly string[];
  /** Sentences on the names that were not found. */
  readonly faults: string[];
  /** Place of a column; -1, and a fault, if there is none. */
  find(name: string, path: string): number;
}

/**
 * Opens a header.
 *
 * @param header Fields of the first record.
 * @returns Its columns.
 */
export function openColumns(header: readonly string[]): Columns {
  const names = header.map((name) => name.trim());
  const faults: string[] = [];
  function find(name: string, path: string): number {
    const at = names.indexOf(name);
    if (at < 0) {
      faults.push(
        `${path}: the file has no column "${name}"; did you mean "${
          nearest(name, names)
        }"?`,
      );
    } else if (names.includes(name, at + 1)) {
      faults.push(`${path}: the file has two columns "${name}"; rename one`);
    }
    return at;
  }
  return { names, faults, find };
}

/**
 * The name that takes the fewest single-character edits.
 *
 * @param name What was asked for.
 * @param names What there is; not empty.
 * @returns The nearest; the first of equals.
 */
export function nearest(name: string, names: readonly string[]): string {
  const wanted = name.toLowerCase();
  const ranked = names.map((one) => ({
    one,
    edits: countEdits(wanted, one.toLowerCase()),
  }));
  return ranked.reduce((best, next) => next.edits < best.edits ? next : best)
    .one;
}

function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next[j] = Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
