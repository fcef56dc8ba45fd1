/**
 * Which checks do not hold.
 *
 * @module
 */
import type { Check } from "./check.ts";

/**
 * Runs checks one after the other.
 *
 * @param checks What to run.
 * @returns Names of those that threw.
 */
export async function failingChecks(
  checks: readonly Check[],
): Promise<string[]> {
  const failing: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch {
      failing.push(name);
    }
  }
  return failing;
}
