/**
 * Which missing facts leave an expression in doubt.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import { children, type Expression } from "./expression.ts";
import { interpret } from "./interpret.ts";

/** Paths of the facts that make an expression unknown; none when it is known. */
export function missingIn(
  expression: Expression,
  facts: Facts,
): readonly string[] {
  if (interpret(expression, facts) !== null) return [];
  if (expression.op === "fact") return [expression.fact.path];
  if (expression.op !== "if") {
    return children(expression).flatMap((part) => missingIn(part, facts));
  }
  const { condition, yes, no } = expression;
  const holds = interpret(condition, facts);
  if (holds === null) return missingIn(condition, facts);
  return missingIn(holds ? yes : no, facts);
}
