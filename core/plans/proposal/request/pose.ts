/**
 * A request and its candidates as an allocation problem in whole units, with the
 * names under which its constraints were asked for.
 *
 * @module
 */
import type {
  AllocationEntity,
  AllocationGroup,
  AllocationProblem,
} from "../../../domain/allocation.ts";
import type { PlanRequest } from "../../../domain/plan_request.ts";
import type { Candidate } from "../candidate.ts";
import type { WholeBounds } from "../../allocation/round.ts";
import type { Bound } from "./bound.ts";
import { type PolicyRow, poseRow } from "./policy_rows.ts";
import { refuseConflict } from "./refusal.ts";
import { type ReturnRow, type ShareRow } from "./rows.ts";
import type { BoundedSet, SetTree } from "./sets.ts";
import {
  expectCurve,
  findValue,
  findWeight,
  type Grid,
  isProfit,
  stretch,
} from "./worth.ts";

/** What does not change while budgets are narrowed. */
export interface Frame {
  readonly request: PlanRequest;
  readonly grid: Grid;
  /** For the period, micros. */
  readonly total: Bound;
  readonly tree: SetTree;
  readonly shares: readonly ShareRow[];
  readonly returns: readonly ReturnRow[];
  /** What policies demand of several together. */
  readonly ruled: readonly PolicyRow[];
}

/** A problem in units, and the same bounds exactly. */
export interface Posed {
  readonly problem: AllocationProblem;
  /** Least and most of each candidate if it is on, and of each set; in units. */
  readonly bounds: readonly (readonly [bigint, bigint])[];
  readonly groups: readonly (readonly [bigint, bigint])[];
  readonly total: bigint;
}

/**
 * Units of an entity on average, below which the allocator chooses among whole ones;
 * above, whole ones next to its amounts are as good.
 */
const COARSE = 1000n;

/**
 * Poses the problem as the candidates stand now.
 *
 * @param tightened Units by which rows of policies are tighter than policies demand,
 * so that whole amounts next to them keep them; none unless given.
 */
export function pose(
  frame: Frame,
  candidates: readonly Candidate[],
  tightened: readonly bigint[] = [],
): Posed {
  const { request, grid, tree } = frame;
  const total = frame.total.micros / grid.unitMicros;
  const bounds = candidates.map((one) => countUnits(one, grid));
  const coarse = grid.unitMicros > 1n && isPlainTree(frame) &&
    total < COARSE * BigInt(candidates.length);
  const groups = tree.sets.map((set) => countSet(set, { grid, total }));
  const entities = candidates.map((candidate, at) =>
    poseEntity(candidate, frame, {
      group: tree.sets[tree.group[at] ?? -1]?.id ?? null,
      bounds: bounds[at] ?? [0n, 0n],
      coarse,
    })
  );
  return {
    problem: {
      entities,
      groups: tree.sets.map((set, at) => poseGroup(set, frame, at)),
      budget: Number(total),
      spend: request.spend,
      objective: isProfit(request) ? "profit" : "outcome",
      linear: [
        ...frame.shares,
        ...frame.ruled.map((row, at) =>
          poseRow(row, grid, tightened[at] ?? 0n)
        ),
      ],
      returns: frame.returns.map(({ id, set, roas, cost }) => ({
        id,
        group: set,
        least: leastOf({ roas, cost }, frame),
      })),
    },
    bounds,
    groups,
    total,
  };
}

/** Whether there are no rows or counts, among which whole units take long to find. */
function isPlainTree({ shares, returns, ruled, tree }: Frame): boolean {
  return shares.length + returns.length + ruled.length === 0 &&
    tree.sets.every(({ mostOn }) => mostOn === undefined);
}

/** Whole units within a candidate's bounds, in which nothing at all is 0 to 0. */
function countUnits(
  { fitted, lo, hi, off }: Candidate,
  { unitMicros, stepMicros }: Grid,
): readonly [bigint, bigint] {
  const least = divideUp(lo.micros, unitMicros);
  const most = hi.micros / unitMicros;
  if (least <= most) return [least, most];
  if (off) return [0n, 0n];
  throw refuseConflict({
    asked: [...lo.asked, ...hi.asked, "step_micros"],
    reason:
      `between the least and the most of "${fitted.entity}", ${lo.micros} and ${hi.micros} micros, there is no multiple of ${stepMicros} micros a day`,
  });
}

