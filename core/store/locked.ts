/**
 * Waiting for a file that another process is writing: Deno KV does not wait itself,
 * two processes that write at once meet `database is locked`.
 *
 * @module
 */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** What work answers when another writer came between, and it must be done again. */
export const AGAIN = Symbol("again");

/**
 * Does work again while the file is locked, after pauses that grow and are random,
 * so that two writers do not keep in step.
 *
 * @param work What to do.
 * @param budgetMs Longest to go on for; the last attempt may end later.
 * @returns What the work answers.
 * @throws What the last attempt threw; a `TypeError` if the work was always to be done again.
 */
export async function untilUnlocked<T>(
  work: () => Promise<T | typeof AGAIN>,
  budgetMs: number,
): Promise<T> {
  const until = performance.now() + budgetMs;
  for (let longestMs = FIRST_PAUSE_MS;; longestMs *= 2) {
    let cause: unknown = null;
    try {
      const result = await work();
      if (result !== AGAIN) return result;
    } catch (error) {
      if (!isLocked(error)) throw error;
      cause = error;
    }
    const pauseMs = Math.random() * Math.min(longestMs, LONGEST_PAUSE_MS);
    if (performance.now() + pauseMs > until) {
      throw cause ?? new TypeError("Others keep changing the same keys");
    }
    await new Promise((wake) => setTimeout(wake, pauseMs));
  }
}

function isLocked(cause: unknown): boolean {
  return cause instanceof Error &&
    /database (table )?is locked/.test(cause.message);
}
