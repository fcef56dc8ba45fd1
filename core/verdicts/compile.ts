/**
 * Many conditions as one function, generated once and run for every decision.
 *
 * The source holds names made here, operators of a fixed list, and texts quoted by
 * `JSON.stringify`; nothing else of a policy reaches it.
 *
 * @module
 */
import type { Facts } from "../domain/verdict.ts";
import { printExact } from "./exact_code.ts";
import { children, type Expression, type FactRead } from "./expression.ts";
import { printFast } from "./fast_code.ts";
import { createSlots, keyOf, NEUTRAL, printTest } from "./slots.ts";
import { type Ternary, THREE_VALUED } from "./three_valued.ts";

/** Conditions in one word of a mask: small integers stay unboxed. */
const WORD_BITS = 30;

/** Conditions, compiled together. */
export interface Conditions {
  /** Words of a mask. */
  readonly words: number;
  /**
   * Evaluates all conditions.
   *
   * @param out Shape [2 × words]: a bit for each that holds, then for each unknown.
   */
  evaluate(facts: Facts, out: Int32Array): void;
}

interface Program {
  evaluate(facts: Facts, out: Int32Array): void;
}

type Lists = (readonly (string | number)[])[];

/** Compiles checked boolean expressions; the first is bit 0 of word 0. */
export function compileConditions(
  conditions: readonly Expression[],
): Conditions {
  const words = Math.max(1, Math.ceil(conditions.length / WORD_BITS));
  const lists: Lists = [];
  const source = printProgram(conditions, words, lists);
  const { evaluate } = instantiate<Program>(source, lists);
  return { words, evaluate };
}

/**
 * Compiles a checked number expression.
 *
 * @returns A function of the facts; NaN where the number is unknown.
 */
export function compileNumber(
  expression: Expression,
): (facts: Facts) => number {
  return instantiate(`return ${printExactFunction(expression)};`, []);
}

/** Whether a bit is set in a mask. */
export function isSet(mask: Int32Array, from: number, index: number): boolean {
  const word = from + Math.floor(index / WORD_BITS);
  return ((mask[word] ?? 0) & (1 << (index % WORD_BITS))) !== 0;
}

function instantiate<T>(source: string, lists: Lists): T {
  const kit = { ...THREE_VALUED, settle };
  const body = `"use strict";
const { ${Object.keys(kit).join(", ")} } = kit;
const NONE = [];
const SETS = lists.map((items) => new Set(items));
${source}`;
  return new Function("kit", "lists", body)(kit, lists);
}

function printExactFunction(expression: Expression): string {
  const slots = createSlots();
  const code = printExact(expression, slots);
  return `(f) => {\n${slots.groups()}\nreturn ${code};\n}`;
}

function printProgram(
  conditions: readonly Expression[],
  words: number,
  lists: Lists,
): string {
  const slots = createSlots();
  const variables = ["t"];
  const { shared, lines } = shareFacts(conditions, slots);
  const rules = conditions.map((condition, index) => {
    const { word, bit } = placeOf(index);
    const code = printFast(condition, {
      slots,
      shared,
      doubt: `u${word} |= ${bit}`,
      variable: () => `d${variables.push(`d${variables.length}`) - 1}`,
      set: (items) => `SETS[${lists.push(items) - 1}]`,
    });
    return `if (${code}) m${word} |= ${bit};`;
  });
  const all = Array.from({ length: words }, (_, word) => word);
  const doubts = all.map((word) => `u${word}`);
  return `const EXACT = [${conditions.map(printExactFunction).join(",\n")}];
return { evaluate(f, out) {
let ${variables.join(", ")};
let ${all.map((word) => `m${word} = 0, u${word} = 0`).join(", ")};
${slots.groups()}
${lines.join("\n")}
${rules.join("\n")}
${all.map((k) => `out[${k}] = m${k}; out[${words + k}] = 0;`).join("\n")}
if ((${doubts.join(" | ")}) !== 0) settle(EXACT, [${doubts}], f, out);
} };`;
}

function placeOf(index: number): { word: number; bit: number } {
  return {
    word: Math.floor(index / WORD_BITS),
    bit: 1 << (index % WORD_BITS),
  };
}

/** Facts that several places read are read and tested once, for all of them. */
function shareFacts(
  conditions: readonly Expression[],
  slots: ReturnType<typeof createSlots>,
): { shared: Map<string, string>; lines: string[] } {
  const uses = new Map<string, { fact: FactRead; by: number[] }>();
  conditions.forEach((condition, index) => {
    for (const fact of readsOf(condition)) {
      const use = uses.get(keyOf(fact)) ?? { fact, by: [] };
      use.by.push(index);
      uses.set(keyOf(fact), use);
    }
  });
  const shared = new Map<string, string>();
  const lines: string[] = [];
  for (const [key, { fact, by }] of uses) {
    if (by.length < 2) continue;
    const name = `v${shared.size}`;
    shared.set(key, name);
    const test = printTest(fact.type, `(t = ${slots.read(fact.path)})`);
    const missing = `(${printDoubts(by)}, ${NEUTRAL[fact.type]})`;
    lines.push(`const ${name} = ${test} ? t : ${missing};`);
  }
  return { shared, lines };
}

function readsOf(expression: Expression): readonly FactRead[] {
  if (expression.op === "fact") {
    return expression.fallback === null ? [expression.fact] : [];
  }
  return children(expression).flatMap(readsOf);
}

function printDoubts(rules: readonly number[]): string {
  const masks = new Map<number, number>();
  for (const { word, bit } of rules.map(placeOf)) {
    masks.set(word, (masks.get(word) ?? 0) | bit);
  }
  return [...masks].map(([word, mask]) => `u${word} |= ${mask}`).join(", ");
}

/** Evaluates exactly the rules in doubt and corrects their bits. */
function settle(
  ...[exact, doubts, facts, out]: [
    readonly ((facts: Facts) => Ternary)[],
    readonly number[],
    Facts,
    Int32Array,
  ]
): void {
  const words = doubts.length;
  for (const [word, doubt] of doubts.entries()) {
    let fired = (out[word] ?? 0) & ~doubt;
    let unknown = 0;
    for (let rest = doubt; rest !== 0; rest &= rest - 1) {
      const index = 31 - Math.clz32(rest & -rest);
      const result = exact[word * WORD_BITS + index]?.(facts);
      if (result === 1) fired |= 1 << index;
      if (result === 2) unknown |= 1 << index;
    }
    out[word] = fired;
    out[words + word] = unknown;
  }
}
