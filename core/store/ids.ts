/**
 * Ids that sort by time: 10 characters of milliseconds and 16 of chance, which
 * count up within a millisecond, so one node's ids never fall behind each other.
 *
 * @see https://github.com/ulid/spec, read on 2026-11-23
 * @module
 */
import { createInstantReader } from "../domain/day.ts";
import { joinFlat } from "../domain/flat_text.ts";
import type { Clock, Ids } from "../ports/clock.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Every two digits of five bits, in order. */
const PAIRS = [...ALPHABET].flatMap((first) =>
  [...ALPHABET].map((second) => `${first}${second}`)
);
/** Digits of the moment, of chance, and of chance that counts up. */
const MOMENT_DIGITS = 10;
const [FIRST_FIXED_DIGITS, OTHER_FIXED_DIGITS] = [6, 4] as const;
const COUNTED_DIGITS = 6;
/** Half of what the digits hold, so that counting up never overflows. */
const COUNT_FROM_BELOW = 2 ** 29;

/** Makes a source of ids on a clock. */
export function createIds(clock: Clock): Ids {
  const chance = new Uint32Array(3);
  const millisOf = createInstantReader();
  let lastMs = 0;
  let fixed = "";
  let count = 0;
  return {
    next(prefix) {
      const nowMs = millisOf(clock.now());
      if (nowMs > lastMs) {
        lastMs = nowMs;
        crypto.getRandomValues(chance);
        fixed = printBase32(nowMs, MOMENT_DIGITS) +
          printBase32(chance[0] as number, FIRST_FIXED_DIGITS) +
          printBase32(chance[1] as number, OTHER_FIXED_DIGITS);
        count = chance[2] as number % COUNT_FROM_BELOW;
      } else count++;
      return joinFlat([prefix, "_", fixed, printBase32(count, COUNTED_DIGITS)]);
    },
  };
}

/** The last digits of a whole number, an even count of them. */
function printBase32(number: number, digits: number): string {
  let text = "";
  for (let digit = 0; digit < digits; digit += 2) {
    text = `${PAIRS[number % PAIRS.length]}${text}`;
    number = Math.floor(number / PAIRS.length);
  }
  return text;
}
