/**
 * Why a rule says what it says: each condition with the values it saw.
 *
 * @module
 */
import type { Facts, PolicyDocument } from "../../domain/verdict.ts";
import type { CheckedRule } from "../document/document.ts";
import { conditionsOf } from "../language/conditions.ts";
import {
  type Expression,
  type FactRead,
  factsOf,
} from "../language/expression.ts";
import { printExpression } from "../language/print_expression.ts";
import { findFact, interpret, type Outcome } from "../language/interpret.ts";
import { missingIn } from "../language/missing_facts.ts";
import { isSet } from "../program/compile.ts";
import { compileTraced } from "../program/traced.ts";

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

/** A rule to be explained. */
export interface Explained {
  /** `policy@version/rule`. */
  readonly rule: string;
  readonly when: Expression;
  /** Bound; null where it has none. */
  readonly to: Expression | null;
}

/**
 * Makes rules ready to be explained on many facts: one run over the facts tells what all
 * their conditions are.
 *
 * @returns Explains the rules, in order, on all facts, the group `amount` included.
 */
export function compileExplanations(
  rules: readonly Explained[],
): (facts: Facts) => readonly RuleExplanation[] {
  const traced = compileTraced(rules.map(({ when }) => when));
  const out = new Int32Array(traced.length);
  const parts = rules.map(({ when }) => conditionsOf(when).map(describe));
  return (facts) => {
    traced.evaluate(facts, out);
    return rules.map((rule, index) =>
      tell(rule, facts, {
        holds: isSet(out, traced.words, index) ? null : isSet(out, 0, index),
        conditions: (parts[index] ?? []).map((part, place) =>
          see(part, traced.readTrace(out, index, place), facts)
        ),
      })
    );
  };
}

/** Explains one rule of a policy on the facts that it saw. */
export function explainRule(
  { policy, version }: PolicyDocument,
  { rule, when, to }: CheckedRule,
  facts: Facts,
): RuleExplanation {
  const explained = { rule: `${policy}@${version}/${rule.id}`, when, to };
  return tell(explained, facts, {
    holds: interpret(when, facts) as boolean | null,
    conditions: conditionsOf(when).map((one) => explainCondition(one, facts)),
  });
}

function tell(
  { rule, when, to }: Explained,
  facts: Facts,
  seen: Pick<RuleExplanation, "holds" | "conditions">,
): RuleExplanation {
  const missing = [
    ...seen.holds === null ? missingIn(when, facts) : [],
    ...to === null ? [] : missingIn(to, facts),
  ];
  return { rule, ...seen, missing: [...new Set(missing)] };
}

/** Says what a condition makes of the facts. */
export function explainCondition(
  condition: Expression,
  facts: Facts,
): ConditionExplanation {
  const holds = interpret(condition, facts) as boolean | null;
  return see(describe(condition), holds, facts);
}

/** What is the same of a condition whatever the facts are. */
interface Described {
  readonly text: string;
  readonly reads: readonly FactRead[];
}

function describe(condition: Expression): Described {
  return { text: printExpression(condition), reads: factsOf(condition) };
}

function see(
  { text, reads }: Described,
  holds: boolean | null,
  facts: Facts,
): ConditionExplanation {
  const values = reads.map((fact) => [fact.path, findFact(fact, facts)]);
  return { text, holds, facts: Object.fromEntries(values) };
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
