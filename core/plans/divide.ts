/**
 * Divides a period's total among candidates until the policies accept every budget.
 *
 * Each round allocates, rounds to whole micros, and has each budget judged as it
 * would be written: micros per day, rounded down. An objection narrows that
 * candidate's bounds and the rest is divided anew: a changed amount becomes its
 * most or least (or the budget itself, if a rule adjusts amounts), a denial bounds
 * it at the allowed amount nearest to what was proposed, seen from today's spend.
 * When objections go on, a candidate is held at an allowed amount for good.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { EntityKey } from "../domain/entity.ts";
import type { AllocationProblem } from "../domain/plan.ts";
import type { AppliedRule, Verdict } from "../domain/verdict.ts";
import { allocate, type CertifiedAllocation, infeasible } from "./allocate.ts";
import {
  type Candidate,
  checkBounds,
  type Circumstances,
  judgeBudget,
  larger,
  smaller,
} from "./candidate.ts";
import { roundAmounts } from "./round.ts";

/** Budgets that pass, and the proof in amounts per day. */
export interface Division {
  /** For the period, micros, in the order of the candidates. */
  readonly budgets: readonly bigint[];
  readonly allocation: CertifiedAllocation;
  /** What was said of each budget in the end. */
  readonly applied: readonly (readonly AppliedRule[])[];
}

const NARROWING_ROUNDS = 12;
const ROUNDS = 40;
const NAMED = 12;

/**
 * Divides.
 *
 * @param candidates Narrowed in place.
 * @param total For the period, micros.
 * @throws {EngineError} `plan_infeasible` with the bounds or rules in conflict.
 */
export function divide(
  candidates: readonly Candidate[],
  total: bigint,
  circumstances: Circumstances,
): Division {
  const groups = listGroups(candidates, circumstances);
  for (let round = 0; round < ROUNDS; round++) {
    const allocation = solve(candidates, { total, groups, circumstances });
    const budgets = roundBudgets(allocation, candidates, {
      total,
      groups,
      circumstances,
    });
    const applied: (readonly AppliedRule[])[] = [];
    let objections = 0;
    candidates.forEach((candidate, at) => {
      const daily = (budgets[at] ?? 0n) / BigInt(circumstances.days);
      if (candidate.pinned === daily) {
        applied.push([]);
        return;
      }
      const verdict = judgeBudget(candidate, daily, circumstances);
      applied.push(verdict.applied);
      if (accepts(verdict, daily)) return;
      objections++;
      narrow(candidate, { daily, verdict, circumstances, round });
    });
    if (objections === 0) return { budgets, allocation, applied };
  }
  throw infeasible({
    constraints: listRules(candidates),
    reason: `policies still object after ${ROUNDS} rounds`,
  });
}

interface Group {
  readonly id: EntityKey;
  readonly lo: bigint;
  readonly hi: bigint;
}

interface Setting {
  readonly total: bigint;
  readonly groups: readonly Group[];
  readonly circumstances: Circumstances;
}

function listGroups(
  candidates: readonly Candidate[],
  { request }: Circumstances,
): Group[] {
  const parents = new Set(candidates.map(({ fitted }) => fitted.parent));
  return [...parents].flatMap((id) => {
    const bounds = id === null ? undefined : request.bounds[id];
    if (id === null || bounds === undefined) return [];
    const inside = candidates.filter(({ fitted }) => fitted.parent === id);
    const most = inside.reduce((sum, { hi }) => sum + hi, 0n);
    const lo = bounds.lo ?? 0n;
    return [{ id, lo, hi: bounds.hi ?? larger(most, lo) }];
  });
}

function solve(
  candidates: readonly Candidate[],
  { total, groups, circumstances }: Setting,
): CertifiedAllocation {
  const perDay = (micros: bigint) => Number(micros) / circumstances.days;
  const grouped = new Set(groups.map(({ id }) => id));
  const problem: AllocationProblem = {
    entities: candidates.map(({ fitted, lo, hi }) => ({
      id: fitted.entity,
      group: fitted.parent !== null && grouped.has(fitted.parent)
        ? fitted.parent
        : null,
      curve: fitted.curve,
      lo: perDay(lo),
      hi: perDay(hi),
    })),
    groups: groups.map(({ id, lo, hi }) => ({
      id,
      lo: perDay(lo),
      hi: perDay(hi),
    })),
    budget: perDay(total),
    spend: circumstances.request.spend,
  };
  try {
    return allocate(problem);
  } catch (error) {
    throw nameRules(error, candidates);
  }
}

