/**
 * The conditions of a rule: what its `and`, `or`, `!` and `if` join.
 *
 * @module
 */
import { children, type Expression } from "./expression.ts";

/**
 * Lists comparisons, flags and look-ups in the order in which they are written. Their
 * places are how traces, coverage and mutants name them.
 */
export function conditionsOf(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case "and":
    case "or":
    case "not":
    case "if":
      return children(expression).flatMap(conditionsOf);
    default:
      return [expression];
  }
}
