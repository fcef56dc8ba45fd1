/**
 * Paths of the checkout, always from its root and with forward slashes.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/** The checkout's folder, with a slash at its end. */
export const ROOT = decodeURIComponent(
  new URL("../../", import.meta.url).pathname,
);

const OURS = Object.entries(config.imports).filter(([, target]) =>
  target.startsWith("./")
);

/**
 * Names a file from the root.
 *
 * @param file Absolute path.
 * @returns Path from the root, or null if it lies elsewhere.
 */
export function relativeToRoot(file: string): string | null {
  return file.startsWith(ROOT) ? file.slice(ROOT.length) : null;
}

/**
 * Finds the file that an import means.
 *
 * @param from Importing file, from the root.
 * @param specifier What stands in the import.
 * @returns Path from the root, or null if it is not ours.
 */
export function resolveImport(from: string, specifier: string): string | null {
  const alias = OURS.find(([name]) => name === specifier);
  if (alias) return alias[1].slice(2);
  if (!specifier.startsWith(".")) return null;
  return relativeToRoot(new URL(specifier, `file://${ROOT}${from}`).pathname);
}
