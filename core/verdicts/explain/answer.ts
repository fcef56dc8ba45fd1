/**
 * Everything that a policy says to one question: its rules with their conditions, the
 * verdict, and what would turn it.
 *
 * @module
 */
import type { PolicyDocument, Verdict } from "../../domain/verdict.ts";
import { checkRules, type Lists, NO_LISTS } from "../document/document.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { factsSeenBy } from "../judge/seen.ts";
import { explainRule, type RuleExplanation } from "./explain.ts";
import { findLargestAmount } from "./largest_amount.ts";
import { findNearest, type NearestChange } from "./nearest.ts";
import type { Question } from "./question.ts";

/** What a policy says to a question. */
export interface PolicyAnswer {
  /** Every rule, in the order of the file, whether it spoke or not. */
  readonly rules: readonly RuleExplanation[];
  readonly verdict: Verdict;
  /** What would turn the verdict; null where nothing near does. */
  readonly nearest: NearestChange | null;
  /** The largest amount that passes unchanged; null where the one proposed does. */
  readonly largestMicros: number | null;
}

/** Puts a question to one policy alone. */
export function explainPolicyOn(
  document: PolicyDocument,
  question: Question,
  lists: Lists = NO_LISTS,
): PolicyAnswer {
  const set = compilePolicySet([document], { lists: [...lists.values()] });
  const { kind, facts, options } = question;
  const verdict = set.judge(kind, facts, options);
  return {
    rules: checkRules(`${document.policy}.json`, document, lists).map((one) =>
      explainRule(document, one, factsSeenBy(one.rule, question, verdict))
    ),
    verdict,
    nearest: findNearest(set, question),
    largestMicros: findLargestAmount(set, question),
  };
}
