/**
 * Random numbers that a seed repeats: xoshiro128**, its state filled by
 * SplitMix32, so that neighbouring seeds give unrelated streams.
 *
 * @see Blackman and Vigna (2021), Scrambled Linear Pseudorandom Number Generators
 * @module
 */

/** Random numbers that a seed repeats. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal. */
  normal(): number;
}

const TWO_POW_26 = 67_108_864;
const TWO_POW_32 = 4_294_967_296;
const TWO_POW_53 = 9_007_199_254_740_992;

/**
 * Starts a stream of random numbers.
 *
 * @param seed Any safe integer.
 * @returns Uniforms with 53 random bits, and standard normals.
 * @throws {RangeError} If the seed is not a safe integer.
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(
      `Cannot seed random numbers with "${seed}": the seed must be a safe integer`,
    );
  }
  const bits = xoshiro(seed);
  const next = () =>
    ((bits() >>> 5) * TWO_POW_26 + (bits() >>> 6)) / TWO_POW_53;
  let spare: number | null = null;
  const normal = () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const [first, second] = normalPair(next);
    spare = second;
    return first;
  };
  return { next, normal };
}

/** Marsaglia's polar method. */
function normalPair(next: () => number): [number, number] {
  for (;;) {
    const across = 2 * next() - 1;
    const up = 2 * next() - 1;
    const square = across * across + up * up;
    if (square >= 1 || square === 0) continue;
    const stretch = Math.sqrt(-2 * Math.log(square) / square);
    return [across * stretch, up * stretch];
  }
}

function xoshiro(seed: number): () => number {
  const high = Math.floor(seed / TWO_POW_32) | 0;
  const word = splitmix((seed | 0) ^ Math.imul(high, 0x9e3779b1));
  let a = word();
  let b = word();
  let c = word();
  let d = word() | 1;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function splitmix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return word ^ (word >>> 15);
  };
}
