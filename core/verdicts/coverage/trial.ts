/**
 * A policy made ready to try many cases on it.
 *
 * @module
 */
import type {
  Facts,
  PolicyCase,
  PolicyDocument,
} from "../../domain/verdict.ts";
import {
  amountsOf,
  type CaseResult,
  findFailure,
  type JudgedCase,
  openCases,
  scopeOf,
} from "../document/cases.ts";
import type { Lists } from "../document/document.ts";
import { withAmount } from "../judge/judge.ts";
import { factsSeenBy } from "../judge/seen.ts";
import { type ActingRule, actingRules, type Situation } from "./acting_rule.ts";

/** A policy, compiled. */
export interface Trial {
  readonly document: PolicyDocument;
  /** Judges a case by it. */
  readonly judge: (one: PolicyCase) => JudgedCase;
  /** In the order of the file. */
  readonly rules: readonly ActingRule[];
}

/** Facts, and whose decision of which kind: a case before it says what it wants. */
export type Question = Pick<
  PolicyCase,
  "facts" | "on" | "tenant" | "otherCapMicros"
>;

/** Compiles a policy that passes the checks. */
export function openTrial(document: PolicyDocument, lists: Lists): Trial {
  return {
    document,
    judge: openCases(document, lists),
    rules: actingRules(document, lists),
  };
}

/** What comes of a question. */
export function answer({ judge }: Trial, question: Question): CaseResult {
  return judge(toCase(question)).result;
}

/** Whether a policy answers a case as it wants. */
export function passes(trial: Trial, one: PolicyCase): boolean {
  return findFailure(one, answer(trial, one)) === null;
}

/** What a rule sees of a question: the amount as proposed, or what came of it. */
export function situationOf(
  { document, judge }: Trial,
  { rule }: ActingRule,
  question: Question,
): Situation {
  const one = toCase(question);
  const { tenant } = scopeOf(document, one);
  const judged = { facts: one.facts, options: amountsOf(one.facts) };
  const facts = factsSeenBy(rule, judged, judge(one).verdict);
  return { tenant, facts };
}

/** A situation as rules by themselves see it, nothing else having been applied. */
export function foresee(facts: Facts, tenant: string): Situation {
  const { micros = null, currentMicros = null } = groupOf(facts.amount);
  return { tenant, facts: withAmount(facts, micros, currentMicros) };
}

function groupOf(group: unknown): { micros?: number; currentMicros?: number } {
  return typeof group === "object" && group !== null ? group : {};
}

/** Whether two results differ in what cases can tell. */
export function differ(left: CaseResult, right: CaseResult): boolean {
  return left.amountMicros !== right.amountMicros ||
    left.review !== right.review || left.priority !== right.priority ||
    left.fired.join() !== right.fired.join();
}

/** Makes a question a case that the policy passes, stating all that comes. */
export function stateCase(
  trial: Trial,
  note: string,
  question: Question,
): PolicyCase {
  const { fired, amountMicros, review, priority } = answer(trial, question);
  const proposed = amountsOf(question.facts).amountMicros;
  const prioritises = trial.document.rules
    .some(({ effect }) => effect === "prioritise");
  return {
    note,
    ...question,
    want: fired,
    ...proposed === null ? {} : { wantMicros: amountMicros },
    ...review ? { review } : {},
    ...prioritises ? { priority } : {},
  };
}

function toCase(question: Question): PolicyCase {
  return { note: "", want: [], ...question };
}
