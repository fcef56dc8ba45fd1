/**
 * Samples without replacement.
 *
 * @module
 */
import type { Random } from "@moe/plugin";

/**
 * Samples places; draws nothing when all are wanted.
 *
 * @param count How many there are.
 * @param share Which share of them, (0, 1].
 * @param random Seeded.
 * @returns Places from 0 to count - 1, at least one, ascending.
 */
export function sample(
  count: number,
  share: number,
  random: Random,
): Uint32Array {
  const wanted = share < 1 ? Math.max(1, Math.round(share * count)) : count;
  const chosen = new Uint32Array(Math.min(wanted, count));
  let filled = 0;
  for (let i = 0; i < count && filled < chosen.length; i++) {
    const needed = chosen.length - filled;
    if (needed === count - i || random.next() * (count - i) < needed) {
      chosen[filled++] = i;
    }
  }
  return chosen;
}
