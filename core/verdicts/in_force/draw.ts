/**
 * Which share of all keys a key belongs to, the same everywhere and always.
 *
 * @module
 */

/**
 * Draws from 0 to 999 by FNV-1a with a final mix, so that keys that differ in their
 * last letters alone are spread too.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/, and the 32-bit finaliser of MurmurHash3
 */
export function drawPermille(key: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) {
    sum = Math.imul(sum ^ key.charCodeAt(at), 0x01000193);
  }
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return ((sum ^ (sum >>> 16)) >>> 0) % 1000;
}
