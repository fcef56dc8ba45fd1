/**
 * One rule by itself: what it asks, what it does, and for which facts.
 *
 * A limit is spelled out as the condition or the bound over its count that it is, so
 * that its threshold is covered and changed like any other.
 *
 * @module
 */
import type {
  Facts,
  OnMissing,
  PolicyDocument,
  PolicyRule,
} from "../../domain/verdict.ts";
import {
  type CheckedRule,
  checkRules,
  type Lists,
} from "../document/document.ts";
import { isShaping } from "../judge/seen.ts";
import { onMissingOf } from "../judge/stage.ts";
import { readFact } from "../language/catalogue.ts";
import type { Expression } from "../language/expression.ts";
import { interpret } from "../language/interpret.ts";

/** A rule with all that decides what it does. */
export interface ActingRule {
  readonly rule: PolicyRule;
  /** Condition and schedule. */
  readonly asks: Expression;
  /** The same and, for a limit of decisions, its count. */
  readonly when: Expression;
  /** Bound in micros; for a limit of micros, what is left. */
  readonly to: Expression | null;
  readonly onMissing: OnMissing;
  readonly appliesTo: NonNullable<PolicyDocument["appliesTo"]>;
  /** Whether it sees the amount as proposed; else what came of it. */
  readonly seesProposed: boolean;
}

/** Facts, and whose decision it is. */
export interface Situation {
  readonly tenant: string;
  readonly facts: Facts;
}

const RESTS = "rests";
const DENIES = "denies";
/** All that a case sees of a rule over the budgets of a plan. */
const BOUNDS = "bounds";

/** The rules of a checked policy. */
export function actingRules(
  document: PolicyDocument,
  lists: Lists,
): readonly ActingRule[] {
  return checkRules(`${document.policy}.json`, document, lists)
    .map((checked) => ({
      ...spellLimit(document.policy, checked),
      rule: checked.rule,
      asks: checked.when,
      onMissing: onMissingOf(document, checked.rule),
      appliesTo: document.appliesTo ?? {},
      seesProposed: isShaping(checked.rule),
    }));
}

function spellLimit(
  policy: string,
  { rule, when, to }: CheckedRule,
): { when: Expression; to: Expression | null } {
  if (rule.effect !== "limit") return { when, to };
  const path = `counts.${policy}.${rule.id}`;
  const count: Expression = {
    op: "fact",
    fact: { path, type: "integer" },
    fallback: null,
    unit: null,
  };
  const most: Expression = { op: "literal", value: rule.most ?? 0 };
  if (rule.of === "micros") {
    return { when, to: { op: "arithmetic", how: "-", of: [most, count] } };
  }
  const reached: Expression = { op: "order", how: ">=", of: [count, most] };
  return { when: { op: "and", of: [when, reached] }, to: null };
}

/** Whether a rule speaks of a decision; null where its channel is in doubt. */
export function speaksOf(
  { appliesTo: { tenants, channels }, rule }: ActingRule,
  { tenant, facts }: Situation,
): boolean | null {
  const idle = readFact(facts, "context.isControl") === true ||
    readFact(facts, "amount.micros") === 0;
  if (rule.effect === "limit" && idle) return false;
  if (tenants && !tenants.includes(tenant)) return false;
  if (!channels) return true;
  const channel = rule.over ? null : readFact(facts, "context.channel");
  return typeof channel === "string" ? channels.includes(channel) : null;
}

/**
 * Says what a rule does, the same text for the same doing: two rules that do the
 * same in every situation cannot be told apart by any case.
 */
export function actOf(acting: ActingRule, situation: Situation): string {
  const { rule, asks, when, to, onMissing } = acting;
  const { facts } = situation;
  const speaks = speaksOf(acting, situation);
  const asked = interpret(asks, facts);
  if (speaks === false || asked === false) return RESTS;
  const sure = speaks === true && asked === true;
  const holds = interpret(when, facts);
  if (sure && holds === false) return RESTS;
  const bound = to === null ? null : interpret(to, facts);
  const unbound = to !== null && bound === null;
  const unknown = !sure || holds === null || unbound;
  if (unknown && onMissing === "skip") return RESTS;
  if (rule.over) return BOUNDS;
  if (unknown && (onMissing === "deny" || unbound)) return DENIES;
  const { effect, byPermille, by } = rule;
  if (effect === "deny" || (effect === "limit" && to === null)) return DENIES;
  const micros = typeof bound === "number" ? roundBound(rule, bound) : "";
  return [effect, micros, byPermille, by].join(" ");
}

/** As the judge rounds a bound: to its stricter side, and never below zero. */
function roundBound({ effect }: PolicyRule, micros: number): number {
  const whole = effect === "floor" ? Math.ceil(micros) : Math.floor(micros);
  return Math.min(Math.max(whole, 0), Number.MAX_SAFE_INTEGER);
}
