/**
 * A policy's condition after checking: every node has a type, every fact a field.
 *
 * @module
 */
import type { FieldType } from "./catalogue.ts";

/** A literal in a rule. */
export type Literal = string | number | boolean;

/** What an expression yields; any of them may also be unknown. */
export type ValueType = Exclude<FieldType, "integer">;

/** A fact as a rule reads it. */
export interface FactRead {
  readonly path: string;
  readonly type: FieldType;
}

/** Orderings of numbers. */
export type Ordering = "<" | "<=" | ">" | ">=";

/** Operations on numbers. */
export type Arithmetic = "+" | "-" | "*" | "/" | "%" | "min" | "max";

/** A checked expression. */
export type Expression =
  | { readonly op: "literal"; readonly value: Literal }
  | {
    readonly op: "list";
    readonly items: readonly (string | number)[];
    /** Name of a shared list; absent for one written out. */
    readonly name?: string;
  }
  | {
    readonly op: "fact";
    readonly fact: FactRead;
    /** Taken when the fact is missing; null if then unknown. */
    readonly fallback: Literal | null;
    readonly unit: string | null;
  }
  | { readonly op: "missing"; readonly facts: readonly FactRead[] }
  | { readonly op: "not"; readonly of: Expression }
  | { readonly op: "and" | "or"; readonly of: readonly Expression[] }
  | {
    readonly op: "if";
    readonly condition: Expression;
    readonly yes: Expression;
    readonly no: Expression;
  }
  | {
    readonly op: "order";
    readonly how: Ordering;
    readonly of: readonly Expression[];
  }
  | {
    readonly op: "equal";
    readonly left: Expression;
    readonly right: Expression;
  }
  | { readonly op: "in"; readonly item: Expression; readonly list: Expression }
  | {
    readonly op: "quantifier";
    /** `all` of an empty list is false, as in JSON-logic; `none` of one is true. */
    readonly how: "some" | "all" | "none";
    readonly list: Expression;
    /** Holds for one item, which it reads as `item`. */
    readonly holds: Expression;
  }
  | { readonly op: "item"; readonly type: "string" | "number" }
  | {
    readonly op: "arithmetic";
    readonly how: Arithmetic;
    readonly of: readonly Expression[];
  };

/** What an expression yields. */
export function typeOf(expression: Expression): ValueType {
  switch (expression.op) {
    case "literal":
      return typeof expression.value as "string" | "number" | "boolean";
    case "list":
      return typeof expression.items[0] === "string" ? "strings" : "numbers";
    case "fact": {
      const { type } = expression.fact;
      return type === "integer" ? "number" : type;
    }
    case "if":
      return typeOf(expression.yes);
    case "item":
      return expression.type;
    case "arithmetic":
      return "number";
    default:
      return "boolean";
  }
}

/** Expressions directly inside another. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case "literal":
    case "list":
    case "fact":
    case "missing":
    case "item":
      return [];
    case "not":
      return [expression.of];
    case "if":
      return [expression.condition, expression.yes, expression.no];
    case "equal":
      return [expression.left, expression.right];
    case "in":
      return [expression.item, expression.list];
    case "quantifier":
      return [expression.list, expression.holds];
    default:
      return expression.of;
  }
}

/** Every fact that an expression may read, once for each place. */
export function factsOf(expression: Expression): readonly FactRead[] {
  if (expression.op === "fact") return [expression.fact];
  if (expression.op === "missing") return expression.facts;
  return children(expression).flatMap(factsOf);
}
