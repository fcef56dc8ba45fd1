/**
 * Which condition decided: every rule that spoke, each of its conditions, and the values
 * that they saw.
 *
 * @module
 */
import type {
  AppliedRule,
  Effect,
  Switch,
  SwitchScope,
  Verdict,
} from "../../domain/verdict.ts";
import { type CheckedRule, checkRules } from "../document/document.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { factsSeenBy } from "../judge/seen.ts";
import {
  type ConditionExplanation,
  explainCondition,
  explainRule,
  type RuleExplanation,
} from "./explain.ts";
import { factIn, type Question } from "./question.ts";
import { limitComparison } from "./relevant.ts";
import { sayRule } from "./sentence.ts";

/** A rule that spoke, with its conditions. */
export interface SpokenUp extends RuleExplanation {
  readonly effect: Effect;
  /** The rule in words. */
  readonly sentence: string;
}

/**
 * Explains the rules that spoke.
 *
 * @param verdict What the set said to the question.
 * @returns In the order in which they were applied, each once.
 */
export function explainVerdict(
  set: PolicySet,
  question: Question,
  verdict: Verdict,
): readonly SpokenUp[] {
  const lists = new Map(set.lists.map((one) => [one.list, one]));
  return verdict.applied.flatMap((applied): readonly SpokenUp[] => {
    const [reference = "", id = ""] = applied.rule.split("/");
    const stopped = set.switches.find((one) => one.id === id);
    if (reference === "switch@1" && stopped) {
      return [explainSwitch(stopped, question, applied)];
    }
    const document = set.documents.find(({ policy, version }) =>
      reference === `${policy}@${version}`
    );
    if (!document) return [];
    const checked = checkRules(`${document.policy}.json`, document, lists)
      .find(({ rule }) => rule.id === id);
    if (!checked) return [];
    const facts = factsSeenBy(checked.rule, question, verdict);
    const limit = limitedBy(document.policy, checked)
      .map((one) => explainCondition(one, facts));
    const explained = explainRule(document, checked, facts);
    return [{
      ...explained,
      conditions: [...explained.conditions, ...limit],
      effect: applied.effect,
      sentence: sayRule(document, checked).sentence,
    }];
  });
}

function limitedBy(policy: string, { rule }: CheckedRule) {
  return rule.effect === "limit" ? [limitComparison(policy, rule)] : [];
}

/** A switch asks that every member of its scope is as it says. */
function explainSwitch(
  { stops, reason }: Switch,
  question: Question,
  { rule, effect }: AppliedRule,
): SpokenUp {
  const members = Object.entries(stops) as [keyof SwitchScope, string][];
  const conditions = members.map(([member, wanted]): ConditionExplanation => {
    const value = member === "tenant"
      ? question.options.tenant
      : factIn(question, `context.${member}`) as string | null;
    const path = member === "tenant" ? "tenant" : `context.${member}`;
    return {
      text: `${path} = ${JSON.stringify(wanted)}`,
      holds: value === null ? null : value === wanted,
      facts: { [path]: value },
    };
  });
  const unknown = conditions.filter(({ holds }) => holds === null);
  return {
    ...{ rule, effect, conditions },
    holds: unknown.length > 0 ? null : true,
    missing: unknown.flatMap(({ facts }) => Object.keys(facts)),
    sentence: `A kill switch is on: ${reason}.`,
  };
}
