/**
 * Texts that are compared with a day and are none, so that they never match.
 *
 * @module
 */
import { isDay } from "../../domain/day.ts";
import { children, type Expression } from "./expression.ts";
import { printExpression } from "./print_expression.ts";

/** What is wrong with a text that is compared with a day, or null. */
export function findStrayDay(expression: Expression): string | null {
  if (expression.op === "equal" || expression.op === "in") {
    const parts = children(expression);
    const day = parts.find((part) =>
      part.op === "fact" && part.unit === "date"
    );
    const stray = day && parts.flatMap(textsOf).find((text) => !isDay(text));
    if (stray !== undefined) {
      return `"${stray}" is never ${printExpression(day as Expression)}, ` +
        `a day written YYYY-MM-DD`;
    }
  }
  for (const inner of children(expression)) {
    const found = findStrayDay(inner);
    if (found !== null) return found;
  }
  return null;
}

function textsOf(expression: Expression): readonly string[] {
  switch (expression.op) {
    case "literal":
      return [String(expression.value)];
    case "list":
      return expression.items.map(String);
    default:
      return [];
  }
}
