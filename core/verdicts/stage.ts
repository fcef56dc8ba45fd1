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
} from "../domain/verdict.ts";
import {
  compileConditions,
  compileNumber,
  type Conditions,
  isSet,
} from "./compile.ts";
import { type CheckedRule, checkRules, readsAmount } from "./document.ts";
import { missingIn } from "./explain.ts";
import type { Expression } from "./expression.ts";

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
  /** The bound in micros, not yet rounded; NaN when unknown. */
  bound(facts: Facts): number;
}

/** Rules that see the same facts, in the order in which they apply. */
export interface Stage {
  readonly rules: readonly StagedRule[];
  readonly conditions: Conditions;
}

/** What is judged for one kind of decision. */
export interface Stages {
  /** Adjust, floor, cap. */
  readonly shape: Stage;
  /** Deny. */
  readonly deny: Stage;
  /** Rules that hold ahead of any amount. */
  readonly ahead: Stage;
}

/** A rule that has something to say of these facts. */
export interface Finding {
  readonly staged: StagedRule;
  /** Whether the condition is unknown. */
  readonly missing: boolean;
}

const KINDS: readonly DecisionKind[] = ["bid", "action", "budget"];
const SHAPING: readonly Effect[] = ["adjust", "floor", "cap"];

/** Sorts and compiles the rules of checked documents. */
export function compileStages(
  documents: readonly PolicyDocument[],
): Readonly<Record<DecisionKind, Stages>> {
  const staged = documents.map((document) => ({
    on: document.on,
    rules: checkRules(`${document.policy}.json`, document)
      .map((checked) => stageRule(document, checked)),
  }));
  const entries = KINDS.map((kind) => {
    const rules = staged.filter(({ on }) => on.includes(kind))
      .flatMap((document) => document.rules);
    return [kind, compileKind(rules)] as const;
  });
  return Object.fromEntries(entries) as Record<DecisionKind, Stages>;
}

function compileKind(rules: readonly StagedRule[]): Stages {
  function having(effect: Effect): StagedRule[] {
    return rules.filter(({ rule }) => rule.effect === effect);
  }
  const ahead = ["floor", "cap", "deny"] as const;
  return {
    shape: compileStage(SHAPING.flatMap(having)),
    deny: compileStage(having("deny")),
    ahead: compileStage(
      ahead.flatMap(having).filter((staged) => staged.ahead),
    ),
  };
}

function compileStage(rules: readonly StagedRule[]): Stage {
  return { rules, conditions: compileConditions(rules.map((r) => r.when)) };
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
    bound: to === null ? () => NaN : compileNumber(to),
  };
}

/** What a rule does when a fact is missing. */
export function onMissingOf(
  { onMissing }: PolicyDocument,
  rule: PolicyRule,
): OnMissing {
  const byEffect = rule.effect === "adjust" ? "skip" : "deny";
  return rule.onMissing ?? onMissing ?? byEffect;
}

/**
 * Evaluates a stage.
 *
 * A rule limited to channels is in doubt where no channel is given: the limit
 * must not be a way around it.
 */
export function evaluateStage(
  { rules, conditions }: Stage,
  facts: Facts,
  to: { readonly tenant: string; readonly channel: string | null },
): Finding[] {
  if (rules.length === 0) return [];
  const out = new Int32Array(2 * conditions.words);
  conditions.evaluate(facts, out);
  const findings: Finding[] = [];
  rules.forEach((staged, index) => {
    const holds = isSet(out, 0, index);
    const unknown = isSet(out, conditions.words, index);
    if (!holds && !unknown) return;
    const { tenants, channels } = staged;
    if (tenants && !tenants.has(to.tenant)) return;
    if (channels && to.channel !== null && !channels.has(to.channel)) return;
    const nowhere = channels !== null && to.channel === null;
    findings.push({ staged, missing: unknown || nowhere });
  });
  return findings;
}

/** Names what made a rule unknown, for its reason. */
export function namesMissing(
  { when, to, channels }: StagedRule,
  facts: Facts,
  channel: string | null,
): readonly string[] {
  const parts = to === null ? [when] : [when, to];
  const names = parts.flatMap((part) => missingIn(part, facts));
  if (channels && channel === null) names.push("context.channel");
  return [...new Set(names)];
}
