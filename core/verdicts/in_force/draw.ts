/**
 * Where a key lies among all keys, the same everywhere and always.
 *
 * @module
 */

/** Draws from 0 to 999: the share of all keys that a key belongs to. */
export function drawPermille(key: string): number {
  return spread(key) % 1000;
}

/**
 * Spreads keys over 32 bits by FNV-1a with a final mix, so that those that differ in
 * their last letters alone are spread too.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/, and the 32-bit finaliser of MurmurHash3
 */
export function spread(key: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) {
    sum = Math.imul(sum ^ key.charCodeAt(at), 0x01000193);
  }
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}
