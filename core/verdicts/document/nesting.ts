/**
 * How deep JSON is nested, asked before anything goes into it by recursion.
 *
 * @module
 */

/** Levels of lists and objects in a policy or a set: no condition needs as many. */
export const MAX_LEVELS = 100;

/** Whether a value as parsed from JSON has more levels than may be. */
export function isNestedTooDeep(content: unknown): boolean {
  let level: unknown[] = [content];
  for (let depth = 0; depth <= MAX_LEVELS; depth++) {
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one) : []
    );
    if (level.length === 0) return false;
  }
  return true;
}
