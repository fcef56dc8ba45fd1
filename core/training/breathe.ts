/**
 * Lets others have the thread between two steps of long arithmetic.
 *
 * @module
 */

/** For so long others may wait, milliseconds. */
const MOST_MS = 15;

/** Makes a pause that is taken only when others have waited for a while. */
export function createBreath(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < MOST_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
