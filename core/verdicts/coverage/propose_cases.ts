/**
 * Cases that a policy lacks, ready to be read by a person and pasted into its file.
 *
 * @module
 */
import type { PolicyCase, PolicyDocument } from "../../domain/verdict.ts";
import type { Lists } from "../document/document.ts";
import { coverConditions, type Goal } from "./cover_conditions.ts";
import type { Mutant } from "./mutate.ts";
import { scoreMutants } from "./mutation_score.ts";
import { openTrial, passes, stateCase } from "./trial.ts";

/** Most characters of a condition or change that one line shows. */
const MAX_SHOWN = 160;

/** Cases to add, and what each would show. */
export interface Proposal {
  readonly cases: readonly PolicyCase[];
  /** Mistakes and goals for which no facts were found. */
  readonly left: readonly string[];
}

/** Proposes cases until every mistake is noticed and every condition is shown. */
export function proposeCases(
  document: PolicyDocument,
  lists: Lists,
): Proposal {
  const { survivors } = scoreMutants(document, lists);
  const trial = openTrial(document, lists);
  const cases: PolicyCase[] = [];
  const left: string[] = [];
  for (const { mutant, witness } of survivors) {
    if (witness === null) left.push(printMutant(mutant));
    else {
      const mistaken = openTrial(mutant.document, lists);
      if (cases.some((one) => !passes(mistaken, one))) continue;
      cases.push(stateCase(trial, `notices ${printMutant(mutant)}`, witness));
    }
  }
  for (const goal of coverConditions(document, lists).open) {
    if (cases.some(goal.isMetBy)) continue;
    if (goal.witness === null) left.push(printGoal(goal));
    else {
      cases.push(stateCase(trial, `shows ${printGoal(goal)}`, goal.witness));
    }
  }
  return { cases, left };
}

/** What a mistake is, in one line. */
export function printMutant({ rule, change, within }: Mutant): string {
  const where = within === null ? "" : ` in ${shorten(within)}`;
  return `${rule ?? "policy"}: ${shorten(change)}${where}`;
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** What is to be shown, in one line. */
export function printGoal({ rule, condition, want }: Goal): string {
  if (condition === null) return `${rule} ${want}`;
  const sees = want.startsWith("decides") ? want : `is ${want}`;
  return `${rule}: ${shorten(condition)} ${sees}`;
}
