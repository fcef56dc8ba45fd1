/**
 * Ids that sort by time: 10 characters of milliseconds and 16 of chance, which
 * count up within a millisecond, so one node's ids never fall behind each other.
 *
 * @see https://github.com/ulid/spec, read on 2026-11-23
 * @module
 */
import type { Clock, Ids } from "../ports/clock.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Digits of five bits: of the moment, of chance, and of chance that counts up. */
const MOMENT_DIGITS = 10;
const FIXED_DIGITS = 10;
const COUNTED_DIGITS = 6;
/** Half of what the digits hold, so that counting up never overflows. */
const COUNT_FROM_BELOW = 2 ** 29;

/** Makes a source of ids on a clock. */
export function createIds(clock: Clock): Ids {
  let lastMs = 0;
  let fixed = "";
  let count = 0;
  return {
    next(prefix) {
      const nowMs = Date.parse(clock.now());
      if (nowMs > lastMs) {
        lastMs = nowMs;
        fixed = printBase32(nowMs, MOMENT_DIGITS) + drawDigits(FIXED_DIGITS);
        count = crypto.getRandomValues(new Uint32Array(1))[0] as number %
          COUNT_FROM_BELOW;
      } else count++;
      return `${prefix}_${fixed}${printBase32(count, COUNTED_DIGITS)}`;
    },
  };
}

function drawDigits(digits: number): string {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(digits))) {
    text += ALPHABET[byte & 31];
  }
  return text;
}

function printBase32(number: number, digits: number): string {
  let text = "";
  for (let digit = 0; digit < digits; digit++) {
    text = ALPHABET[number % 32] + text;
    number = Math.floor(number / 32);
  }
  return text;
}
