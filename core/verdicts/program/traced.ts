/**
 * Many conditions as one function that also tells what each part of them is.
 *
 * Nothing is skipped: every comparison, flag and look-up of every rule is evaluated,
 * the same ones of several rules once, and all that ask one text for literals in one
 * `switch`. Rules are then joined from the bits of their parts. There are hardly any
 * branches, so that it does not matter how the facts of one decision resemble the last.
 *
 * @module
 */
import { conditionsOf } from "../language/conditions.ts";
import type { Expression } from "../language/expression.ts";
import { closeCondition } from "./closures.ts";
import type { Conditions } from "./compile.ts";
import { CHAIN_ITEMS } from "./fast_code.ts";
import {
  createPrinter,
  instantiate,
  type Printer,
  printMasks,
  wordsOf,
} from "./generate.ts";
import {
  type Evaluate,
  evaluateExactly,
  type Exact,
  isSet,
  placeOf,
  settle,
  wordsFor,
} from "./masks.ts";

/** Conditions, compiled together with a trace. */
export interface TracedConditions extends Conditions {
  /** Words of the results: masks of the conditions, then the trace. */
  readonly length: number;
  /**
   * Reads what a part of a condition was.
   *
   * @param out What `evaluate` has written, shape [length].
   * @param condition Index of the condition.
   * @param part Index among its parts, in the order of {@link conditionsOf}.
   * @returns Null when unknown.
   * @throws {RangeError} If there is no such part.
   */
  readTrace(out: Int32Array, condition: number, part: number): boolean | null;
}

/** What is compiled: rules, and the different parts that they join. */
interface Sources {
  readonly rules: readonly Expression[];
  readonly parts: readonly Expression[];
  /** For each rule, its parts in reading order, by index. */
  readonly places: readonly (readonly number[])[];
  readonly exactRules: Exact;
  readonly exactParts: Exact;
}

/** Compiles checked boolean expressions; the first is bit 0 of word 0. */
export function compileTraced(
  conditions: readonly Expression[],
): TracedConditions {
  return assemble(conditions, generate);
}

/** The same without generated code. */
export function closeTraced(
  conditions: readonly Expression[],
): TracedConditions {
  return assemble(conditions, () => null);
}

function assemble(
  rules: readonly Expression[],
  compile: typeof generate,
): TracedConditions {
  const sources = findParts(rules);
  const { places, exactRules, exactParts } = sources;
  const { of: parts, from } = exactParts;
  const words = wordsFor(parts.length);
  return {
    words: wordsFor(rules.length),
    length: from + 2 * words,
    evaluate: compile(sources) ?? evaluateExactly([exactRules, exactParts]),
    readTrace(out, condition, part) {
      const place = places[condition]?.[part];
      if (place === undefined) {
        throw new RangeError(
          `Cannot read trace of condition ${condition}: no part ${part}`,
        );
      }
      return isSet(out, from + words, place) ? null : isSet(out, from, place);
    },
  };
}

function findParts(rules: readonly Expression[]): Sources {
  const found = new Map<string, { index: number; part: Expression }>();
  const places = rules.map((rule) =>
    conditionsOf(rule).map((part) => {
      const key = JSON.stringify(part);
      const known = found.get(key) ?? { index: found.size, part };
      found.set(key, known);
      return known.index;
    })
  );
  const parts = [...found.values()].map(({ part }) => part);
  return {
    rules,
    parts,
    places,
    exactRules: { of: rules.map(closeCondition), from: 0 },
    exactParts: {
      of: parts.map(closeCondition),
      from: 2 * wordsFor(rules.length),
    },
  };
}

