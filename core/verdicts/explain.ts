/**
 * Why a rule says what it says: each condition with the values it saw.
 *
 * @module
 */
import type { Facts, PolicyDocument } from "../domain/verdict.ts";
import { checkRules } from "./document.ts";
import { children, type Expression, factsOf } from "./expression.ts";
import { findFact, interpret, type Outcome } from "./interpret.ts";

/** One comparison, flag or list look-up of a rule. */
export interface ConditionExplanation {
  /** As a person would write it, such as `amount.stepPermille > 200`. */
  readonly text: string;
  /** Null when unknown. */
  readonly holds: boolean | null;
  /** Values of the facts it reads; null when missing. */
  readonly facts: Readonly<Record<string, Outcome>>;
}

/** What a rule made of the facts. */
export interface RuleExplanation {
  /** `policy@version/rule`. */
  readonly rule: string;
  /** The whole condition; null when unknown. */
  readonly holds: boolean | null;
  readonly conditions: readonly ConditionExplanation[];
  /** Facts without which the condition or the bound cannot be known. */
  readonly missing: readonly string[];
}

/**
 * Explains the rules of a policy on the facts that they saw.
 *
 * @param document A checked policy.
 * @param facts All facts, the group `amount` included.
 */
export function explainPolicy(
  document: PolicyDocument,
  facts: Facts,
): readonly RuleExplanation[] {
  const { policy, version } = document;
  return checkRules(`${policy}.json`, document).map(({ rule, when, to }) => ({
    rule: `${policy}@${version}/${rule.id}`,
    holds: interpret(when, facts) as boolean | null,
    conditions: conditionsOf(when).map((one) => explain(one, facts)),
    missing: [
      ...new Set(
        [when, to].flatMap((part) =>
          part === null ? [] : missingIn(part, facts)
        ),
      ),
    ],
  }));
}

function explain(condition: Expression, facts: Facts): ConditionExplanation {
  return {
    text: printExpression(condition),
    holds: interpret(condition, facts) as boolean | null,
    facts: Object.fromEntries(
      factsOf(condition).map((fact) => [fact.path, findFact(fact, facts)]),
    ),
  };
}

function conditionsOf(expression: Expression): readonly Expression[] {
  const joins = ["and", "or", "not", "if"].includes(expression.op);
  return joins ? children(expression).flatMap(conditionsOf) : [expression];
}

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

/** Prints an expression as a person would write it. */
function printExpression(expression: Expression): string {
  switch (expression.op) {
    case "literal":
      return JSON.stringify(expression.value);
    case "list":
      return JSON.stringify(expression.items);
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

/** One line for each condition: `amount.stepPermille > 200 is false (…: 150)`. */
export function printExplanation(
  { rule, conditions }: RuleExplanation,
): string {
  const lines = conditions.map(({ text, holds, facts }) => {
    const values = Object.entries(facts)
      .map(([path, value]) => `${path}: ${printOutcome(value)}`);
    const is = holds === null ? "unknown" : String(holds);
    return `${text} is ${is}${values.length ? ` (${values.join(", ")})` : ""}`;
  });
  return `${rule}: ${lines.join("; ")}`;
}

function printOutcome(value: Outcome): string {
  return value === null ? "missing" : JSON.stringify(value);
}
