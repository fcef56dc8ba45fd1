/**
 * Why a request leaves no plan, in its own words, and the nearest one that does.
 *
 * @module
 */
import type { AllocationProblem } from "../../../domain/allocation.ts";
import { EngineError, type ErrorFacts } from "../../../domain/error.ts";
import type { Candidate } from "../candidate.ts";
import { type Conflict, findConflict } from "../../allocation/conflict.ts";
import { listConstraints, without } from "../../allocation/constraints.ts";
import { relaxNearest } from "../../allocation/nearest.ts";
import { listReasons } from "../group_rules.ts";
import { findFeasible } from "../../allocation/solver/feasible.ts";
import { findTreeConflict } from "../../allocation/tree_conflict.ts";
import { type Frame, pose } from "./pose.ts";
import { tellMove } from "./tell_move.ts";
import { valueUnit } from "./worth.ts";
import { type Refusal, refuseConflict } from "./refusal.ts";
import { createTranslator, type Translator } from "./words.ts";

/** What failed. */
export interface Failed {
  readonly frame: Frame;
  readonly candidates: readonly Candidate[];
  readonly problem: AllocationProblem;
  /** Whether time for explaining is up. */
  stop(): boolean;
}

/** Relaxations of larger problems are not looked for. */
const RELAXED = 2000;
/** Constraints of a conflict that are looked at once more. */
const FILTERED = 12;
/** Relaxations for one look at those. */
const LOOK = 200;
/** Relaxations for one search of what to move. */
const RELAXING = 50;
/** A price this near to the least is that of the nearest. */
const NEAR = 1.01;
/** What moving a bound that a rule sets counts for, next to one of the request. */
const RULE_WEIGHT = 1000;

/**
 * Explains why there is no plan.
 *
 * Steps are blamed only where there would be a plan without them.
 *
 * @param conflict The one that was found.
 * @returns `plan_infeasible` with a minimal conflict and the nearest relaxation, as
 * far as time allows.
 */
export function explain(failed: Failed, conflict: Conflict): EngineError {
  const { frame, candidates } = failed;
  const steps = frame.grid.unitMicros > 1n && !holdsWithoutSteps();
  return tellConflict(failed, conflict, steps ? ["step_micros"] : []);

  function holdsWithoutSteps(): boolean {
    const grid = { ...frame.grid, stepMicros: 1n, unitMicros: 1n };
    const free = pose({ ...frame, grid }, candidates).problem;
    const named = new Set(conflict.constraints);
    return isInfeasible(
      { ...failed, problem: free },
      (name) => named.has(name),
    );
  }
}

/** Whether the constraints chosen leave nothing, all others left out. */
function isInfeasible(
  { problem, stop }: Pick<Failed, "problem" | "stop">,
  chosen: (constraint: string) => boolean,
): boolean {
  const rest = listConstraints(problem).filter((name) => !chosen(name));
  const alone = without(problem, new Set(rest));
  const work = { nodes: LOOK, stop };
  return findTreeConflict(alone) !== null ||
    findFeasible(alone, { work }).feasible === false;
}

/**
 * Leaves out what is asked for by a field or rule that the others do without: one
 * that says the same of many can stand in for another.
 */
function dropNeedless(
  failed: Failed,
  conflict: Conflict,
  translate: Translator,
): Conflict {
  const { problem, stop } = failed;
  const { constraints } = conflict;
  let kept = constraints;
  for (const name of constraints.slice(0, FILTERED)) {
    const others = kept.filter((one) => one !== name);
    const words = new Set(others.flatMap((one) => translate(one).by));
    const own = translate(name).by;
    if (own.length === 0 || own.every((word) => words.has(word))) continue;
    const stands = isInfeasible(failed, (one) => {
      const { by } = translate(one);
      return by.length > 0 && by.every((word) => words.has(word));
    });
    if (stands) kept = others;
  }
  if (kept.length === constraints.length) return conflict;
  return findConflict(keep(problem, kept, translate), stop) ?? conflict;
}

/** The problem with only what the fields and rules of the constraints ask for. */
function keep(
  problem: AllocationProblem,
  constraints: readonly string[],
  translate: Translator,
): AllocationProblem {
  const words = new Set(constraints.flatMap((one) => translate(one).by));
  const rest = listConstraints(problem).filter((name) =>
    !translate(name).by.every((word) => words.has(word))
  );
  return without(problem, new Set(rest));
}

function tellConflict(
  failed: Failed,
  found: Conflict,
  extra: readonly string[],
): EngineError {
  const { frame, candidates } = failed;
  const translate = createTranslator(frame, candidates);
  const conflict = dropNeedless(failed, found, translate);
  const asked = conflict.constraints.map(translate);
  const help = relax(failed, { conflict, translate });
  return refuseConflict({
    asked: [...asked.flatMap(({ by }) => by), ...extra],
    reason: conflict.loose
      ? "no budgets satisfy all of these, of which some may not be needed"
      : "no budgets satisfy all of these",
    texts: [...asked.map(({ text }) => text), ...extra],
    rules: [
      ...candidates.flatMap(({ shaped }) => shaped),
      ...listReasons(frame.ruled.map(({ rule }) => rule)),
    ],
    ...help ? { help } : {},
  });
}

function relax(
  { frame, problem, candidates, stop }: Failed,
  { conflict, translate }: {
    readonly conflict: Conflict;
    readonly translate: Translator;
  },
): Refusal["help"] {
  if (candidates.length > RELAXED) return undefined;
  const weights = Object.fromEntries(
    conflict.constraints.flatMap((name) => {
      const { by, micros } = translate(name);
      const ruled = by.some((one) => one.startsWith("rule:"));
      if (!ruled) return [];
      const units = micros === null
        ? 1000 * problem.budget
        : Number(micros) / Number(frame.grid.unitMicros);
      return [[name, RULE_WEIGHT / (units || problem.budget || 1)]];
    }),
  );
  const relaxed = relaxNearest(problem, conflict, {
    ...{ weights, stop },
    maxNodes: RELAXING,
  });
  if (relaxed === null || relaxed.moves.length === 0) return undefined;
  const near = relaxed.price <= relaxed.leastPrice * NEAR + 1e-6;
  const told = relaxed.moves.map((move) => tellMove(move, frame, translate));
  const facts: ErrorFacts = Object.assign(
    {
      ["relax_price"]: relaxed.price,
      ["relax_outcome"]: relaxed.outcome * valueUnit(frame),
    },
    ...told.map(({ field, facts }, at) => ({
      [`relax_${at + 1}`]: field,
      ...Object.fromEntries(
        Object.entries(facts).map(([key, value]) => [
          `relax_${at + 1}_${key}`,
          value,
        ]),
      ),
    })),
  );
  return {
    sentence: `${near ? "the nearest" : "one"} that works: ${
      told.map(({ sentence }) => sentence).join(", ")
    }`,
    facts,
  };
}
