/**
 * How many small mistakes a policy's cases would notice.
 *
 * @module
 */
import { canonicalJson } from "../../domain/canonical.ts";
import { EngineError } from "../../domain/error.ts";
import type { PolicyDocument } from "../../domain/verdict.ts";
import { type Lists, parseDocument } from "../document/document.ts";
import { vetDocument } from "../document/vet.ts";
import { children, type Expression, factsOf } from "../language/expression.ts";
import { findWitness } from "../meaning/witness.ts";
import { type ActingRule, actingRules, actOf } from "./acting_rule.ts";
import { type FactSpace, spaceOf } from "./fact_space.ts";
import { type Mutant, mutate } from "./mutate.ts";
import { type Finding, search } from "./search.ts";
import {
  answer,
  differ,
  openTrial,
  passes,
  type Question,
  type Trial,
} from "./trial.ts";

/** A mistake that no case notices. */
export interface Survivor {
  readonly mutant: Mutant;
  /** On which the policy and the mistaken one differ; null where none was found. */
  readonly witness: Question | null;
}

/** What became of all mistakes. */
export interface MutationReport {
  /** Noticed by some case. */
  readonly killed: readonly Mutant[];
  readonly survivors: readonly Survivor[];
  /** Proven to mean the same. */
  readonly equivalent: readonly Mutant[];
  /** Changes that the checks of the language refuse; no case could show them. */
  readonly refused: number;
  /** Killed of killed and survivors, in [0, 1]; 1 where there are none. */
  readonly score: number;
}

/** Makes every small mistake in a checked policy and runs its cases on each. */
export function scoreMutants(
  document: PolicyDocument,
  lists: Lists,
): MutationReport {
  const original = openTrial(document, lists);
  const seen = new Set([keyOf(original.rules)]);
  const survivors: Survivor[] = [];
  const equivalent: Mutant[] = [];
  const killed: Mutant[] = [];
  let refused = 0;
  for (const mutant of mutate(document)) {
    const rules = checkMutant(mutant, lists);
    if (rules === null) refused++;
    if (rules === null || seen.has(keyOf(rules))) continue;
    seen.add(keyOf(rules));
    const trial = openTrial(mutant.document, lists);
    if (!document.cases.every((one) => passes(trial, one))) {
      killed.push(mutant);
      continue;
    }
    const finding = findDifference(original, { mutant, trial });
    if (finding === "impossible") equivalent.push(mutant);
    else {
      const witness = finding === "unknown" ? null : finding.found;
      survivors.push({ mutant, witness });
    }
  }
  const all = killed.length + survivors.length;
  const score = all === 0 ? 1 : killed.length / all;
  return { killed, survivors, equivalent, refused, score };
}

/** Rules of a mutant; null where the language refuses it. */
function checkMutant(
  { document }: Mutant,
  lists: Lists,
): readonly ActingRule[] | null {
  const file = `${document.policy}.json`;
  try {
    const parsed = parseDocument(file, document, lists);
    vetDocument(file, parsed, lists);
    return actingRules(parsed, lists);
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

function keyOf(rules: readonly ActingRule[]): string {
  return canonicalJson(rules.map(({ rule, when, to, ...others }) => {
    const { effect, byPermille, by } = rule;
    return { effect, byPermille, by, when, to, ...others };
  }));
}

/** Looks for a case that tells a mutant from the policy. */
function findDifference(
  original: Trial,
  { mutant, trial }: { mutant: Mutant; trial: Trial },
): Finding {
  const isSeen = (question: Question) =>
    differ(answer(original, question), answer(trial, question));
  const findings = original.rules.flatMap((rule, index) => {
    const other = trial.rules[index];
    if (!other || (mutant.rule ?? rule.rule.id) !== rule.rule.id) return [];
    const finding = search({
      trial: original,
      space: spaceOfPair(rule, other),
      couldBe: (situation) =>
        actOf(rule, situation) !== actOf(other, situation),
      isSeen,
      noiseOf: (question) =>
        answer(original, question).fired
          .filter((id) => id !== rule.rule.id).length,
    });
    return [finding === "unknown" ? compare(rule, other, isSeen) : finding];
  });
  const found = findings.find((one) => typeof one === "object");
  if (found) return found;
  return findings.includes("unknown") ? "unknown" : "impossible";
}

/** Compares conditions for good, where all else of two readings of a rule is one. */
function compare(
  rule: ActingRule,
  other: ActingRule,
  isSeen: (question: Question) => boolean,
): Finding {
  if (keyOf([rule]) !== keyOf([{ ...other, ...askedBy(rule) }])) {
    return "unknown";
  }
  let proven = true;
  for (const [mine, its] of UNEQUAL) {
    const witness = findWitness([
      { condition: rule.when, outcome: mine },
      { condition: other.when, outcome: its },
    ]);
    if (witness.answer === "found" && isSeen({ facts: witness.facts })) {
      return { found: { facts: witness.facts } };
    }
    proven &&= witness.answer === "impossible";
  }
  return proven ? "impossible" : "unknown";
}

const VALUES = [true, false, null];
const UNEQUAL = VALUES.flatMap((mine) =>
  VALUES.filter((its) => its !== mine).map((its) => [mine, its] as const)
);

function askedBy({ asks, when }: ActingRule) {
  return { asks, when };
}

/** Facts that can tell two readings of a rule apart. */
function spaceOfPair(one: ActingRule, other: ActingRule): FactSpace {
  const bounds = [one.to, other.to].filter((to) => to !== null);
  const same = canonicalJson(one.to) === canonicalJson(other.to);
  const presence = bounds.map((to): Expression => ({
    op: "missing",
    facts: factsOf(to),
  }));
  const space = spaceOf([one.when, other.when, ...same ? presence : bounds]);
  const settled = !same || bounds.every(isKnownByPresence);
  return { ...space, complete: space.complete && settled };
}

/** Whether a bound is known as soon as all of its facts are. */
function isKnownByPresence(to: Expression): boolean {
  if (to.op === "fact") return to.fact.type === "integer";
  if (to.op === "literal") return true;
  if (to.op !== "arithmetic") return false;
  const [, by] = to.of;
  const divides = to.how === "/" || to.how === "%";
  const byZero = by?.op !== "literal" || by.value === 0;
  return !(divides && byZero) && children(to).every(isKnownByPresence);
}
