/**
 * The rules of a policy set, sorted into the stages in which they are judged.
 *
 * @module
 */
import type {
  DecisionKind,
  Effect,
  Facts,
  OnMissing,
  PolicyDocument,
  PolicyRule,
  Switch,
} from "../../domain/verdict.ts";
import { closeNumber } from "../program/closures.ts";
import {
  compileConditions,
  type Conditions,
  isNoneSet,
  isSet,
  visitSet,
} from "../program/compile.ts";
import {
  type CheckedRule,
  checkRules,
  type Lists,
  readsAmount,
  readsTime,
} from "../document/document.ts";
import type { Expression } from "../language/expression.ts";
import { missingIn } from "../language/missing_facts.ts";
import { countOf, type Limit, limitOf } from "./limits.ts";

/** A rule ready to be judged. */
export interface StagedRule {
  /** `policy@version/rule`. */
  readonly name: string;
  readonly rule: PolicyRule;
  readonly when: Expression;
  readonly to: Expression | null;
  readonly onMissing: OnMissing;
  readonly tenants: ReadonlySet<string> | null;
  readonly channels: ReadonlySet<string> | null;
  /** Whether condition and bound hold whatever amount is proposed. */
  readonly ahead: boolean;
  /** What it limits; null for other effects. */
  readonly limit: Limit | null;
  /** The bound in micros, not yet rounded; NaN when unknown. */
  bound(facts: Facts): number;
}

/** Rules that see the same facts, in the order in which they apply. */
export interface Stage {
  readonly rules: readonly StagedRule[];
  readonly conditions: Conditions;
  /** What the conditions write their results to: read before the next evaluation. */
  readonly out: Int32Array;
}

/** What is judged for one kind of decision. */
export interface Stages {
  /** Adjust, floor, cap, limits of micros. */
  readonly shape: Stage;
  /** Prioritise, review, limits of decisions, deny. */
  readonly permit: Stage;
  /** Rules that hold ahead of any amount. */
  readonly ahead: Stage;
  /** Rules that bound the sum of several budgets; floors, then caps. */
  readonly groups: Stage;
  /** Kill switches that are on. */
  readonly switches: readonly Switch[];
  /** Limits that count what is decided. */
  readonly limits: readonly Limit[];
  /** Whether a rule asks for the moment: what is said may be otherwise at another. */
  readonly readsTime: boolean;
  /** Hash of the policy set. */
  readonly policySet: string;
}

/** A rule that has something to say of these facts. */
export interface Finding {
  readonly staged: StagedRule;
  /** Whether the condition is unknown. */
  readonly missing: boolean;
}

const KINDS: readonly DecisionKind[] = ["bid", "action", "budget"];
const NO_LIMITS: readonly Limit[] = [];
const NO_FINDINGS: readonly Finding[] = [];

/** What stands beside the policies of a set, and its hash. */
export interface Beside {
  readonly policySet: string;
  readonly lists: Lists;
  readonly switches: readonly Switch[];
}

/** Sorts and compiles the rules of checked documents. */
export function compileStages(
  documents: readonly PolicyDocument[],
  { policySet, lists, switches }: Beside,
): Readonly<Record<DecisionKind, Stages>> {
  const staged = documents.map((document) => ({
    on: document.on,
    rules: checkRules(`${document.policy}.json`, document, lists)
      .map((checked) => stageRule(document, checked)),
  }));
  const entries = KINDS.map((kind) => {
    const rules = staged.filter(({ on }) => on.includes(kind))
      .flatMap((document) => document.rules);
    return [kind, { ...compileKind(rules), switches, policySet }] as const;
  });
  return Object.fromEntries(entries) as Record<DecisionKind, Stages>;
}

