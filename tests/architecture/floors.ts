/**
 * Which folder may import which: the table `floors.json`, read by the lint plugin
 * and by the architecture test.
 *
 * A file belongs to the most specific row that covers it; `*` stands for one
 * folder. Everything may import its own folder. Test files and fixtures may
 * also import what is meant for tests.
 *
 * @module
 */
import table from "./floors.json" with { type: "json" };

/** One row: a folder (or file) and what it may import. */
export interface Floor {
  readonly folder: string;
  readonly imports: readonly string[];
}

const FOR_TESTS = ["plugins/conformance/test.ts", "tests/"];

/**
 * Finds the row that covers a file.
 *
 * @param file Path from the root, such as `core/plans/allocation/allocate.ts`.
 * @returns The most specific row with its `*` filled in, or null for files outside the table.
 */
export function findFloor(file: string): Floor | null {
  const rows = table.floors
    .map(({ folder, imports }) => ({ folder: fill(folder, file), imports }))
    .filter(({ folder }) => file.startsWith(folder))
    .sort((a, b) => b.folder.length - a.folder.length);
  return rows[0] ?? null;
}

function fill(folder: string, file: string): string {
  if (!folder.includes("*")) return folder;
  const parts = file.split("/");
  const filled = folder.split("/").map((part, index) =>
    part === "*" ? parts[index] ?? "*" : part
  );
  return filled.join("/");
}

/**
 * Whether one file may import another.
 *
 * @param from Path of the importing file from the root.
 * @param to Path of the imported file from the root.
 * @returns Null if it may, else the sentence that says why not.
 */
export function refuseImport(from: string, to: string): string | null {
  const floor = findFloor(from);
  if (!floor) return null;
  const allowed = floor.imports.flatMap((name) =>
    name === "words" ? table.words : [name]
  );
  if (/_test\.ts$|\/fixtures\//.test(from)) allowed.push(...FOR_TESTS);
  if ([floor.folder, ...allowed].some((prefix) => to.startsWith(prefix))) {
    return null;
  }
  return `${floor.folder} may import ${
    allowed.join(", ") || "nothing of ours"
  }, not ${to} (tests/architecture/floors.json)`;
}
