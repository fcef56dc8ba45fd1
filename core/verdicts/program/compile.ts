/**
 * Many conditions as one function, generated once and run for every decision.
 *
 * What a missing fact leaves in doubt is settled by closures, and so is everything
 * where the host forbids generated code.
 *
 * @module
 */
import type { Expression } from "../language/expression.ts";
import { closeCondition } from "./closures.ts";
import { createPrinter, instantiate, wordsOf } from "./generate.ts";
import {
  type Evaluate,
  evaluateExactly,
  type Exact,
  placeOf,
  settle,
  wordsFor,
} from "./masks.ts";

/** Conditions, compiled together. */
export interface Conditions {
  /** Words of a mask. */
  readonly words: number;
  /**
   * Evaluates all conditions.
   *
   * @param out Shape [2 × words]: a bit for each that holds, then for each unknown.
   */
  readonly evaluate: Evaluate;
}

/** Compiles checked boolean expressions; the first is bit 0 of word 0. */
export function compileConditions(
  conditions: readonly Expression[],
): Conditions {
  return assemble(conditions, generate);
}

/** The same without generated code, for what runs only a few times. */
export function closeConditions(conditions: readonly Expression[]): Conditions {
  return assemble(conditions, () => null);
}

function assemble(
  conditions: readonly Expression[],
  compile: typeof generate,
): Conditions {
  const exact = { of: conditions.map(closeCondition), from: 0 };
  return {
    words: wordsFor(conditions.length),
    evaluate: compile(conditions, exact) ?? evaluateExactly([exact]),
  };
}

function generate(
  conditions: readonly Expression[],
  exact: Exact,
): Evaluate | null {
  const printer = createPrinter(conditions);
  const words = wordsOf(conditions);
  const rules = conditions.map((condition, index) => {
    const { word, bit } = placeOf(index);
    return `if (${printer.print(condition, [index])}) m${word} |= ${bit};`;
  });
  const source = `return (f, out) => {
let ${words.map((word) => `m${word} = 0`).join(", ")};
${printer.before()}
${rules.join("\n")}
${words.map((k) => `out[${k}] = m${k};`).join("\n")}
${words.map((k) => `out[${words.length + k}] = u${k};`).join("\n")}
if ((${words.map((k) => `u${k}`).join(" | ")}) !== 0) settle(exact, f, out);
};`;
  return instantiate(source, printer.lists, { exact, settle });
}

export { isNoneSet, isSet, visitSet } from "./masks.ts";
