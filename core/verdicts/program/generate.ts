/**
 * JavaScript of many conditions in one function, as if no fact were missing.
 *
 * The source holds names made here, operators of a fixed list, and texts quoted by
 * `JSON.stringify`; nothing else of a policy reaches it.
 *
 * @module
 */
import {
  children,
  type Expression,
  type FactRead,
} from "../language/expression.ts";
import { printFast } from "./fast_code.ts";
import { placeOf, wordsFor } from "./masks.ts";
import { createSlots, keyOf, NEUTRAL, printTest } from "./slots.ts";
import { group, has, isNumbers, isTexts } from "./three_valued.ts";

/** Prints conditions of one function, over the facts `f`. */
export interface Printer {
  /**
   * Translates an expression; what it yields is right unless a doubt is raised.
   *
   * @param conditions Whose doubts it raises, by index.
   */
  print(expression: Expression, conditions: readonly number[]): string;
  /** Statements that come first, asked for last; they declare doubts `u0`, `u1`, … */
  before(): string;
  /** Lists that the code looks up as sets. */
  readonly lists: readonly (readonly (string | number)[])[];
}

/** Starts a function of checked boolean expressions. */
export function createPrinter(conditions: readonly Expression[]): Printer {
  const slots = createSlots();
  const variables = ["t", ...wordsOf(conditions).map((word) => `u${word} = 0`)];
  const lists: (readonly (string | number)[])[] = [];
  const { shared, lines } = shareFacts(conditions, slots);
  return {
    lists,
    print: (expression, by) =>
      printFast(expression, {
        slots,
        shared,
        doubt: printMasks(by, "|=").join(", "),
        variable: () => `d${variables.push(`d${variables.length}`) - 1}`,
        set: (items) => `SETS[${lists.push(items) - 1}]`,
      }),
    before: () =>
      [`let ${variables.join(", ")};`, slots.groups(), ...lines].join("\n"),
  };
}

/** Numbers of the words that conditions take. */
export function wordsOf(conditions: readonly unknown[]): number[] {
  return Array.from({ length: wordsFor(conditions.length) }, (_, k) => k);
}

/** Bits of some conditions, word by word: `u0 |= 5`, or `h0 & 5`. */
export function printMasks(
  conditions: readonly number[],
  operator: "|=" | "&",
  name = "u",
): string[] {
  const masks = new Map<number, number>();
  for (const { word, bit } of conditions.map(placeOf)) {
    masks.set(word, (masks.get(word) ?? 0) | bit);
  }
  return [...masks].map(([word, mask]) => `${name}${word} ${operator} ${mask}`);
}

/**
 * Runs generated source.
 *
 * @param source Statements that return something.
 * @param given What the source may name besides what the code of conditions needs.
 * @returns What it returns; null where the host forbids code made from text.
 */
export function instantiate<T>(
  source: string,
  lists: Printer["lists"],
  given: Readonly<Record<string, unknown>>,
): T | null {
  const kit = { group, has, isTexts, isNumbers, ...given };
  const body = `"use strict";
const { ${Object.keys(kit).join(", ")} } = kit;
const NONE = [];
const SETS = lists.map((items) => new Set(items));
${source}`;
  try {
    return new Function("kit", "lists", body)(kit, lists);
  } catch (cause) {
    if (cause instanceof EvalError) return null;
    throw cause;
  }
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
    const missing = `(${printMasks(by, "|=").join(", ")}, ${
      NEUTRAL[fact.type]
    })`;
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
