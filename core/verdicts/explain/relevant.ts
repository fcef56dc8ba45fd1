/**
 * Which rules a change of facts must be sought in.
 *
 * @module
 */
import type { PolicyRule, Verdict } from "../../domain/verdict.ts";
import { type CheckedRule, checkRules } from "../document/document.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import {
  type Expression,
  type FactRead,
  factsOf,
} from "../language/expression.ts";
import { isShaping } from "../judge/seen.ts";
import type { Question } from "./question.ts";

/** A rule to be heard: what it asks, bounds included, and the facts it reads. */
export interface Heard {
  readonly rule: PolicyRule;
  /** Its condition, and comparisons that its bound or limit stands for. */
  readonly expressions: readonly Expression[];
  readonly facts: readonly FactRead[];
  /** Whether a change of its facts can turn the verdict. */
  readonly decides: boolean;
}

const AMOUNT: Expression = {
  op: "fact",
  fact: { path: "amount.micros", type: "integer" },
  fallback: null,
  unit: "micros",
};

/**
 * Lists the rules that concern a question, and which of them can turn its verdict. The
 * others tell where a change of the same facts would make them speak.
 *
 * @param spoken The verdict that is to be turned by silencing those who spoke; null
 * where any rule may come to speak.
 */
export function listHeard(
  set: PolicySet,
  { kind, options }: Question,
  spoken: Verdict | null,
): readonly Heard[] {
  const lists = new Map(set.lists.map((one) => [one.list, one]));
  const names = spoken && new Set(spoken.applied.map(({ rule }) => rule));
  return set.documents.flatMap((document) => {
    const { policy, version, on, appliesTo } = document;
    const concerns = on.includes(kind) &&
      (appliesTo?.tenants?.includes(options.tenant) ?? true);
    if (!concerns) return [];
    const byChannel = appliesTo?.channels !== undefined;
    return checkRules(`${policy}.json`, document, lists)
      .filter(({ rule }) => rule.over === undefined)
      .map((checked) => ({
        ...hear(checked, { policy, byChannel }),
        decides: names === null || isShaping(checked.rule) ||
          names.has(`${policy}@${version}/${checked.rule.id}`),
      }));
  });
}

function hear(
  { rule, when, to }: CheckedRule,
  { policy, byChannel }: {
    readonly policy: string;
    readonly byChannel: boolean;
  },
): Omit<Heard, "decides"> {
  const expressions = [
    when,
    ...to === null ? [] : [compare(AMOUNT, to)],
    ...rule.effect === "limit" ? [limitComparison(policy, rule)] : [],
  ];
  const facts = expressions.flatMap(factsOf);
  const channel = { path: "context.channel", type: "string" } as const;
  return {
    ...{ rule, expressions },
    facts: byChannel ? [...facts, channel] : facts,
  };
}

/** The comparison that a limit stands for. */
export function limitComparison(
  policy: string,
  { id, of, most = 0 }: PolicyRule,
): Expression {
  const count: Expression = {
    op: "fact",
    fact: { path: `counts.${policy}.${id}`, type: "integer" },
    fallback: null,
    unit: null,
  };
  const bound: Expression = { op: "literal", value: most };
  if (of !== "micros") return compare(count, bound);
  const free: Expression = { op: "arithmetic", how: "-", of: [bound, count] };
  return compare(AMOUNT, free);
}

function compare(left: Expression, right: Expression): Expression {
  return { op: "order", how: ">=", of: [left, right] };
}
