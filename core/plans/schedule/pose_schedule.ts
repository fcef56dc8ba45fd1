/**
 * A schedule as a flight problem: its periods are what is left of the slots, its moments
 * the days to come, and what was spent before is carried in.
 *
 * @module
 */
import { respond } from "../../domain/response.ts";
import { adstock, carryIn, geometricKernel } from "../flighting/carry_over.ts";
import type {
  FlightEntity,
  FlightProblem,
  Range,
} from "../flighting/problem.ts";
import type { ScheduleEntity, ScheduleRequest } from "./schedule.ts";
import type { Slot } from "./slots.ts";

/** The problem of the days to come. */
export interface PosedSchedule {
  readonly flight: FlightProblem;
  /** Slots of which days are to come. */
  readonly open: readonly Slot[];
  /** Outcome of the days that are over. */
  readonly gone: number;
  /** What is spent, micros. */
  readonly spentMicros: bigint;
}

/** Carry-over that is left away, of the whole. */
const TAIL = 1e-6;
const MOST_LAGS = 730;
const WEEK_DAYS = 7;

/** Poses a checked request. */
export function poseSchedule(
  request: ScheduleRequest,
  slots: readonly Slot[],
): PosedSchedule {
  const open = slots.filter(({ openDays }) => openDays > 0);
  const moments = open.map(({ openDays }) => openDays);
  const over = slots.reduce((sum, { spentDays }) => sum + spentDays, 0);
  const kernels = request.entities.map(({ fitted }) => readKernel(fitted));
  const after = Math.max(0, ...kernels.map((kernel) => kernel.length - 1));
  const horizon = after + moments.reduce((sum, days) => sum + days, 0);
  const spentMicros = request.entities.reduce(
    (sum, { spentMicros: own }) => sum + add(own),
    0n,
  );
  const entities = request.entities.map((entity, row) =>
    poseEntity(entity, {
      kernel: kernels[row] ?? [1],
      horizon,
      moments,
      over,
    })
  );
  return {
    open,
    spentMicros,
    gone: request.entities.reduce(
      (sum, entity, row) =>
        sum + respondBefore(entity, kernels[row] ?? [1], over),
      0,
    ),
    flight: {
      periods: open.length,
      moments,
      after,
      entities,
      budget: Number(request.totalMicros - spentMicros),
      spend: request.spend,
      ...poseGroups(request, moments),
    },
  };
}

/** Σ of amounts. */
export function add(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function readKernel(
  { decay, carryOver }: ScheduleEntity["fitted"],
): readonly number[] {
  if (carryOver !== undefined) return carryOver;
  const lags = decay > 0 ? Math.ceil(Math.log(TAIL) / Math.log(decay)) : 1;
  return geometricKernel(decay, Math.min(Math.max(lags, 1), MOST_LAGS));
}

/** What the days that are over brought. */
function respondBefore(
  { fitted: { curve }, historyMicros, spentMicros, season = [] }:
    ScheduleEntity,
  kernel: readonly number[],
  over: number,
): number {
  const before = historyMicros.length;
  const path = [...historyMicros, ...spentMicros.map(Number)];
  const felt = adstock(kernel, path, before + over).subarray(before);
  return felt.reduce(
    (sum, level, day) => sum + (season[day] ?? 1) * respond(curve, level),
    0,
  );
}

interface Days {
  readonly kernel: readonly number[];
  readonly horizon: number;
  readonly moments: readonly number[];
  readonly over: number;
}

function poseEntity(
  entity: ScheduleEntity,
  { kernel, horizon, moments, over }: Days,
): FlightEntity {
  const { fitted, historyMicros, season = [], dailyMicros } = entity;
  const spent = pad(entity.spentMicros, over);
  const already = add(entity.spentMicros);
  const [lo, hi] = entity.boundsMicros.map((bound) =>
    Number(bound > already ? bound - already : 0n)
  ) as [number, number];
  const [least, most] = dailyMicros?.map(Number) ?? [0, Infinity];
  return {
    id: fitted.entity,
    curve: fitted.curve,
    kernel,
    carryIn: carryIn(kernel, [...historyMicros, ...spent]),
    season: Array.from(
      { length: horizon },
      (_, day) => season[over + day] ?? 1,
    ),
    lo: moments.map((days) => days * (least ?? 0)),
    hi: moments.map((days) => Math.min(days * (most ?? Infinity), hi)),
    total: { lo, hi },
    ...poseRamp(entity, moments, spent),
  };
}

/** Days without a report count as 0. */
function pad(spentMicros: readonly bigint[], over: number): number[] {
  return Array.from(
    { length: over },
    (_, day) => Number(spentMicros[day] ?? 0),
  );
}

/** The ramp holds between slots as long as the longest; the days before count as one, if they are as many. */
function poseRamp(
  { rampMicros, historyMicros, freeStart = false }: ScheduleEntity,
  moments: readonly number[],
  spent: readonly number[],
): Pick<FlightEntity, "ramp" | "before"> {
  if (rampMicros === undefined) return {};
  const longest = Math.max(...moments);
  const ramp = Number(rampMicros) * longest;
  const last = [...historyMicros, ...spent]
    .slice(longest === 1 ? -1 : -WEEK_DAYS);
  if (freeStart || moments[0] !== longest || last.length === 0) {
    return { ramp };
  }
  const sum = last.reduce((total, micros) => total + micros, 0);
  return { ramp, before: Math.round(sum / last.length * longest) };
}

function poseGroups(
  { groups }: ScheduleRequest,
  moments: readonly number[],
): Pick<FlightProblem, "groups"> {
  if (groups === undefined) return {};
  return {
    groups: groups.map(({ id, entities, dailyMicros: [lo, hi] }) => ({
      id,
      entities,
      totals: moments.map((days): Range => ({
        lo: days * Number(lo),
        hi: days * Number(hi),
      })),
    })),
  };
}
