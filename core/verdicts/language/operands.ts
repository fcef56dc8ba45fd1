/**
 * What checking an expression carries along, and how its operands are checked.
 *
 * @module
 */
import type { PolicyList } from "../../domain/verdict.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Expression, typeOf, type ValueType } from "./expression.ts";
import { type Place, refusePolicy } from "./refusal.ts";

/** Most operators, values and names of facts in one expression. */
export const MAX_NODES = 512;

/** What checking one expression carries along. */
export interface Scope {
  readonly catalogue: Catalogue;
  readonly lists: ReadonlyMap<string, PolicyList>;
  readonly place: Place;
  readonly parse: (part: Part) => Expression;
  nodes: number;
  depth: number;
  /** What `{"var": ""}` is inside `some`, `all` and `none`; null outside. */
  item: "string" | "number" | null;
}

/** A piece of an expression and where it stands. */
export interface Part {
  readonly logic: unknown;
  readonly path: string;
  readonly scope: Scope;
}

/** Checks the operands of an operator; the path is the operator's. */
export type Build = (
  args: readonly unknown[],
  path: string,
  scope: Scope,
) => Expression;

/** How many operands an operator takes, and what becomes of them. */
export interface Operator {
  readonly arity: readonly [least: number, most: number];
  readonly build: Build;
}

/** Refuses the policy at a path. */
export function refuse(scope: Scope, path: string, reason: string): never {
  throw refusePolicy(scope.place, path, reason);
}

/** Counts operators, values or names of facts towards the most there may be. */
export function countNodes(count: number, path: string, scope: Scope): void {
  scope.nodes += count;
  if (scope.nodes > MAX_NODES) {
    refuse(scope, path, `more than ${MAX_NODES} nodes; split the rule`);
  }
}

/** Checks a piece that must yield a type. */
export function typed(type: ValueType, part: Part): Expression {
  return narrow(part.scope.parse(part), type, part);
}

/** Operands with their places. */
export function parts(
  args: readonly unknown[],
  path: string,
  scope: Scope,
): Part[] {
  return args.map((logic, index) => ({
    logic,
    path: `${path}[${index}]`,
    scope,
  }));
}

/** Checks operands that must all yield a type. */
export function typedAll(type: ValueType, from: readonly Part[]): Expression[] {
  return from.map((part) => typed(type, part));
}

/** An expression as one that yields a type; a feature is what its use demands. */
export function narrow(
  given: Expression,
  type: ValueType,
  part: Part,
): Expression {
  const found = typeOf(given);
  if (found === type) return given;
  if (found === "scalar" && (type === "number" || type === "string")) {
    if (given.op === "fact") {
      return { ...given, fact: { path: given.fact.path, type } };
    }
    if (given.op === "if") {
      return {
        ...given,
        yes: narrow(given.yes, type, part),
        no: narrow(given.no, type, part),
      };
    }
  }
  const fix = type === "boolean"
    ? '; a condition compares, as in {">": [x, 0]}'
    : "";
  const reason = `expected a ${TYPE_NAMES[type]}, found a ${
    TYPE_NAMES[found]
  }${fix}`;
  return refuse(part.scope, part.path, reason);
}

/** Types in messages. */
export const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  boolean: "boolean",
  number: "number",
  string: "string",
  scalar: "feature of undeclared type",
  strings: "list of texts",
  numbers: "list of numbers",
};
