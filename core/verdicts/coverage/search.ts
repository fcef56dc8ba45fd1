/**
 * Looks for facts on which something can be seen of a policy.
 *
 * @module
 */
import type { DecisionKind, Fact, Facts } from "../../domain/verdict.ts";
import { isAlwaysGiven } from "../document/vet.ts";
import { readFact } from "../language/catalogue.ts";
import { type Expression, factsOf } from "../language/expression.ts";
import type { ActingRule, Situation } from "./acting_rule.ts";
import {
  assign,
  type Assignment,
  combine,
  countOf,
  pathsOf,
  setFact,
} from "./assignment.ts";
import { type FactSpace, spaceOf, withValues } from "./fact_space.ts";
import { foresee, type Question, type Trial } from "./trial.ts";

/** What is looked for. */
export interface Quest {
  readonly trial: Trial;
  /** Facts that it depends on, with values to try. */
  readonly space: FactSpace;
  /** Whether a rule by itself could show it; false for all means it is impossible. */
  couldBe(situation: Situation): boolean;
  /** Whether the whole policy shows it. */
  isSeen(question: Question): boolean;
  /** How much else a question stirs up, from 0; the least is taken. */
  noiseOf(question: Question): number;
}

/** A question that shows it; or none can; or none was found. */
export type Finding =
  | { readonly found: Question }
  | "impossible"
  | "unknown";

const MAX_COMBINATIONS = 20_000;
const MAX_HINTS = 40;
const MAX_SEEDS = 100;
const ENOUGH = 60;
/** Amounts that bounds bite on from both sides, micros. */
const AMOUNTS = [1_000_000, 1_000_000_000_000, 1000, 2, 1];
const AMOUNT = "amount.micros";
const TENANT = "tenant";

/** Searches facts; what is found has as few as will do. */
export function search(quest: Quest): Finding {
  const { trial } = quest;
  const space = scopeSpace(quest, quest.space);
  const hints = findHints(quest, space);
  if (hints.length === 0) {
    const all = space.complete && countOf(space) <= MAX_COMBINATIONS;
    return all ? "impossible" : "unknown";
  }
  const seeds = [{}, ...trial.document.cases.map(({ facts }) => facts)];
  const near = questionsOf(quest, thin(hints, MAX_HINTS), seeds);
  const found = findQuietest(quest, near) ?? searchWide(quest);
  return found === null ? "unknown" : { found: prune(quest, found) };
}

/** Searches among values that other rules tell apart, where one rule hides another. */
function searchWide(quest: Quest): Found | null {
  const { values } = spaceOf(partsOf(quest.trial.rules));
  const own = quest.space.values;
  const wide = [...own.keys()].reduce(
    (space, path) => withValues(space, path, values.get(path) ?? []),
    quest.space,
  );
  const hints = thin(findHints(quest, scopeSpace(quest, wide)), MAX_HINTS);
  const beside = new Map([...values].filter(([path]) => !own.has(path)));
  const seeds = [...combine({ values: beside }, MAX_SEEDS)]
    .map((assignment) => assign({}, assignment));
  return findQuietest(quest, questionsOf(quest, hints, seeds));
}

interface Found {
  readonly question: Question;
  readonly noise: number;
}

/** Of the first questions that show it, the one that stirs up the least. */
function findQuietest(
  quest: Quest,
  questions: Iterable<Question>,
): Found | null {
  let best: Found | null = null;
  let seen = 0;
  for (const question of questions) {
    if (!quest.isSeen(question)) continue;
    const noise = quest.noiseOf(question);
    if (best === null || noise < best.noise) best = { question, noise };
    if (noise === 0 || ++seen >= ENOUGH) break;
  }
  return best;
}

