/**
 * How much an expression can cost, before it runs.
 *
 * @module
 */
import { MAX_LIST_FACT } from "./catalogue.ts";
import { children, type Expression } from "./expression.ts";

/** Most steps that one rule may take. */
export const MAX_STEPS = 10_000;

/**
 * Bounds the steps of one evaluation, whatever the facts: one for each operator and
 * value that is evaluated, each item of a list anew, and one for each item that a fact
 * which is a list may hold. A literal list is looked up in one step.
 */
export function boundSteps(expression: Expression): number {
  switch (expression.op) {
    case "missing":
      return 1 + expression.facts.length;
    case "in":
      return 1 + boundSteps(expression.item) + boundSteps(expression.list) +
        (expression.list.op === "list" ? 0 : MAX_LIST_FACT);
    case "quantifier": {
      const { list, holds } = expression;
      const items = list.op === "list" ? list.items.length : MAX_LIST_FACT;
      return 1 + boundSteps(list) + items * (1 + boundSteps(holds));
    }
    default:
      return children(expression)
        .reduce((sum, part) => sum + boundSteps(part), 1);
  }
}
