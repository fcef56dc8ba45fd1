/**
 * Divides a period's total among candidates until the policies accept every budget.
 *
 * Each round solves, rounds to whole units, and has each budget judged as it would be
 * written: micros per day, rounded down. An objection narrows that candidate's bounds
 * and the rest is divided anew: a changed amount becomes its most or least (or the
 * budget itself, if a rule adjusts amounts), a denial bounds it at the allowed amount
 * nearest to what was proposed, seen from today's spend. When objections go on, a
 * candidate is held at an allowed amount for good.
 *
 * @module
 */
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
import { refuseConflict } from "./request/refusal.ts";
import { solve, type Solved } from "./request/solve.ts";
import type { Timer } from "./request/timer.ts";
import { createTranslator } from "./request/words.ts";
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
  for (let round = 0; round < ROUNDS; round++) {
    const posed = pose(frame, candidates);
    const solved = solve(posed, { frame, candidates, timer });
    const budgets = roundBudgets(posed, { solved, frame, candidates });
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
    return { budgets, solved, applied };
  }
  const shaped = candidates.flatMap((candidate) => candidate.shaped);
  throw refuseConflict({
    asked: nameRules(shaped),
    reason: `policies still object after ${ROUNDS} rounds`,
    rules: shaped,
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
