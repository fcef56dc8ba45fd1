/**
 * Columns by name: those of a file's header, or members of records, where every
 * name asked for becomes a column.
 *
 * @module
 */
import { suggestName } from "@moe/plugin";

/** Finds columns, and remembers what was not found. */
export interface Columns {
  /** Whether rows are counted, so that `{#}` has a meaning. */
  readonly numbered: boolean;
  /** Sentences on the names that were not found. */
  readonly faults: string[];
  /** Place of a column; -1, and a fault, if there is none. */
  find(name: string, path: string): number;
}

/**
 * Opens a header.
 *
 * @param header Names of the file's columns.
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
  return { numbered: true, faults, find };
}

/** Columns that are gathered from a mapping, for records without a header. */
export interface Members extends Columns {
  /** Names asked for, in the order of their columns. */
  readonly names: readonly string[];
  /** Path of the mapping's member that first asked for each. */
  readonly paths: readonly string[];
}

/**
 * Opens members of records.
 *
 * @returns Columns that grow with every name that is asked for.
 */
export function gatherMembers(): Members {
  const names: string[] = [];
  const paths: string[] = [];
  function find(name: string, path: string): number {
    const at = names.indexOf(name);
    if (at >= 0) return at;
    paths.push(path);
    return names.push(name) - 1;
  }
  return { numbered: false, faults: [], find, names, paths };
}
