/**
 * Columns by name, with a suggestion for names that the file does not have.
 *
 * @module
 */
import { suggestName } from "@moe/plugin";

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
        `${path}: the file has no column "${name}"; ${
          suggestName(name, names)
        }`,
      );
    } else if (names.includes(name, at + 1)) {
      faults.push(`${path}: the file has two columns "${name}"; rename one`);
    }
    return at;
  }
  return { names, faults, find };
}
