/**
 * How long a step typically takes, learnt as it goes: an estimate of the median that holds
 * one number. Each sample moves it by a hundredth up or down, so that it is where as many
 * samples are above as below.
 *
 * @see https://arxiv.org/abs/1407.1121, "Frugal streaming for estimating quantiles", read on
 * 2026-11-26
 * @module
 */

/**
 * An estimate before there is a sample, and the least that there is, milliseconds: short, so
 * that nothing is refused; and not nothing, which no step would leave again.
 */
const FIRST_MS = 0.1;
const STEP = 1.01;

/** A median that is learnt. */
export interface TypicalTime {
  /** The estimate, milliseconds. */
  readonly ms: number;
  add(sampleMs: number): void;
}

/** Starts to learn. */
export function createTypicalTime(): TypicalTime {
  let ms = FIRST_MS;
  return {
    get ms() {
      return ms;
    },
    add(sampleMs) {
      if (sampleMs > ms) ms *= STEP;
      else if (sampleMs < ms) ms = Math.max(FIRST_MS, ms / STEP);
    },
  };
}