function compileKind(
  rules: readonly StagedRule[],
): Omit<Stages, "switches" | "policySet"> {
  const alone = rules.filter(({ rule }) => rule.over === undefined);
  const together = rules.filter(({ rule }) => rule.over !== undefined);
  const limits = alone.flatMap(({ limit }) => limit ?? []);
  function having(effect: Effect, of?: Limit["of"]): StagedRule[] {
    return alone.filter(({ rule, limit }) =>
      rule.effect === effect && limit?.of === of
    );
  }
  const shape = [
    ...[having("adjust"), having("floor"), having("cap")],
    having("limit", "micros"),
  ];
  const permit = [
    ...[having("prioritise"), having("review")],
    ...[having("limit", "decisions"), having("deny")],
  ];
  const ahead = [having("floor"), having("cap"), having("deny")];
  const groups = (["floor", "cap"] as const).map((effect) =>
    together.filter(({ rule }) => rule.effect === effect)
  );
  return {
    shape: compileStage(shape.flat()),
    permit: compileStage(permit.flat()),
    ahead: compileStage(ahead.flat().filter((staged) => staged.ahead)),
    groups: compileStage(groups.flat()),
    limits: limits.length === 0 ? NO_LIMITS : limits,
    readsTime: rules.some((staged) => partsOf(staged).some(readsTime)),
  };
}

function compileStage(rules: readonly StagedRule[]): Stage {
  const conditions = compileConditions(rules.map(({ when }) => when));
  return { rules, conditions, out: new Int32Array(2 * conditions.words) };
}

function stageRule(
  document: PolicyDocument,
  { rule, when, to }: CheckedRule,
): StagedRule {
  const { policy, version, appliesTo } = document;
  return {
    name: `${policy}@${version}/${rule.id}`,
    rule,
    when,
    to,
    onMissing: onMissingOf(document, rule),
    tenants: appliesTo?.tenants ? new Set(appliesTo.tenants) : null,
    channels: appliesTo?.channels ? new Set(appliesTo.channels) : null,
    ahead: ![when, to].some((part) => part !== null && readsAmount(part)),
    limit: limitOf(document, rule),
    bound: to === null ? () => NaN : closeNumber(to),
  };
}

/** What a rule reads facts for: its condition, and its bound if it has one. */
function partsOf(
  { when, to }: Pick<StagedRule, "when" | "to">,
): readonly Expression[] {
  return to === null ? [when] : [when, to];
}

/** What a rule does when a fact is missing. */
export function onMissingOf(
  { onMissing }: PolicyDocument,
  rule: PolicyRule,
): OnMissing {
  const mild = rule.effect === "adjust" || rule.effect === "prioritise";
  const byEffect = mild ? "skip" : "deny";
  return rule.onMissing ?? onMissing ?? byEffect;
}

/**
 * Evaluates a stage.
 *
 * A rule limited to channels is in doubt where no channel is given: the limit
 * must not be a way around it.
 */
export function evaluateStage(
  stage: Stage,
  facts: Facts,
  to: Addressee,
): readonly Finding[] {
  if (stage.rules.length === 0) return NO_FINDINGS;
  stage.conditions.evaluate(facts, stage.out);
  return isNoneSet(stage.out) ? NO_FINDINGS : findingsOf(stage, to);
}

/** Whose proposal it is, and where. */
interface Addressee {
  readonly tenant: string;
  readonly channel: string | null;
}

/** The rules that speak for somebody, by what the conditions came to. */
function findingsOf(
  { rules, conditions: { words }, out }: Stage,
  to: Addressee,
): readonly Finding[] {
  const findings: Finding[] = [];
  visitSet(out, words, (index) => {
    const staged = rules[index] as StagedRule;
    const { tenants, channels } = staged;
    if (tenants && !tenants.has(to.tenant)) return;
    if (channels && to.channel !== null && !channels.has(to.channel)) return;
    const nowhere = channels !== null && to.channel === null;
    findings.push({ staged, missing: nowhere || isSet(out, words, index) });
  });
  return findings;
}

/** Names what made a rule unknown, for its reason. */
export function namesMissing(
  { when, to, channels, limit }: StagedRule,
  facts: Facts,
  channel: string | null,
): readonly string[] {
  const names = partsOf({ when, to }).flatMap((part) => missingIn(part, facts));
  if (channels && channel === null) names.push("context.channel");
  if (limit && countOf(limit, facts) === null) {
    names.push(`counts.${limit.name}`);
  }
  return [...new Set(names)];
}
