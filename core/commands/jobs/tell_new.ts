/**
 * What runs find, told when it first comes up: on whichever node, and not again after a
 * restart.
 *
 * @module
 */
import type { Found } from "../rounds.ts";

/**
 * Tells what the run before did not find.
 *
 * @param found What this run finds.
 * @param before What this function answered for the run before; empty for the first.
 * @param tell Who is told.
 * @returns Names of what was found, for the next run.
 */
export function tellNew<F extends Found>(
  found: readonly F[],
  before: readonly string[],
  tell: (found: Omit<F, "id">) => void,
): string[] {
  const known = new Set(before);
  const present = new Set<string>();
  for (const { id, ...one } of found) {
    const key = JSON.stringify([one.event, ...id]);
    if (!known.has(key) && !present.has(key)) tell(one);
    present.add(key);
  }
  return [...present];
}
