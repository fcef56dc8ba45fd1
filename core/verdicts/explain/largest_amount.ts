/**
 * The largest amount that passes unchanged, where the one proposed does not.
 *
 * @module
 */
import type { PolicySet } from "../judge/policy_set.ts";
import { isPassing } from "./nearest.ts";
import { factIn, type Question, withFact } from "./question.ts";
import { listHeard } from "./relevant.ts";
import { type Search, turnFact } from "./turn_fact.ts";

const AMOUNT = "amount.micros";

/**
 * Finds the largest amount, below the one proposed, that passes and stays as it is.
 *
 * @returns Whole micros; null where the amount proposed passes unchanged, none is
 * proposed, or none above zero passes so.
 */
export function findLargestAmount(
  set: PolicySet,
  question: Question,
): number | null {
  const proposed = factIn(question, AMOUNT);
  const judge = ({ kind, facts, options }: Question) =>
    set.judge(kind, facts, options);
  const passesUnchanged: Search["turns"] = (verdict, asked) =>
    isPassing(verdict) && verdict.amountMicros === factIn(asked, AMOUNT);
  const verdict = judge(question);
  if (typeof proposed !== "number" || passesUnchanged(verdict, question)) {
    return null;
  }
  const search: Search = {
    judge,
    heard: listHeard(set, question, null),
    turns: (verdict, asked) =>
      Number(factIn(asked, AMOUNT)) < proposed &&
      passesUnchanged(verdict, asked),
  };
  const fact = { path: AMOUNT, type: "integer" } as const;
  const turned = turnFact(fact, search, withFact(question, AMOUNT, proposed));
  return turned?.to ? Number(turned.to) : null;
}
