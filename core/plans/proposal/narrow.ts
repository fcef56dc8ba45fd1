/**
 * Narrows a candidate's bounds by what policies object to.
 *
 * @module
 */
import type { EngineError } from "../../domain/error.ts";
import type { Verdict } from "../../domain/verdict.ts";
import {
  type Candidate,
  checkBounds,
  type Circumstances,
  judgeBudget,
  nameRules,
} from "./candidate.ts";
import {
  highest,
  leavePerDay,
  lowest,
  NOTHING,
  sumDays,
} from "./request/bound.ts";
import { refuseConflict } from "./request/refusal.ts";

/** What was objected to. */
export interface Objection {
  /** Budget that was judged, micros per day. */
  readonly daily: bigint;
  readonly verdict: Verdict;
  readonly circumstances: Circumstances;
  /** Rounds before this one. */
  readonly round: number;
  /** Budgets per day are multiples of it, micros. */
  readonly stepMicros: bigint;
}

const NARROWING_ROUNDS = 12;

/** Whether policies let a budget be as it is. */
export function accepts(
  { allowed, amountMicros }: Verdict,
  daily: bigint,
): boolean {
  return allowed && amountMicros === Number(daily);
}

/**
 * Narrows.
 *
 * @throws {EngineError} `plan_infeasible` if nothing is left, naming the rules.
 */
export function narrow(candidate: Candidate, objection: Objection): void {
  const { daily, verdict, circumstances, round, stepMicros } = objection;
  const asked = nameRules(
    verdict.applied.filter(({ effect, missing, beforeMicros, afterMicros }) =>
      effect === "deny" || missing || beforeMicros !== afterMicros
    ),
  );
  candidate.shaped = [...candidate.shaped, ...verdict.applied];
  const adjusted = verdict.applied.some(({ effect }) => effect === "adjust");
  const told = verdict.allowed && verdict.amountMicros !== null
    ? BigInt(verdict.amountMicros)
    : findAllowed(candidate, objection);
  const pins = verdict.allowed && adjusted;
  const limit = pins ? told / stepMicros * stepMicros : told;
  if (pins) {
    candidate.pinned = limit;
    candidate.off = false;
  }
  const hold = candidate.pinned !== null || round >= NARROWING_ROUNDS;
  const { spend } = candidate;
  const { days } = circumstances;
  const bound = { micros: sumDays(limit, { spend, days }), asked };
  if (hold || limit < daily) candidate.hi = lowest([candidate.hi, bound]);
  const lifts = hold || limit > daily;
  if (candidate.off && (lifts || candidate.hi.micros < candidate.lo.micros)) {
    settleOff(candidate, { daily, limit });
  }
  if (lifts) candidate.lo = highest([candidate.lo, bound]);
  checkBounds(candidate, circumstances.days);
}

/** Says whether a candidate that may be off must be on, or off for good. */
function settleOff(
  candidate: Candidate,
  { daily, limit }: { readonly daily: bigint; readonly limit: bigint },
): void {
  if (limit === 0n || candidate.hi.micros < candidate.lo.micros) {
    candidate.lo = NOTHING;
    candidate.hi = { ...candidate.hi, micros: 0n };
    candidate.off = false;
  } else if (daily === 0n) candidate.off = false;
}

/** The allowed amount nearest to the one denied, going out from one that is allowed. */
function findAllowed(
  candidate: Candidate,
  { daily, verdict, circumstances, round, stepMicros }: Objection,
): bigint {
  const { spend } = candidate;
  const { days } = circumstances;
  const left = (budget: bigint) => leavePerDay(budget, { spend, days });
  const stepped = left(candidate.lo.micros) / stepMicros;
  const reached = sumDays(stepped * stepMicros, { spend, days });
  const least = stepped + (reached < candidate.lo.micros ? 1n : 0n);
  const most = left(candidate.hi.micros) / stepMicros;
  const passes = (steps: bigint) => {
    const amount = steps * stepMicros;
    return accepts(judgeBudget(candidate, amount, circumstances), amount);
  };
  const today = spend.microsPerDay / stepMicros;
  const anchor = [
    ...[today, least, most].filter((at) => at >= least && at <= most),
    ...candidate.off ? [0n] : [],
  ].find(passes);
  if (anchor === undefined) throw denied(candidate, verdict);
  if (round >= NARROWING_ROUNDS) return anchor * stepMicros;
  let good = anchor;
  let bad = daily / stepMicros;
  while (good - bad > 1n || bad - good > 1n) {
    const middle = (good + bad) / 2n;
    if (passes(middle)) good = middle;
    else bad = middle;
  }
  return good * stepMicros;
}

function denied(
  { fitted, spend, lo, hi }: Candidate,
  { applied }: Verdict,
): EngineError {
  const rules = applied.filter(({ effect, missing }) =>
    effect === "deny" || missing
  );
  return refuseConflict({
    asked: [...nameRules(rules), ...lo.asked, ...hi.asked],
    reason:
      `policies allow "${fitted.entity}" no budget from ${lo.micros} to ${hi.micros} micros in the period, not even today's ${spend.microsPerDay} micros a day`,
    rules,
  });
}