/** Adds tenants and channels that the policy is limited to, and leaves out what cannot be missing. */
function scopeSpace(
  { trial: { document } }: Quest,
  space: FactSpace,
): FactSpace {
  const { tenants, channels } = document.appliesTo ?? {};
  let scoped = space;
  if (channels) {
    scoped = withValues(scoped, "context.channel", [
      ...channels,
      "other",
      null,
    ]);
  }
  if (scoped.values.has(AMOUNT)) scoped = withValues(scoped, AMOUNT, AMOUNTS);
  if (tenants) scoped = withValues(scoped, TENANT, [...tenants, "other"]);
  const values = [...scoped.values].map((
    [path, of],
  ): [string, readonly Fact[]] => [
    path,
    isAlwaysGiven(path, document.on) ? of.filter((one) => one !== null) : of,
  ]);
  return { values: new Map(values), complete: scoped.complete };
}

/** Values of the facts in question for which a rule by itself could show it. */
function findHints(quest: Quest, space: FactSpace): readonly Assignment[] {
  const hints: Assignment[] = [];
  for (const assignment of combine(space, MAX_COMBINATIONS)) {
    const { tenant, ...facts } = assign({}, assignment);
    const situation = foresee(facts as Facts, tenantOf(quest, tenant));
    if (quest.couldBe(situation)) hints.push(assignment);
  }
  return hints;
}

/** At most so many of them, evenly spread. */
function thin<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) =>
    Math.floor(index / step) !== Math.floor((index - 1) / step)
  );
}

function tenantOf({ trial: { document } }: Quest, tenant: unknown): string {
  return typeof tenant === "string"
    ? tenant
    : document.appliesTo?.tenants?.[0] ?? "case";
}

/** Whole questions: the values in question, among facts that are given beside them. */
function* questionsOf(
  { trial: { document } }: Quest,
  hints: readonly Assignment[],
  seeds: readonly Facts[],
): Generator<Question> {
  for (const seed of seeds) {
    for (const hint of hints) {
      const { tenant, ...facts } = assign(seed, hint);
      for (const on of document.on) {
        const scope = {
          ...on === document.on[0] ? {} : { on },
          ...typeof tenant === "string" ? { tenant } : {},
        };
        for (const amount of amountsFor(on, hint)) {
          const given = amount === null
            ? facts as Facts
            : setFact(facts as Facts, AMOUNT, amount);
          yield { ...scope, facts: given };
        }
        const settled = hint.get(AMOUNT);
        if (typeof settled === "number") {
          yield { ...scope, facts: facts as Facts, otherCapMicros: settled };
        }
      }
    }
  }
}

/** Amounts to propose where the values do not say; null leaves what the facts have. */
function amountsFor(
  on: DecisionKind,
  hint: Assignment,
): readonly (number | null)[] {
  return on === "action" || hint.has(AMOUNT) ? [null] : AMOUNTS;
}

/**
 * Leaves out every fact without which the same is seen just as well, but those that
 * the policy reads and that every decision has.
 */
function prune(
  quest: Quest,
  { question, noise }: Found,
): Question {
  let kept = question;
  const read = new Set([AMOUNT, ...readBy(quest.trial.rules)]);
  for (const path of pathsOf(question.facts)) {
    if (readFact(kept.facts, path) === undefined) continue;
    const facts = setFact(kept.facts, path, null);
    const fewer = { ...kept, facts };
    const given = isAlwaysGiven(path, [
      question.on ?? quest.trial.document.on[0] ?? "bid",
    ]);
    const same = quest.isSeen(fewer) && quest.noiseOf(fewer) <= noise;
    if (same && !(given && read.has(path))) kept = fewer;
  }
  return kept;
}

/** Paths of the facts that rules read. */
export function readBy(rules: readonly ActingRule[]): readonly string[] {
  return partsOf(rules).flatMap(factsOf).map(({ path }) => path);
}

function partsOf(rules: readonly ActingRule[]): readonly Expression[] {
  return rules.flatMap(({ when, to }) => to === null ? [when] : [when, to]);
}
