/**
 * A piece of JSON-logic in one short line, as it stands in the file.
 *
 * Pieces of a rule need not parse by themselves, which is why this prints what is
 * written and not what it means.
 *
 * @module
 */
import type { Logic } from "../../domain/verdict.ts";

const BETWEEN = new Set(
  ["and", "or", "==", "===", "!=", "!==", "<", "<=", ">", ">=", "in"]
    .concat(["+", "-", "*", "/", "%"]),
);

/** Prints a piece of a condition or bound. */
export function printLogic(logic: Logic): string {
  if (Array.isArray(logic)) return `[${logic.map(printLogic).join(", ")}]`;
  if (typeof logic !== "object" || logic === null) return JSON.stringify(logic);
  const [[name = "", operand = null] = []] = Object.entries(
    logic as Record<string, Logic>,
  );
  const args = Array.isArray(operand) ? operand as Logic[] : [operand];
  const printed = args.map(printOperand);
  if (name === "var") return printFact(args);
  if (name === "!") return `not ${printed.join()}`;
  return BETWEEN.has(name) && args.length > 1
    ? printed.join(` ${name} `)
    : `${name}(${args.map(printLogic).join(", ")})`;
}

function printOperand(logic: Logic): string {
  const printed = printLogic(logic);
  const joined = typeof logic === "object" && logic !== null &&
    Object.keys(logic).some((name) => BETWEEN.has(name));
  return joined ? `(${printed})` : printed;
}

function printFact([path = "", otherwise]: readonly Logic[]): string {
  if (path === "") return "the item";
  return otherwise === undefined
    ? String(path)
    : `(${path} or ${JSON.stringify(otherwise)})`;
}
