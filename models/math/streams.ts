/**
 * Streams of chance for work that is done in parallel: each piece has its own, so that
 * what it draws does not depend on which thread does it, or when.
 *
 * @module
 */
import { type Random, seededRandom } from "../../core/domain/random.ts";

const SEEDS = 2 ** 52;

/** Draws a seed for each piece. */
export function drawSeeds(random: Random, pieces: number): number[] {
  return Array.from(
    { length: pieces },
    () => Math.floor(random.next() * SEEDS),
  );
}

/** Starts the stream of a seed. */
export function startStream(seed: number): Random {
  return seededRandom(seed);
}
