/**
 * What a policy set says of one kind of decision, as terms over the facts: the judge
 * written out, so that two sets can be compared.
 *
 * @module
 */
import type { DecisionKind, Effect, Switch } from "../../domain/verdict.ts";
import type { PolicySet } from "../judge/policy_set.ts";
import { arithmetic, less, scaled } from "./number_term.ts";
import {
  CHANNEL,
  IS_CONTROL,
  type RuleOfSet,
  rulesOf,
  speaksOf,
  TENANT,
  termsOf,
} from "./rule_terms.ts";
import {
  among,
  and,
  choose,
  constant,
  defined,
  not,
  or,
  possibly,
  read,
  surely,
  type Term,
  UNBOUNDED,
} from "./term.ts";
import { PROPOSED } from "./translate.ts";

/** A verdict as a function of the facts. */
export interface VerdictTerms {
  readonly denied: Term;
  /** The amount that results, denied or not; unknown where none is proposed. */
  readonly amount: Term;
  readonly review: Term;
  /** Sum of priorities. */
  readonly priority: Term;
}

const KNOWN = surely(defined(PROPOSED));

/** What a set consists of. */
export type SetContent = Pick<PolicySet, "documents" | "lists" | "switches">;

/** The rules of a set and its kill switches. */
export interface SetRules {
  readonly rules: readonly RuleOfSet[];
  readonly switches: readonly Switch[];
}

/** Reads the rules of a set. */
export function readRules(set: SetContent): SetRules {
  return { rules: rulesOf(set), switches: set.switches };
}

/** Writes the judge of a kind of decision out. */
export function verdictTerms(set: SetRules, kind: DecisionKind): VerdictTerms {
  const rules = set.rules.filter((rule) => speaksOf(rule, kind));
  function having(effect: Effect, of?: "decisions" | "micros"): RuleOfSet[] {
    return rules.filter(({ rule, limit }) =>
      rule.effect === effect && limit?.of === of
    );
  }
  const shaped = shape({
    adjust: having("adjust"),
    floor: having("floor"),
    cap: having("cap"),
    limit: having("limit", "micros"),
  });
  const view = { amount: shaped.amount };
  const isIdle = or(isZero(shaped.amount), IS_CONTROL);
  function acting(effect: Effect, of?: "decisions"): Acting[] {
    return having(effect, of)
      .map((one) => ({ ...termsOf(one, view, isIdle), rule: one.rule }));
  }
  const prioritised = acting("prioritise");
  const reviewed = acting("review");
  const refusing = [...acting("limit", "decisions"), ...acting("deny")];
  const all = [...prioritised, ...reviewed, ...refusing];
  return {
    denied: or(
      and(KNOWN, shaped.refuses),
      ...all.map(({ refuses }) => refuses),
      ...refusing.map(({ acts }) => acts),
      and(not(isIdle), stops(set.switches)),
    ),
    amount: shaped.amount,
    review: or(...reviewed.map(({ acts }) => acts)),
    priority: priorityOf(prioritised),
  };
}

interface Acting {
  readonly acts: Term;
  readonly refuses: Term;
  readonly rule: RuleOfSet["rule"];
}

type Shaping = Readonly<
  Record<"adjust" | "floor" | "cap" | "limit", readonly RuleOfSet[]>
>;

/** What becomes of the amount; every rule sees the amount that is proposed. */
function shape(
  { adjust, floor, cap, limit }: Shaping,
): { amount: Term; refuses: Term } {
  const view = { amount: PROPOSED };
  const refusals: Term[] = [];
  function terms(rule: RuleOfSet, isIdle?: Term) {
    const found = termsOf(rule, view, isIdle);
    refusals.push(found.refuses);
    return found;
  }
  const adjusted = adjust.reduce<Term>((amount, one) => {
    const { acts } = terms(one);
    return scaled(amount, acts, one.rule.byPermille ?? 1000);
  }, PROPOSED);
  const floors = floor.map((one) => {
    const { acts, bound } = terms(one);
    return choose(acts, bound, constant(0));
  });
  const raised = arithmetic("max", [adjusted, ...floors]);
  const caps = cap.map((one) => {
    const { acts, bound } = terms(one);
    return choose(acts, bound, constant(UNBOUNDED));
  });
  let amount = arithmetic("min", [raised, ...caps]);
  for (const one of limit) {
    const { acts, bound } = terms(one, or(isZero(amount), IS_CONTROL));
    const most = choose(acts, bound, constant(UNBOUNDED));
    amount = arithmetic("min", [amount, most]);
  }
  return { amount, refuses: or(...refusals) };
}

/** Whether an amount is proposed and comes to nothing. */
function isZero(amount: Term): Term {
  return surely(not(less(constant(0), amount)));
}

function priorityOf(prioritised: readonly Acting[]): Term {
  const each = prioritised.map(({ acts, rule }) =>
    choose(acts, constant(rule.by ?? 0), constant(0))
  );
  return each.length === 0
    ? constant(0)
    : arithmetic("+", [...each, constant(0)]);
}

/** Whether a kill switch stops it, or may. */
function stops(switches: readonly Switch[]): Term {
  return or(...switches.map(({ stops }) =>
    possibly(and(
      ...Object.entries(stops).map(([member, wanted]) =>
        among(memberTerm(member), [wanted as string])
      ),
    ))
  ));
}

function memberTerm(member: string): Term {
  if (member === "tenant") return TENANT;
  return member === "channel"
    ? CHANNEL
    : read({ path: `context.${member}`, type: "string" });
}
