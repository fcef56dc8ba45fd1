/**
 * The rules of a policy set as terms: when each does what, whatever `onMissing` says.
 *
 * @module
 */
import type {
  DecisionKind,
  OnMissing,
  PolicyDocument,
} from "../../domain/verdict.ts";
import {
  type CheckedRule,
  checkRules,
  type Lists,
} from "../document/document.ts";
import { type Limit, limitOf } from "../judge/limits.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { onMissingOf } from "../judge/stage.ts";
import { arithmetic, less, whole } from "./number_term.ts";
import {
  among,
  and,
  constant,
  defined,
  FALSE,
  not,
  or,
  possibly,
  read,
  surely,
  type Term,
  TRUE,
} from "./term.ts";
import { toTerm, type View } from "./translate.ts";

/** A rule of a set, with what decides whether it speaks. */
export interface RuleOfSet extends CheckedRule {
  /** `policy/rule`: the same in all versions. */
  readonly id: string;
  /** `policy@version/rule`. */
  readonly name: string;
  readonly policy: PolicyDocument;
  readonly onMissing: OnMissing;
  readonly limit: Limit | null;
}

/** When a rule does what its effect says, and when it refuses for want of a fact. */
export interface RuleTerms {
  readonly acts: Term;
  readonly refuses: Term;
  /** Bound of caps, floors and limits of micros, in whole micros; known where it acts. */
  readonly bound: Term;
}

/** Whose decision it is. */
export const TENANT = read({ path: "tenant", type: "string" }, "anyone");
/** Where it is. */
export const CHANNEL = read({ path: "context.channel", type: "string" });
/** Whether the action is to do nothing. */
export const IS_CONTROL = surely(
  read({ path: "context.isControl", type: "boolean" }),
);

/** All rules of a set, in the order in which the judge has them. */
export function rulesOf(
  { documents, lists }: Pick<PolicySet, "documents" | "lists">,
): readonly RuleOfSet[] {
  const shared: Lists = new Map(lists.map((one) => [one.list, one]));
  return [...documents].sort((a, b) => a.policy < b.policy ? -1 : 1)
    .flatMap((policy) =>
      checkRules(`${policy.policy}.json`, policy, shared).map((checked) => ({
        ...checked,
        id: `${policy.policy}/${checked.rule.id}`,
        name: `${policy.policy}@${policy.version}/${checked.rule.id}`,
        policy,
        onMissing: onMissingOf(policy, checked.rule),
        limit: limitOf(policy, checked.rule),
      }))
    );
}

/** Whether a rule is judged for decisions of a kind, each on its own. */
export function speaksOf(
  { policy, limit, rule }: RuleOfSet,
  kind: DecisionKind,
): boolean {
  if (!policy.on.includes(kind) || rule.over !== undefined) return false;
  return limit === null || kind === "bid" ||
    (kind === "action" && limit.of === "decisions");
}

/** When the condition of a rule holds, and the decision is one that it speaks of. */
export function conditionOf(
  { when, policy: { appliesTo } }: RuleOfSet,
  view?: View,
): Term {
  const { tenants, channels } = appliesTo ?? {};
  return and(
    ...tenants ? [among(TENANT, tenants)] : [],
    ...channels ? [among(CHANNEL, channels)] : [],
    toTerm(when, view),
  );
}

/**
 * Says when a rule acts.
 *
 * @param view The amount that its stage sees.
 * @param isIdle When nothing is done, so that limits are silent.
 */
export function termsOf(
  rule: RuleOfSet,
  view: View,
  isIdle: Term = FALSE,
): RuleTerms {
  const condition = conditionOf(rule, view);
  const bound = boundOf(rule, view);
  if (bound !== null) {
    return boundedTerms(rule, { condition, bound, isIdle });
  }
  if (rule.limit !== null) return countedTerms(rule, condition, isIdle);
  const denies = rule.rule.effect === "deny";
  const isDoubtEnough = rule.onMissing === "apply" ||
    (denies && rule.onMissing === "deny");
  const acts = isDoubtEnough ? possibly(condition) : surely(condition);
  const refuses = rule.onMissing === "deny" && !denies
    ? and(possibly(condition), not(surely(condition)))
    : FALSE;
  return { acts, refuses, bound: constant(null) };
}

function boundOf(
  { to, rule: { effect }, limit }: RuleOfSet,
  view: View,
): Term | null {
  if (limit?.of === "micros") {
    const left = arithmetic("-", [constant(limit.most), countTerm(limit)]);
    return arithmetic("max", [left, constant(0)]);
  }
  return to === null
    ? null
    : whole(effect === "cap" ? "down" : "up", toTerm(to, view));
}

/** What a limit has counted. */
function countTerm({ name }: Limit): Term {
  return read({ path: `counts.${name}`, type: "integer" });
}

/** Caps, floors, limits of micros: in doubt also where the bound is. */
function boundedTerms(
  { onMissing, limit }: RuleOfSet,
  { condition, bound, isIdle }: {
    readonly condition: Term;
    readonly bound: Term;
    readonly isIdle: Term;
  },
): RuleTerms {
  const known = surely(defined(bound));
  const isFirm = and(surely(condition), known);
  const fires = onMissing === "apply"
    ? and(possibly(condition), known)
    : isFirm;
  const refuses = onMissing === "skip"
    ? FALSE
    : and(possibly(condition), not(fires));
  const isBusy = limit === null ? TRUE : not(isIdle);
  return { acts: and(fires, isBusy), refuses: and(refuses, isBusy), bound };
}

/** Limits of decisions refuse when what was counted is no less than the most. */
function countedTerms(
  { onMissing, limit }: RuleOfSet,
  condition: Term,
  isIdle: Term,
): RuleTerms {
  const count = limit === null ? constant(null) : countTerm(limit);
  const reached = not(less(count, constant(limit?.most ?? 0)));
  const isSure = surely(condition);
  const acts = onMissing === "skip" ? and(isSure, surely(reached)) : or(
    and(isSure, possibly(reached)),
    and(possibly(condition), not(isSure)),
  );
  return {
    acts: and(acts, not(isIdle)),
    refuses: FALSE,
    bound: constant(null),
  };
}