function generate(sources: Sources): Evaluate | null {
  const { rules, parts, places, exactRules, exactParts } = sources;
  const printer = createPrinter(parts);
  const lines = printParts(parts, printer);
  const [ruleWords, partWords] = [wordsOf(rules), wordsOf(parts)];
  const from = exactParts.from;
  const source = `return (f, out) => {
let ${ruleWords.map((k) => `m${k} = 0, r${k} = 0`).join(", ")};
let ${partWords.map((k) => `h${k} = 0`).join(", ")};
${printer.before()}
${lines.join("\n")}
${rules.map((rule, index) => printRule(rule, index, places)).join("\n")}
const doubtful = (${partWords.map((k) => `u${k}`).join(" | ")}) !== 0;
if (doubtful) {
${places.map(printDoubtful).join("\n")}
}
${ruleWords.map((k) => `out[${k}] = m${k};`).join("\n")}
${ruleWords.map((k) => `out[${ruleWords.length + k}] = r${k};`).join("\n")}
${partWords.map((k) => `out[${from + k}] = h${k};`).join("\n")}
${
    partWords.map((k) => `out[${from + partWords.length + k}] = u${k};`).join(
      "\n",
    )
  }
if (doubtful) { settle(exactRules, f, out); settle(exactParts, f, out); }
};`;
  return instantiate(source, printer.lists, { settle, exactRules, exactParts });
}

/** Sets a bit of `h0`, `h1`, … for each part that holds. */
function printParts(parts: readonly Expression[], printer: Printer): string[] {
  const asked = Map.groupBy(
    parts.flatMap((part, index) => findLiterals(part, index)),
    ({ item }) => JSON.stringify(item),
  );
  const switched = [...asked.values()].filter((of) => of.length > 1);
  const done = new Set(switched.flat().map(({ index }) => index));
  const single = parts.flatMap((part, index) =>
    done.has(index) ? [] : [addBit("h", index, printer.print(part, [index]))]
  );
  return [...switched.map((of) => printSwitch(of, printer)), ...single];
}

/** A part that asks whether a text is one of a few literals. */
interface Asked {
  readonly index: number;
  readonly item: Expression;
  readonly literals: readonly unknown[];
}

function findLiterals(part: Expression, index: number): Asked[] {
  if (part.op === "in" && part.list.op === "list" && isText(part.item)) {
    const { items } = part.list;
    return items.length > CHAIN_ITEMS
      ? []
      : [{ index, item: part.item, literals: items }];
  }
  if (part.op !== "equal") return [];
  const { left, right } = part;
  if (isText(left) && right.op === "literal") {
    return [{ index, item: left, literals: [right.value] }];
  }
  return isText(right) && left.op === "literal"
    ? [{ index, item: right, literals: [left.value] }]
    : [];
}

function isText(expression: Expression): boolean {
  return expression.op === "fact" && expression.fact.type === "string";
}

function printSwitch(asked: readonly Asked[], printer: Printer): string {
  const [{ item }] = asked as [Asked];
  const by = asked.map(({ index }) => index);
  const literals = new Set(asked.flatMap((one) => one.literals));
  const cases = [...literals].map((literal) => {
    const holding = asked.filter((one) => one.literals.includes(literal));
    const bits = setBits(holding.map(({ index }) => index), "h");
    return `case ${JSON.stringify(literal)}: ${bits} break;`;
  });
  return `switch (${printer.print(item, by)}) {\n${cases.join("\n")}\n}`;
}

function setBits(indexes: readonly number[], name: string): string {
  return `${printMasks(indexes, "|=", name).join("; ")};`;
}

/** Joins the bits of a rule's parts. */
function printRule(
  ...[rule, index, places]: [Expression, number, Sources["places"]]
): string {
  const left = [...places[index] ?? []];
  function print(of: Expression): string {
    switch (of.op) {
      case "and":
        return `(${of.of.map(print).join(" & ")})`;
      case "or":
        return `(${of.of.map(print).join(" | ")})`;
      case "not":
        return `(${print(of.of)} ^ 1)`;
      case "if": {
        const [condition, yes, no] = [of.condition, of.yes, of.no].map(print);
        return `(${condition} ? ${yes} : ${no})`;
      }
      default: {
        const { word, shift } = placeOf(left.shift() ?? NaN);
        return `(h${word} >> ${shift} & 1)`;
      }
    }
  }
  return addBit("m", index, print(rule));
}

function addBit(name: string, index: number, code: string): string {
  const { word, shift } = placeOf(index);
  return `${name}${word} |= ${code} << ${shift};`;
}

/** A rule is in doubt where any of its parts is. */
function printDoubtful(parts: readonly number[], index: number): string {
  const doubts = printMasks(parts, "&").map((one) => `(${one})`);
  return `if ((${doubts.join(" | ")}) !== 0) ${setBits([index], "r")}`;
}
