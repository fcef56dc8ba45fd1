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
  | { readonly op: "list"; readonly items: readonly (string | number)[] }
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
      return [];
    case "not":
      return [expression.of];
    case "if":
      return [expression.condition, expression.yes, expression.no];
    case "equal":
      return [expression.left, expression.right];
    case "in":
      return [expression.item, expression.list];
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

/** What is wrong with comparing facts of these units, or null. */
export function findUnits(of: readonly Expression[]): string | null {
  const units = new Set(
    of.flatMap((one) =>
      one.op === "fact" && one.unit !== null ? [one.unit] : []
    ),
  );
  return units.size > 1 ? `units differ: ${[...units].join(" and ")}` : null;
}

/** What is wrong with comparing these for equality, or null. */
export function findFraction(of: readonly Expression[]): string | null {
  return of.some(hasFraction)
    ? "fractions are never quite equal; use <= and >=, or a smaller unit"
    : null;
}

function hasFraction(expression: Expression): boolean {
  return expression.op === "literal"
    ? typeof expression.value === "number" &&
      !Number.isInteger(expression.value)
    : children(expression).some(hasFraction);
}
