/**
 * Lays a plan out over the days or weeks of its period.
 *
 * @module
 */
import type { BindingConstraint } from "../../domain/allocation.ts";
import { countDays } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Deadline } from "../interior/deadline.ts";
import type { FlightProblem } from "../flighting/problem.ts";
import { reachTarget } from "../flighting/reach_target.ts";
import { planUniform, type UniformPlan } from "../flighting/uniform.ts";
import { planWholeFlight, type WholeFlight } from "../flighting/whole.ts";
import { add, type PosedSchedule, poseSchedule } from "./pose_schedule.ts";
import type { Schedule, ScheduledEntity, ScheduleRequest } from "./schedule.ts";
import { cutSlots, type Slot } from "./slots.ts";

/**
 * Lays budgets out.
 *
 * @param request Whose budgets, within which bounds; carry-over and history in days.
 * @param options Time after which the best schedule so far is the answer.
 * @returns Whole micros for each entity and slot, with the proof of how good they are.
 * @throws {RangeError} If a number is not what it should be, or days and amounts do not fit.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function scheduleBudgets(
  request: ScheduleRequest,
  options: Deadline = {},
): Schedule {
  checkSchedule(request);
  const slots = cutSlots(request);
  const posed = poseSchedule(request, slots);
  if (posed.flight.budget < 0) throw overspent(request, posed);
  const clock = shareTime(options);
  const uniform = planAlike(posed.flight);
  const target = aim(request, posed, clock());
  const problem = target?.problem ?? posed.flight;
  const whole = planWholeFlight(problem, {
    ...clock(),
    ...(uniform && !target ? { starts: [uniform.amounts] } : {}),
  });
  const entities = fillSlots(request, slots, whole);
  const outcome = posed.gone + whole.outcome;
  const upperBound = posed.gone + whole.upperBound;
  return {
    slots: slots.map(({ from, until }) => ({ from, until })),
    entities,
    totalMicros: add(entities.map(({ totalMicros }) => totalMicros)),
    outcome,
    upperBound,
    gap: upperBound > 0 ? (upperBound - outcome) / upperBound : 0,
    uniformOutcome: uniform && posed.gone + uniform.outcome,
    binding: nameSlots(whole.flight.binding, slots.length - posed.open.length),
    ...(target ? { leastMicros: target.leastMicros } : {}),
  };
}

function checkSchedule({ period, from, entities }: ScheduleRequest): void {
  if (!(period.from <= from && from < period.until)) {
    throw new RangeError(
      `Cannot schedule from "${from}": expected a day of the period`,
    );
  }
  const over = countDays({ from: period.from, until: from });
  for (const { fitted: { entity }, spentMicros } of entities) {
    if (spentMicros.length > over) {
      throw new RangeError(
        `Cannot schedule "${entity}": more days are spent than are over`,
      );
    }
  }
}

function overspent(
  { totalMicros }: ScheduleRequest,
  { spentMicros }: PosedSchedule,
): EngineError {
  return new EngineError(
    "plan_infeasible",
    `Cannot schedule total "${totalMicros}": ${spentMicros} micros of it are spent already`,
    { facts: { constraints: "total", conflicting: 1 } },
  );
}

/** What is left of the time, whenever it is asked. */
function shareTime(
  { deadlineMs, now = () => 0 }: Deadline,
): () => Deadline {
  if (deadlineMs === undefined) return () => ({});
  const end = now() + deadlineMs;
  return () => ({ deadlineMs: Math.max(0, end - now()), now });
}

/** The best plan without timing, or null where bounds admit none. */
function planAlike(problem: FlightProblem): UniformPlan | null {
  try {
    return planUniform(problem);
  } catch (error) {
    if (error instanceof EngineError && error.code === "plan_infeasible") {
      return null;
    }
    throw error;
  }
}

/** The problem with the least budget that reaches the target; null without one. */
function aim(
  { targetOutcome }: ScheduleRequest,
  { flight, gone, spentMicros }: PosedSchedule,
  options: Deadline,
): { problem: FlightProblem; leastMicros: bigint } | null {
  if (targetOutcome === undefined) return null;
  const most: FlightProblem = { ...flight, spend: "up_to" };
  const target = Math.max(0, targetOutcome - gone);
  const { budget, leastBudget } = reachTarget(most, target, options);
  return {
    problem: { ...most, budget: Math.min(Math.ceil(budget), flight.budget) },
    leastMicros: spentMicros + BigInt(Math.floor(leastBudget)),
  };
}

function fillSlots(
  { entities }: ScheduleRequest,
  slots: readonly Slot[],
  { amounts }: WholeFlight,
): ScheduledEntity[] {
  const open = slots.filter(({ openDays }) => openDays > 0).length;
  return entities.map(({ fitted: { entity }, spentMicros }, row) => {
    let day = 0;
    const micros = slots.map(({ spentDays }, at) => {
      const spent = add(spentMicros.slice(day, day + spentDays));
      day += spentDays;
      const column = at - (slots.length - open);
      return spent + (column < 0 ? 0n : amounts[row * open + column] ?? 0n);
    });
    return { entity, micros, totalMicros: add(micros) };
  });
}

/** Periods of the flight are slots from the first that is open. */
function nameSlots(
  binding: readonly BindingConstraint[],
  skipped: number,
): BindingConstraint[] {
  return binding.map((one) => {
    const named = /^((?:cell|ramp|group):.*):(\d+):(lo|hi)$/
      .exec(one.constraint);
    if (named === null) return one;
    const [, of, at, side] = named;
    return { ...one, constraint: `${of}:${Number(at) + skipped}:${side}` };
  });
}
