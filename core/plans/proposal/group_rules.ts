/**
 * Policies that bound several budgets together: whom they bind in a plan, and by how
 * much whole budgets break them.
 *
 * Amounts a day hold for the days to come, all together; shares hold for the budgets
 * of the period. Both are compared in whole micros, nothing rounded. Floors do not
 * give way to caps here: groups may cross, and what cannot hold together is named.
 *
 * @module
 */
import type { AppliedRule } from "../../domain/verdict.ts";
import type { GroupBound, PolicySet } from "../../verdicts/judge/policy_set.ts";
import {
  type Budgeted,
  describePlan,
  isWithin,
  type PlanFacts,
} from "./budget_facts.ts";

/** A rule about the sum of some of a plan's budgets. */
export interface GroupRule {
  /** `policy@version/rule`. */
  readonly rule: string;
  /** Why, for a person. */
  readonly reason: string;
  readonly effect: "cap" | "floor";
  /** Positions of those bound, at least one. */
  readonly members: readonly number[];
  /** What they are held to; null where a fact is missing, and so there may be no plan. */
  readonly to: GroupLimit | null;
}

/** Micros a day, or thousandths of all budgets. */
export type GroupLimit =
  | { readonly microsPerDay: bigint }
  | { readonly permille: bigint };

/** Lists the rules that bind anybody, floors first. */
export function listGroupRules(
  budgeted: readonly Budgeted[],
  plan: PlanFacts & { readonly tenant: string; readonly policies: PolicySet },
): readonly GroupRule[] {
  const { tenant, policies } = plan;
  const bounds = policies.groups(describePlan(plan), { tenant, channel: null });
  return bounds.flatMap((bound) => {
    const { rule, reason, effect } = bound;
    const members = [...budgeted.keys()].filter((at) => {
      const one = budgeted[at];
      return one !== undefined && isWithin(one, bound);
    });
    if (members.length === 0) return [];
    return [{ rule, reason, effect, members, to: limitOf(bound) }];
  });
}

function limitOf(
  { denied, toMicros, toPermille }: GroupBound,
): GroupLimit | null {
  if (denied) return null;
  if (toPermille !== null) return { permille: BigInt(toPermille) };
  return toMicros === null ? null : { microsPerDay: BigInt(toMicros) };
}

/** What a rule is held against: whole micros. */
export interface GroupSums {
  /** For the days to come, shape [budgets]. */
  readonly toCome: readonly bigint[];
  readonly days: number;
  /** For the period, shape [budgets]. */
  readonly budgets: readonly bigint[];
}

/**
 * Says by how much budgets break a rule.
 *
 * @returns Micros, above 0 where it is broken; of shares thousandths of a micro.
 */
export function findExcess(
  { effect, members, to }: GroupRule,
  { toCome, days, budgets }: GroupSums,
): bigint {
  if (to === null) return 1n;
  const over = "permille" in to
    ? sumUp(budgets, members) * 1000n -
      budgets.reduce((all, one) => all + one, 0n) * to.permille
    : sumUp(toCome, members) - to.microsPerDay * BigInt(days);
  return effect === "cap" ? over : -over;
}

function sumUp(amounts: readonly bigint[], members: readonly number[]): bigint {
  return members.reduce((sum, at) => sum + (amounts[at] ?? 0n), 0n);
}

/** Rules with their reasons, as refusals tell them. */
export function listReasons(
  rules: readonly GroupRule[],
): Pick<AppliedRule, "rule" | "reason">[] {
  return rules.map(({ rule, reason }) => ({ rule, reason }));
}
