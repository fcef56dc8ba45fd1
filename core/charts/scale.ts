/**
 * Axes that end at round numbers.
 *
 * A value that is not finite, or beyond ±10^100, counts as absent everywhere in a chart.
 *
 * @module
 */

/** Range of an axis and where its ticks are, ascending; both ends are ticks. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

const LARGEST = 1e100;
const ROUND_STEPS = [1, 2, 2.5, 5, 10];
/** A narrower range, relative to its ends, is taken for one value. */
const NARROW = 1e-9;

/** Whether a value can be drawn. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) <= LARGEST;
}

/**
 * Range that holds all values and ends at round numbers.
 *
 * @param values Any; what cannot be drawn is passed over. None at all gives 0 to 1.
 * @param options About how many steps to make, and whether 0 must be in the range.
 */
export function roundScale(
  values: Iterable<number>,
  { steps, zero }: { readonly steps: number; readonly zero: boolean },
): Scale {
  let [low, high] = zero ? [0, 0] : [Infinity, -Infinity];
  for (const value of values) {
    if (!isDrawable(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  [low, high] = widen(low, high);
  const step = roundStep((high - low) / steps);
  const first = Math.floor(low / step + NARROW);
  const last = Math.ceil(high / step - NARROW);
  const ticks = Array.from(
    { length: last - first + 1 },
    (_, at) => Number(((first + at) * step).toPrecision(12)),
  );
  return {
    low: Math.min(low, ticks[0] as number),
    high: Math.max(high, ticks.at(-1) as number),
    ticks,
  };
}

/** Where a value lies on a line of pixels from `start` to `end`. */
export function placeOn(
  { low, high }: Scale,
  [start, end]: readonly [number, number],
): (value: number) => number {
  return (value) => {
    const share = (value - low) / (high - low);
    return start + (end - start) * Math.min(1, Math.max(0, share));
  };
}

function widen(low: number, high: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > NARROW * size && high - low > 1 / LARGEST) {
    return [low, high];
  }
  if (size <= 1 / LARGEST) return [Math.min(0, low), 1];
  return [low - size / 2, high + size / 2];
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = ROUND_STEPS.find((step) => step * power >= least * 0.999);
  return (factor ?? 10) * power;
}
