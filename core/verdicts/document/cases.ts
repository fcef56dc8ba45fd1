/**
 * A policy's own examples, run through the judge that will use it.
 *
 * @module
 */
import type {
  Facts,
  PolicyCase,
  PolicyDocument,
  Verdict,
} from "../../domain/verdict.ts";
import { explainRule, printExplanation } from "../explain/explain.ts";
import { compilePolicySet, type PolicySet } from "../judge/policy_set.ts";
import { factsSeenBy } from "../judge/seen.ts";
import { onMissingOf } from "../judge/stage.ts";
import { readFact } from "../language/catalogue.ts";
import { checkRules, type Lists, NO_LISTS } from "./document.ts";

/** What one case came to. */
export interface CaseOutcome {
  /** Place in the file, from 0. */
  readonly index: number;
  readonly note: string;
  /** Rules that acted, in the order of the file. */
  readonly fired: readonly string[];
  /** What was wanted, what came, and why; null when they agree. */
  readonly failure: string | null;
}

/** All of a verdict that a case can tell. */
export interface CaseResult {
  /** Rules that acted, in the order of the file. */
  readonly fired: readonly string[];
  /** Amount that came out, in micros; null where none was proposed or it is denied. */
  readonly amountMicros: number | null;
  /** Whether it is allowed once a person agrees. */
  readonly review: boolean;
  readonly priority: number;
}

/** Runs every case of a checked policy. */
export function runCases(
  document: PolicyDocument,
  lists: Lists = NO_LISTS,
): readonly CaseOutcome[] {
  const judge = openCases(document, lists);
  return document.cases.map((one, index) => {
    const { verdict, result } = judge(one);
    const failure = findFailure(one, result);
    const why = failure === null
      ? null
      : `${failure}; ${explainCase(document, one, { verdict, result, lists })}`;
    return { index, note: one.note, fired: result.fired, failure: why };
  });
}

/** What a case comes to. */
export interface JudgedCase {
  readonly verdict: Verdict;
  readonly result: CaseResult;
}

/** Compiles a checked policy to judge cases by it. */
export function openCases(
  document: PolicyDocument,
  lists: Lists,
): (one: PolicyCase) => JudgedCase {
  const alone = { ...document, cases: document.cases.slice(0, 1) };
  const beside = { lists: [...lists.values()] };
  const set = compilePolicySet([alone], beside);
  const capped = new Map<number, PolicySet>();
  return (one) => {
    const { otherCapMicros } = one;
    if (otherCapMicros === undefined) return judgeCase(set, document, one);
    const other = capped.get(otherCapMicros) ??
      compilePolicySet([alone, capAt(document, otherCapMicros)], beside);
    capped.set(otherCapMicros, other);
    return judgeCase(other, document, one);
  };
}

/** Another policy, which caps every amount. */
function capAt(
  { policy, owner, about, on }: PolicyDocument,
  to: number,
): PolicyDocument {
  return {
    policy: `other_than_${policy}`.slice(0, 63),
    version: 1,
    ...{ owner, about, on },
    rules: [{ id: "cap", effect: "cap", to, reason: "As the case says" }],
    cases: [{ note: "stands beside", facts: {}, want: [] }],
  };
}

function judgeCase(
  set: PolicySet,
  document: PolicyDocument,
  one: PolicyCase,
): JudgedCase {
  const scope = scopeOf(document, one);
  const kind = one.on ?? document.on[0] ?? "bid";
  const verdict = set.judge(kind, one.facts, {
    ...scope,
    ...amountsOf(one.facts),
  });
  const prefix = `${document.policy}@${document.version}/`;
  const acted = new Set(
    set.groups(one.facts, { ...scope, channel: null }).map(({ rule }) => rule),
  );
  for (const { rule, missing } of verdict.applied) {
    const id = rule.slice(prefix.length);
    const ruled = document.rules.find((one) => one.id === id);
    const skips = ruled && onMissingOf(document, ruled) === "skip";
    if (!(missing && skips)) acted.add(rule);
  }
  const fired = document.rules.map(({ id }) => id)
    .filter((id) => acted.has(`${prefix}${id}`));
  const { allowed, amountMicros, priority = 0 } = verdict;
  const review = allowed && verdict.review === true;
  return { verdict, result: { fired, amountMicros, review, priority } };
}

/** Whose decision a case is, and on which channel. */
export function scopeOf(
  document: PolicyDocument,
  { tenant, facts }: PolicyCase,
): { tenant: string; channel: string | null } {
  const channel = readFact(facts, "context.channel");
  return {
    tenant: tenant ?? document.appliesTo?.tenants?.[0] ?? "case",
    channel: typeof channel === "string" ? channel : null,
  };
}

/** Amounts of a case, in micros; null where it gives none. */
export function amountsOf(facts: Facts): {
  amountMicros: number | null;
  currentMicros: number | null;
} {
  return {
    amountMicros: numberIn(facts, "amount.micros"),
    currentMicros: numberIn(facts, "amount.currentMicros"),
  };
}

function numberIn(facts: Facts, path: string): number | null {
  const found = readFact(facts, path);
  return typeof found === "number" ? found : null;
}

/** What a result lacks of what a case wants; null when they agree. */
export function findFailure(
  { want, wantMicros, review, priority }: PolicyCase,
  result: CaseResult,
): string | null {
  if (want.join() !== result.fired.join()) {
    return `wanted ${printIds(want)} to fire, got ${printIds(result.fired)}`;
  }
  if (wantMicros !== undefined && wantMicros !== result.amountMicros) {
    const [wanted, got] = [wantMicros, result.amountMicros]
      .map((micros) => micros ?? "none");
    return `wanted ${wanted} micros, got ${got}`;
  }
  if (result.review !== (review === true)) {
    return `wanted ${result.review ? "no review" : "a review"}`;
  }
  if (priority === undefined || priority === result.priority) return null;
  return `wanted priority ${priority}, got ${result.priority}`;
}

function printIds(ids: readonly string[]): string {
  return ids.length === 0 ? "nothing" : ids.join(", ");
}

/** Explains the rules that the case concerns: those wanted, fired, or all. */
function explainCase(
  document: PolicyDocument,
  one: PolicyCase,
  { verdict, result, lists }: JudgedCase & { readonly lists: Lists },
): string {
  const judged = { facts: one.facts, options: amountsOf(one.facts) };
  const concerned = new Set([...one.want, ...result.fired]);
  return checkRules(`${document.policy}.json`, document, lists)
    .filter(({ rule: { id } }) => concerned.size === 0 || concerned.has(id))
    .map((checked) => {
      const seen = factsSeenBy(checked.rule, judged, verdict);
      return printExplanation(explainRule(document, checked, seen));
    }).join("; ");
}
