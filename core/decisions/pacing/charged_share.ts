/**
 * What is charged per micro that was reserved, learnt of bids whose end is known.
 *
 * @module
 */
/** Bids whose end is known, after which what was learnt of them counts half. */
const MEMORY = 4000;
/** Bids that the guess of what is charged per micro reserved counts for. */
const GUESS_WEIGHT = 20;
const GUESS = 0.3;

/** Opens the guess. */
export function createShare() {
  let [bids, held, cost] = [0, 0, 0];
  return {
    learn(heldMicros: number, costMicros: number): void {
      if (heldMicros > 0) bids++;
      held += heldMicros;
      cost += costMicros;
      if (bids < MEMORY) return;
      bids /= 2;
      held /= 2;
      cost /= 2;
    },
    value(): number {
      const seen = held > 0 ? cost / held : GUESS;
      return (seen * bids + GUESS * GUESS_WEIGHT) / (bids + GUESS_WEIGHT);
    },
  };
}
