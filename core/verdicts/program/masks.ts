/**
 * Results of many conditions as bits: words for those that hold, then words for those
 * that are unknown.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import type { Ternary } from "./three_valued.ts";

/** Conditions in one word of a mask: small integers stay unboxed. */
const WORD_BITS = 30;

/** Evaluates something on facts and writes the results. */
export type Evaluate = (facts: Facts, out: Int32Array) => void;

/** Conditions that can be evaluated exactly, one by one. */
export interface Exact {
  readonly of: readonly ((facts: Facts) => Ternary)[];
  /** Where their words begin in the results. */
  readonly from: number;
}

/** Words that a bit for each condition takes, at least one. */
export function wordsFor(conditions: number): number {
  return Math.max(1, Math.ceil(conditions / WORD_BITS));
}

/** A condition's bit: its word, its distance from the lowest, and its mask there. */
export function placeOf(
  index: number,
): { word: number; shift: number; bit: number } {
  const shift = index % WORD_BITS;
  return { word: Math.floor(index / WORD_BITS), shift, bit: 1 << shift };
}

/** Whether a bit is set in a mask. */
export function isSet(mask: Int32Array, from: number, index: number): boolean {
  const { word, bit } = placeOf(index);
  return ((mask[from + word] ?? 0) & bit) !== 0;
}

/** Whether no condition holds or is unknown. */
export function isNoneSet(out: Int32Array): boolean {
  for (let word = 0; word < out.length; word++) {
    if (out[word] !== 0) return false;
  }
  return true;
}

/** Visits the conditions that hold or are unknown, in order. */
export function visitSet(
  out: Int32Array,
  words: number,
  visit: (index: number) => void,
): void {
  for (let word = 0; word < words; word++) {
    let rest = (out[word] ?? 0) | (out[words + word] ?? 0);
    for (; rest !== 0; rest &= rest - 1) {
      visit(word * WORD_BITS + lowestOf(rest));
    }
  }
}

/** Evaluates the conditions in doubt; the bits of what is unknown tell which. */
export function settle({ of, from }: Exact, facts: Facts, out: Int32Array) {
  const words = wordsFor(of.length);
  for (let word = 0; word < words; word++) {
    const doubt = out[from + words + word] ?? 0;
    let holding = (out[from + word] ?? 0) & ~doubt;
    let unknown = 0;
    for (let rest = doubt; rest !== 0; rest &= rest - 1) {
      const index = lowestOf(rest);
      const result = of[word * WORD_BITS + index]?.(facts);
      if (result === 1) holding |= 1 << index;
      if (result === 2) unknown |= 1 << index;
    }
    out[from + word] = holding;
    out[from + words + word] = unknown;
  }
}

/** Evaluates all conditions exactly, as if each were in doubt. */
export function evaluateExactly(all: readonly Exact[]): Evaluate {
  return (facts, out) => {
    for (const exact of all) {
      const words = wordsFor(exact.of.length);
      for (let word = 0; word < words; word++) {
        const bits = exact.of.length - word * WORD_BITS;
        out[exact.from + words + word] = 2 ** Math.min(bits, WORD_BITS) - 1;
      }
      settle(exact, facts, out);
    }
  };
}

function lowestOf(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