function countSet(
  { id, lo, hi }: BoundedSet,
  { grid: { unitMicros, stepMicros }, total }: {
    readonly grid: Grid;
    readonly total: bigint;
  },
): readonly [bigint, bigint] {
  const least = divideUp(lo.micros, unitMicros);
  if (hi === null) return [least, least > total ? least : total];
  const most = hi.micros / unitMicros;
  if (least <= most || lo.micros > hi.micros) return [least, most];
  throw refuseConflict({
    asked: [...lo.asked, ...hi.asked, "step_micros"],
    reason:
      `between the least and the most of ${id} there is no multiple of ${stepMicros} micros a day`,
  });
}

function divideUp(micros: bigint, unit: bigint): bigint {
  return (micros + unit - 1n) / unit;
}

function poseEntity(
  { fitted, off }: Candidate,
  { request, grid }: Frame,
  { group, bounds: [lo, hi], coarse }: {
    readonly group: string | null;
    readonly bounds: readonly [bigint, bigint];
    readonly coarse: boolean;
  },
): AllocationEntity {
  return {
    id: fitted.entity,
    group,
    curve: stretch(expectCurve(fitted), grid),
    lo: Number(lo),
    hi: Number(hi),
    weight: findWeight(request, fitted) * scaleWorth(request, grid),
    ...off && hi > 0n ? { off } : {},
    ...coarse ? { step: 1 } : {},
  };
}

function poseGroup(
  { id, lo, hi, mostOn }: BoundedSet,
  { grid, tree }: Frame,
  at: number,
): AllocationGroup {
  const unit = grid.unitMicros;
  return {
    id,
    lo: Number(divideUp(lo.micros, unit)),
    hi: hi === null ? Infinity : Number(hi.micros / unit),
    parent: tree.sets[tree.parents[at] ?? -1]?.id ?? null,
    ...mostOn === undefined ? {} : { most: mostOn },
  };
}

/** What an outcome's weight is multiplied by: where spend is subtracted, its worth in units. */
function scaleWorth(request: PlanRequest, { unitMicros }: Grid): number {
  return isProfit(request) ? findValue(request) / Number(unitMicros) : 1;
}

/** Weighted outcome that must come back for a unit. */
function leastOf(
  { roas, cost }: Pick<ReturnRow, "roas" | "cost">,
  { request, grid }: Frame,
): number {
  const outcome = roas === null ? 1 / (cost ?? 1) : roas / findValue(request);
  return outcome * Number(grid.unitMicros) * scaleWorth(request, grid);
}

/** The return, or the cost, that a weighted outcome for each unit stands for; an infinite cost for none. */
export function readLeast(
  least: number,
  { roas }: Pick<ReturnRow, "roas" | "cost">,
  { request, grid }: Frame,
): Pick<ReturnRow, "roas" | "cost"> {
  const outcome = least / Number(grid.unitMicros) / scaleWorth(request, grid);
  return roas === null
    ? { roas: null, cost: 1 / outcome }
    : { roas: outcome * findValue(request), cost: null };
}

/** Exact bounds next to an allocation: what is off stays off. */
export function limitUnits(
  { problem, bounds, groups, total }: Posed,
  { amounts, tree }: {
    readonly amounts: Float64Array;
    readonly tree: SetTree;
  },
): WholeBounds {
  const counted = problem.groups.some(({ most }) => most !== undefined);
  const within = problem.entities.map(({ off, lo }, at) => {
    const given = bounds[at] ?? [0n, 0n] as const;
    const amount = amounts[at] ?? 0;
    const stays = off ? amount < lo / 2 : counted && lo === 0 && amount < 0.5;
    return stays ? [0n, 0n] as const : given;
  });
  const sum = BigInt(Math.round(amounts.reduce((all, one) => all + one, 0)));
  const spent = problem.spend === "all" || sum > total ? total : sum;
  const least = sumFloors(within, groups, tree);
  return {
    total: spent < least && problem.spend === "up_to" ? least : spent,
    bounds: within,
    group: tree.group,
    groups,
    parents: tree.parents,
  };
}

/** Least that all must get together. */
function sumFloors(
  bounds: readonly (readonly [bigint, bigint])[],
  groups: readonly (readonly [bigint, bigint])[],
  { group, parents }: SetTree,
): bigint {
  const inside = groups.map(() => 0n);
  let sum = 0n;
  const add = (at: number, least: bigint) => {
    if (at < 0) sum += least;
    else inside[at] = (inside[at] ?? 0n) + least;
  };
  bounds.forEach(([lo], at) => add(group[at] ?? -1, lo));
  for (let at = groups.length - 1; at >= 0; at--) {
    const floor = groups[at]?.[0] ?? 0n;
    const below = inside[at] ?? 0n;
    add(parents[at] ?? -1, floor > below ? floor : below);
  }
  return sum;
}
