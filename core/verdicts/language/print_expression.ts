/**
 * An expression as a person would write it.
 *
 * @module
 */
import type { Expression } from "./expression.ts";

/** Prints an expression as a person would write it. */
export function printExpression(expression: Expression): string {
  switch (expression.op) {
    case "literal":
      return JSON.stringify(expression.value);
    case "list":
      return expression.name ?? JSON.stringify(expression.items);
    case "fact": {
      const { fact, fallback } = expression;
      const or = fallback === null ? "" : ` or ${JSON.stringify(fallback)}`;
      return or === "" ? fact.path : `(${fact.path}${or} if missing)`;
    }
    case "missing":
      return `missing ${expression.facts.map(({ path }) => path).join(" or ")}`;
    case "not":
      return `not (${printExpression(expression.of)})`;
    case "and":
    case "or":
      return join(expression.of, ` ${expression.op} `);
    case "if": {
      const { condition, yes, no } = expression;
      const [c, y, n] = [condition, yes, no].map(printExpression);
      return `(if ${c} then ${y} else ${n})`;
    }
    case "order":
      return expression.of.map(printExpression).join(` ${expression.how} `);
    case "equal":
      return `${printExpression(expression.left)} = ${
        printExpression(expression.right)
      }`;
    case "in":
      return `${printExpression(expression.item)} in ${
        printExpression(expression.list)
      }`;
    case "quantifier": {
      const { how, list, holds } = expression;
      return `${how} of ${printExpression(list)} (${printExpression(holds)})`;
    }
    case "item":
      return "it";
    case "arithmetic":
      return printArithmetic(expression.how, expression.of);
  }
}

function printArithmetic(how: string, of: readonly Expression[]): string {
  if (how === "min" || how === "max") return `${how}${join(of, ", ")}`;
  return of.length === 1 ? `-${join(of, "")}` : join(of, ` ${how} `);
}

function join(of: readonly Expression[], by: string): string {
  return `(${of.map(printExpression).join(by)})`;
}