/** Says the unit, and adds the rules that narrowed the bounds in conflict. */
function nameRules(
  error: unknown,
  candidates: readonly Candidate[],
): unknown {
  if (!(error instanceof EngineError)) return error;
  const rules = listRules(candidates).slice(0, NAMED).join(", ");
  const narrowed = rules === "" ? "" : `; bounds were narrowed by ${rules}`;
  return new EngineError(
    error.code,
    `${error.message}; amounts are micros a day${narrowed}`,
    {
      facts: { ...error.facts, ...rules === "" ? {} : { rules } },
      cause: error,
    },
  );
}

function listRules(candidates: readonly Candidate[]): string[] {
  const rules = candidates.flatMap(({ shaped }) =>
    shaped.map(({ rule }) => `rule:${rule}`)
  );
  return [...new Set(rules)];
}

function roundBudgets(
  { amounts }: CertifiedAllocation,
  candidates: readonly Candidate[],
  { total, groups, circumstances }: Setting,
): bigint[] {
  const { days, request } = circumstances;
  const periods = amounts.map((amount) => amount * days);
  const order = new Map(groups.map(({ id }, at) => [id, at]));
  const least = sumFloors(candidates, groups);
  const wanted = BigInt(Math.round(periods.reduce((sum, x) => sum + x, 0)));
  const free = larger(smaller(wanted, total), least);
  try {
    return roundAmounts(periods, {
      total: request.spend === "all" ? total : free,
      bounds: candidates.map(({ lo, hi }) => [lo, hi] as const),
      group: candidates.map(({ fitted }) =>
        fitted.parent === null ? -1 : order.get(fitted.parent) ?? -1
      ),
      groups: groups.map(({ lo, hi }) => [lo, hi] as const),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw infeasible({
      constraints: ["budget", ...groups.map(({ id }) => `group:${id}`)],
      reason: `bounds miss the total of ${total} micros by less than rounding`,
    });
  }
}

/** Least that all may get together. */
function sumFloors(
  candidates: readonly Candidate[],
  groups: readonly Group[],
): bigint {
  const rest = new Map(groups.map(({ id, lo }) => [id, lo]));
  let sum = 0n;
  for (const { fitted, lo } of candidates) {
    sum += lo;
    const left = fitted.parent === null ? undefined : rest.get(fitted.parent);
    if (fitted.parent !== null && left !== undefined) {
      rest.set(fitted.parent, left - lo);
    }
  }
  return [...rest.values()].reduce((all, left) => all + larger(left, 0n), sum);
}

function accepts({ allowed, amountMicros }: Verdict, daily: bigint): boolean {
  return allowed && amountMicros === Number(daily);
}

interface Objection {
  readonly daily: bigint;
  readonly verdict: Verdict;
  readonly circumstances: Circumstances;
  readonly round: number;
}

function narrow(candidate: Candidate, objection: Objection): void {
  const { daily, verdict, circumstances, round } = objection;
  const days = BigInt(circumstances.days);
  candidate.shaped = [...candidate.shaped, ...verdict.applied];
  const adjusted = verdict.applied.some(({ effect }) => effect === "adjust");
  const limit = verdict.allowed && verdict.amountMicros !== null
    ? BigInt(verdict.amountMicros)
    : findAllowed(candidate, objection);
  if (verdict.allowed && adjusted) candidate.pinned = limit;
  const hold = candidate.pinned !== null || round >= NARROWING_ROUNDS;
  if (hold || limit < daily) candidate.hi = smaller(candidate.hi, limit * days);
  if (hold || limit > daily) candidate.lo = larger(candidate.lo, limit * days);
  checkBounds(candidate);
}

/** The allowed amount nearest to the one denied, going out from one that is allowed. */
function findAllowed(
  candidate: Candidate,
  { daily, verdict, circumstances, round }: Objection,
): bigint {
  const days = BigInt(circumstances.days);
  const least = (candidate.lo + days - 1n) / days;
  const most = candidate.hi / days;
  const passes = (amount: bigint) =>
    accepts(judgeBudget(candidate, amount, circumstances), amount);
  const anchor = [candidate.spend.microsPerDay, least, most].find((amount) =>
    amount >= least && amount <= most && passes(amount)
  );
  if (anchor === undefined) throw denied(candidate, verdict);
  if (round >= NARROWING_ROUNDS) return anchor;
  let good = anchor;
  let bad = daily;
  while (good - bad > 1n || bad - good > 1n) {
    const middle = (good + bad) / 2n;
    if (passes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function denied(
  { fitted, spend }: Candidate,
  { applied }: Verdict,
): EngineError {
  const rules = applied.filter(({ effect, missing }) =>
    effect === "deny" || missing
  );
  const reasons = [...new Set(rules.map(({ reason }) => reason))].join("; ");
  return infeasible({
    constraints: [
      `entity:${fitted.entity}`,
      ...new Set(rules.map(({ rule }) => `rule:${rule}`)),
    ],
    reason:
      `policies allow "${fitted.entity}" no budget within its bounds, not even today's ${spend.microsPerDay} micros a day: ${reasons}`,
  });
}
