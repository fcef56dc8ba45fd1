/**
 * Divides a period's total among candidates until the policies accept every budget.
 *
 * Each round solves, rounds to whole units, and has each budget judged as it would be
 * written: micros per day, rounded down. An objection narrows that candidate's bounds
 * and the rest is divided anew: a changed amount becomes its most or least (or the
 * budget itself, if a rule adjusts amounts), a denial bounds it at the allowed amount
 * nearest to what was proposed, seen from today's spend. When objections go on, a
 * candidate is held at an allowed amount for good. Where rounding broke what policies
 * demand of several together, that row is tightened by as much.
 *
 * @module
 */
import type { EngineError } from "../../domain/error.ts";
import type { AppliedRule, Verdict } from "../../domain/verdict.ts";
import {
  type Candidate,
  type Circumstances,
  judgeBudget,
  nameRules,
} from "./candidate.ts";
import { accepts, narrow } from "./narrow.ts";
import { leavePerDay } from "./request/bound.ts";
import { type Frame, limitUnits, pose, type Posed } from "./request/pose.ts";
import { measureBreaches } from "./request/policy_rows.ts";
import { refuseConflict } from "./request/refusal.ts";
import { solve, type Solved } from "./request/solve.ts";
import type { Timer } from "./request/timer.ts";
import { createTranslator } from "./request/words.ts";
import { listDayGroups } from "./day_groups.ts";
import { listReasons } from "./group_rules.ts";
import { roundWithin } from "../allocation/round_allocation.ts";

/** Budgets that pass, and the proof. */
export interface Division {
  /** For the period, micros, in the order of the candidates. */
  readonly budgets: readonly bigint[];
  readonly solved: Solved;
  /** What was said of each budget in the end. */
  readonly applied: readonly (readonly AppliedRule[])[];
}

/** How a total is divided. */
export interface DivideOptions {
  readonly frame: Frame;
  readonly circumstances: Circumstances;
  readonly timer: Timer;
}

const ROUNDS = 40;

/**
 * Divides.
 *
 * @param candidates Narrowed in place.
 * @throws {EngineError} `plan_infeasible` with the fields and rules in conflict.
 */
export function divide(
  candidates: readonly Candidate[],
  { frame, circumstances, timer }: DivideOptions,
): Division {
  let tightened = leaveRoom(frame, candidates);
  let proven = -Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const posed = pose(frame, candidates, tightened);
    const solved = solve(posed, { frame, candidates, timer });
    const budgets = roundBudgets(posed, { solved, frame, candidates });
    const breaches = measureBreaches(frame.ruled, candidates, {
      ...{ budgets, grid: frame.grid },
    });
    if (breaches.some((units) => units > 0n)) {
      proven = Math.max(proven, solved.upperBound);
      tightened = tighten(tightened, breaches);
      continue;
    }
    const verdicts = candidates.map((candidate, at) =>
      judge(candidate, budgets[at] ?? 0n, circumstances)
    );
    let objections = 0;
    candidates.forEach((candidate, at) => {
      const { daily, verdict } = verdicts[at] ?? { daily: 0n, verdict: null };
      if (verdict === null || accepts(verdict, daily)) return;
      objections++;
      narrow(candidate, {
        ...{ daily, verdict, circumstances, round },
        stepMicros: frame.grid.stepMicros,
      });
    });
    if (objections > 0) continue;
    const applied = verdicts.map(({ verdict }) => verdict?.applied ?? []);
    const upperBound = Math.max(solved.upperBound, proven);
    return { budgets, solved: { ...solved, upperBound }, applied };
  }
  throw refuseRounds(candidates, frame);
}

/**
 * Units by which rows are tighter from the start: a micro a day for each budget whose
 * days are to be parts of a bound that crosses others, which are rounded.
 */
function leaveRoom(
  { request, grid: { days }, ruled, total }: Frame,
  candidates: readonly Candidate[],
): readonly bigint[] {
  if (request.schedule === undefined) return ruled.map(() => 0n);
  const { crossing } = listDayGroups(candidates, request, {
    rules: ruled.map(({ rule }) => rule),
    totalMicros: total.micros,
  });
  return ruled.map(({ rule }) =>
    crossing.includes(rule) ? BigInt(days * rule.members.length) : 0n
  );
}

/** Twice as much where it was not enough, so that it soon is more than a sum in floating point is off by. */
function tighten(
  tightened: readonly bigint[],
  breaches: readonly bigint[],
): readonly bigint[] {
  return tightened.map((units, at) => {
    const breach = breaches[at] ?? 0n;
    return breach > 0n ? 2n * units + breach : units;
  });
}

function refuseRounds(
  candidates: readonly Candidate[],
  { ruled }: Frame,
): EngineError {
  const shaped = candidates.flatMap((candidate) => candidate.shaped);
  return refuseConflict({
    asked: [...nameRules(shaped), ...ruled.map(({ id }) => id)],
    reason: `policies still object after ${ROUNDS} rounds`,
    rules: [...shaped, ...listReasons(ruled.map(({ rule }) => rule))],
  });
}

/** What is said of a budget; null where a policy set it itself. */
function judge(
  candidate: Candidate,
  budget: bigint,
  circumstances: Circumstances,
): { readonly daily: bigint; readonly verdict: Verdict | null } {
  const { spend } = candidate;
  const daily = leavePerDay(budget, { spend, days: circumstances.days });
  return {
    daily,
    verdict: candidate.pinned === daily
      ? null
      : judgeBudget(candidate, daily, circumstances),
  };
}

function roundBudgets(
  posed: Posed,
  { solved: { amounts }, frame, candidates }: {
    readonly solved: Solved;
    readonly frame: Frame;
    readonly candidates: readonly Candidate[];
  },
): bigint[] {
  const { tree, grid } = frame;
  try {
    const limits = limitUnits(posed, { amounts, tree });
    return roundWithin(posed.problem, amounts, limits)
      .map((units) => units * grid.unitMicros);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const translate = createTranslator(frame, candidates);
    const { linear = [], returns = [], groups } = posed.problem;
    throw refuseConflict({
      asked: [
        "budget",
        ...linear.map(({ id }) => `linear:${id}:lo`),
        ...returns.map(({ id }) => `returns:${id}`),
        ...groups.flatMap(({ id, lo, hi }) => [
          ...lo > 0 ? [`group:${id}:lo`] : [],
          ...hi < Infinity ? [`group:${id}:hi`] : [],
        ]),
        ...frame.request.stepMicros === undefined ? [] : ["entity::step"],
      ].flatMap((name) => translate(name).by),
      reason:
        "amounts exist that satisfy all constraints, but none in whole units",
    });
  }
}
