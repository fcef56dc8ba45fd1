/**
 * Ids that sort by time: 10 characters of milliseconds and 16 of chance, which
 * count up within a millisecond, so one node's ids never fall behind each other.
 *
 * @see https://github.com/ulid/spec, read on 2026-11-23
 * @module
 */
import type { Clock, Ids } from "../ports/clock.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHANCE_BITS = 80n;

/** Makes a source of ids on a clock. */
export function createIds(clock: Clock): Ids {
  let lastMs = 0;
  let chance = 0n;
  return {
    next(prefix) {
      const nowMs = Date.parse(clock.now());
      if (nowMs > lastMs) {
        lastMs = nowMs;
        chance = drawChance();
      } else {
        chance += 1n;
      }
      const ulid = (BigInt(lastMs) << CHANCE_BITS) + chance;
      return `${prefix}_${printBase32(ulid)}`;
    },
  };
}

/** The top bit stays clear, so counting up never overflows into the time. */
function drawChance(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return BigInt(`0x${bytes.toHex()}`) >> 1n;
}

function printBase32(ulid: bigint): string {
  let text = "";
  for (let shift = 125n; shift >= 0n; shift -= 5n) {
    text += ALPHABET[Number((ulid >> shift) & 31n)];
  }
  return text;
}
