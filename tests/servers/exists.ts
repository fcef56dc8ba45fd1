/**
 * Whether something is installed.
 *
 * @module
 */

/**
 * Tells whether there is a file or folder.
 *
 * @param path Of it.
 */
export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
