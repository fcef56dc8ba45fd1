/**
 * The nearest change of facts that would turn a verdict, found by judging again.
 *
 * One fact is nearer than two. Among single facts, those that a caller can act on
 * (amount, constraints, compliance) are nearer than where and when, and these nearer
 * than scores, features and counts. Then the distance decides: of numbers it is the
 * difference as a share of the larger of both, at least of 1; to another text, flag,
 * or between missing and known it is 1. Whole numbers are searched one by one between
 * turning points, fractions in thousandths.
 *
 * @module
 */
import type { Fact, Verdict } from "../../domain/verdict.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { factsSeenBy } from "../judge/seen.ts";
import { conditionsOf } from "../language/conditions.ts";
import type { FactRead } from "../language/expression.ts";
import { closeCondition } from "../program/closures.ts";
import {
  type FactChange,
  factIn,
  type Question,
  withFact,
} from "./question.ts";
import { listHeard } from "./relevant.ts";
import { sayChanges } from "./change_words.ts";
import { type Search, turnFact } from "./turn_fact.ts";

/** Most rules that one search hears, each as often as it is judged by. */
const MAX_HEARINGS = 1_000_000;

/** Facts that tell one proposal from another, or cannot be otherwise. */
const FIXED = [
  "context.isControl",
  "context.action",
  "context.model",
  "context.currency",
];

/** Facts, else groups, by how easily a caller changes them. */
const EASE: Readonly<Record<string, number>> = {
  "amount.currentMicros": 1,
  amount: 0,
  constraints: 0,
  compliance: 0,
  context: 1,
  time: 1,
};

/** What would turn a verdict. */
export interface NearestChange {
  /** Whether the proposal would then pass. */
  readonly passes: boolean;
  /** One fact, or two. */
  readonly changes: readonly FactChange[];
  /** As a sentence. */
  readonly sentence: string;
}

/** Whether a proposal may be done as it is judged, without asking anyone. */
export function isPassing({ allowed, review }: Verdict): boolean {
  return allowed && review !== true;
}

/**
 * Finds the nearest change that turns a verdict: a refusal, or the need for a person's
 * agreement, into a pass, or a pass into one of them.
 *
 * @returns Null where no change of one fact does, nor of two where it did not pass, or
 * none is found within the bounds of the search.
 */
export function findNearest(
  set: PolicySet,
  question: Question,
): NearestChange | null {
  let hearings = 0;
  function judge({ kind, facts, options }: Question): Verdict | null {
    hearings += heard.length;
    return hearings > MAX_HEARINGS ? null : set.judge(kind, facts, options);
  }
  const verdict = set.judge(question.kind, question.facts, question.options);
  const passed = isPassing(verdict);
  const heard = listHeard(set, question, passed ? null : verdict);
  const search: Search = {
    ...{ judge, heard },
    turns: (other: Verdict) => isPassing(other) !== passed,
  };
  const facts = factsHeard(heard).filter(({ path }) =>
    question.kind !== "action" || !path.startsWith("amount.")
  );
  const found = nearestOne(facts, search, question) ??
    (passed ? null : nearestTwo(facts, search, { question, verdict }));
  if (found === null) return null;
  const { changes } = found;
  return {
    ...{ passes: !passed, changes },
    sentence: sayChanges(!passed, changes),
  };
}

/** Facts that may turn the verdict, the easiest first, as the search is bounded. */
function factsHeard(heard: Search["heard"]): readonly FactRead[] {
  const facts = heard.flatMap((one) => one.decides ? one.facts : []);
  const byPath = new Map(facts.map((fact) => [fact.path, fact]));
  if (byPath.delete("amount.stepPermille")) {
    for (const path of ["amount.micros", "amount.currentMicros"]) {
      byPath.set(path, { path, type: "integer" });
    }
  }
  FIXED.forEach((path) => byPath.delete(path));
  return [...byPath.values()].sort((a, b) => easeOf(a) - easeOf(b));
}

function easeOf({ path }: FactRead): number {
  const [group = ""] = path.split(".");
  return EASE[path] ?? EASE[group] ?? 2;
}

interface Found {
  readonly changes: readonly FactChange[];
  readonly ease: number;
  readonly distance: number;
  readonly question: Question;
}

function nearestOne(
  facts: readonly FactRead[],
  search: Search,
  question: Question,
): Found | null {
  const found = facts.flatMap((fact) => changeOf(fact, search, question) ?? []);
  return found.toSorted(compareFound)[0] ?? null;
}

/** The nearest value of one fact that turns, weighed. */
function changeOf(
  fact: FactRead,
  search: Search,
  question: Question,
): Found | null {
  const turned = turnFact(fact, search, question);
  if (turned === null) return null;
  const from = factIn(question, fact.path);
  return {
    changes: [{ path: fact.path, from, to: turned.to }],
    ease: easeOf(fact),
    distance: distanceOf(from, turned.to),
    question: withFact(question, fact.path, turned.to),
  };
}

/** First a change that turns a rule, or a condition of one, then what is left. */
function nearestTwo(
  facts: readonly FactRead[],
  search: Search,
  { question, verdict }: { question: Question; verdict: Verdict },
): Found | null {
  const deciding = search.heard.filter(({ decides }) => decides)
    .map(({ rule, expressions }) => ({
      rule,
      conditions: expressions.flatMap(conditionsOf).map(closeCondition),
    }));
  const conditions = (seen: Verdict, asked: Question) =>
    deciding.flatMap(({ rule, conditions }) => {
      const facts = factsSeenBy(rule, asked, seen);
      return conditions.map((holds) => holds(facts));
    });
  const before = conditions(verdict, question);
  const steps: readonly Search["turns"][] = [
    (other) =>
      verdict.applied.some(({ rule }) =>
        !other.applied.some((applied) => applied.rule === rule)
      ),
    (other, asked) =>
      conditions(other, asked).some((holds, place) => holds !== before[place]),
  ];
  const found = steps.flatMap((turns) =>
    facts.flatMap((fact) => {
      const first = changeOf(fact, { ...search, turns }, question);
      if (first === null) return [];
      const others = facts.filter(({ path }) => path !== fact.path);
      const second = nearestOne(others, search, first.question);
      return second === null ? [] : [both(first, second)];
    })
  );
  return found.toSorted(compareFound)[0] ?? null;
}

function both(first: Found, second: Found): Found {
  return {
    changes: [...first.changes, ...second.changes],
    ease: first.ease + second.ease,
    distance: first.distance + second.distance,
    question: second.question,
  };
}

function compareFound(a: Found, b: Found): number {
  const [left, right] = [a, b].map(({ changes }) =>
    changes.map(({ path }) => path).join()
  );
  return a.ease - b.ease || a.distance - b.distance ||
    ((left ?? "") < (right ?? "") ? -1 : 1);
}

/** How far two values of a fact are apart. */
export function distanceOf(from: Fact, to: Fact): number {
  if (typeof from !== "number" || typeof to !== "number") return 1;
  return Math.abs(to - from) / Math.max(1, Math.abs(from), Math.abs(to));
}
