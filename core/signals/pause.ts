/**
 * A pause that ends early when it is told.
 *
 * @module
 */

/** A timer takes no more. */
const LONGEST_MS = 2_000_000_000;

/**
 * Waits.
 *
 * @param milliseconds For how long.
 * @param signal Ends it at once when aborted.
 */
export async function pause(
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, Math.min(milliseconds, LONGEST_MS));
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}
