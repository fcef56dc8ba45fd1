/**
 * Solves a posed request: by the expected outcome, or by what its draws say of risk.
 *
 * @module
 */
import type { BindingConstraint } from "../../../domain/allocation.ts";
import { allocate, Infeasible } from "../../allocation/allocate.ts";
import type { Candidate } from "../candidate.ts";
import { findConflict } from "../../allocation/conflict.ts";
import { readName } from "../../allocation/constraints.ts";
import { planOutlook } from "../../outlook/plan_outlook.ts";
import type { LinearRow, OutlookProblem } from "../../outlook/problem.ts";
import { reachChance } from "../../outlook/reach_chance.ts";
import { listDraws } from "./draws.ts";
import { explain } from "./explain.ts";
import type { Frame, Posed } from "./pose.ts";
import { refuseField } from "./refusal.ts";
import type { Timer } from "./timer.ts";
import {
  findValue,
  findWeight,
  isProfit,
  stretchOne,
  valueUnit,
} from "./worth.ts";

/** Amounts in units, with what proves them. */
export interface Solved {
  /** Shape [candidates]. */
  readonly amounts: Float64Array;
  /** No plan has a larger value: of the outcome, the profit in micros, the measure of risk. */
  readonly upperBound: number;
  /** What holds it back; shadow prices in value for a micro. */
  readonly binding: readonly BindingConstraint[];
}

/** Nodes of the search where curves are means of draws, each of which takes its time. */
const SAMPLED_NODES = 20;
const SAMPLED_TOLERANCE = 1e-7;
/** So much later than it is due an answer may come that says why there is no plan. */
const EXPLAINING_MS = 800;
/** What that may take where there is time. */
const UNHURRIED_MS = 1000;

/**
 * Solves.
 *
 * @throws {EngineError} `plan_infeasible` in words of the request; `request_invalid`
 * if the measure of risk does not go with the curves.
 */
export function solve(
  posed: Posed,
  { frame, candidates, timer }: {
    readonly frame: Frame;
    readonly candidates: readonly Candidate[];
    readonly timer: Timer;
  },
): Solved {
  const { problem } = posed;
  const stop = () => timer.leftMs() <= -EXPLAINING_MS;
  try {
    if ((frame.request.risk?.measure ?? "mean") !== "mean") {
      return hedge(posed, { frame, candidates, stop });
    }
    const sampled = problem.entities.some(({ curve }) =>
      curve.type === "sampled"
    );
    const { amounts, upperBound, binding } = allocate(problem, {
      ...sampled
        ? { maxNodes: SAMPLED_NODES, tolerance: SAMPLED_TOLERANCE }
        : {},
      deadlineMs: Math.max(timer.leftMs(), 0),
    });
    const worth = valueUnit(frame);
    return {
      amounts,
      upperBound: upperBound * worth,
      binding: perMicro(
        binding,
        frame,
        worth / Number(frame.grid.unitMicros),
      ),
    };
  } catch (error) {
    if (!(error instanceof Infeasible)) throw error;
    const end = timer.nowMs() + UNHURRIED_MS;
    const stopped = () => stop() || timer.nowMs() >= end;
    throw explain(
      { frame, candidates, problem, stop: stopped },
      error.conflict,
    );
  }
}

/** Rows of shares count in thousandths. */
function perMicro(
  binding: readonly BindingConstraint[],
  { shares, ruled }: Frame,
  factor: number,
): BindingConstraint[] {
  const fine = new Set(
    [...shares, ...ruled.filter(({ micros }) => micros === null)]
      .map(({ id }) => id),
  );
  return binding.map(({ constraint, shadowPrice }) => {
    const { kind, id } = readName(constraint);
    const units = kind === "linear" && fine.has(id) ? 1000 : 1;
    return { constraint, shadowPrice: shadowPrice * factor * units };
  });
}

function hedge(
  posed: Posed,
  { frame, candidates, stop }: {
    readonly frame: Frame;
    readonly candidates: readonly Candidate[];
    stop(): boolean;
  },
): Solved {
  const conflict = findConflict(posed.problem, stop);
  if (conflict !== null) throw new Infeasible(conflict);
  const outlook = poseOutlook(posed, frame, candidates);
  const { risk } = frame.request;
  if (risk?.measure === "chance") {
    const target = risk.target;
    try {
      const { amounts, upperBound } = reachChance(outlook, target);
      return { amounts, upperBound, binding: [] };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw refuseField(
        "risk.measure",
        'risk.measure "chance" needs concave curves, and one of the model\'s is S-shaped; ask for "mean_cvar"',
      );
    }
  }
  const { weight = 0, tail = 1 } = risk?.measure === "mean_cvar" ? risk : {};
  const { amounts, upperBound, price } = planOutlook(outlook, {
    type: "mean_cvar",
    weight,
    tail,
  });
  const unit = Number(frame.grid.unitMicros);
  const spent = isProfit(frame.request) ? Number(frame.total.micros) : 0;
  const worth = isProfit(frame.request) ? findValue(frame.request) : 1;
  return {
    amounts,
    upperBound: upperBound * worth - spent,
    binding: [{ constraint: "budget", shadowPrice: price * worth / unit }],
  };
}

/** The problem over draws; sets with bounds become rows. */
function poseOutlook(
  { problem }: Posed,
  { grid, tree, request }: Frame,
  candidates: readonly Candidate[],
): OutlookProblem {
  const weights = candidates.map(({ fitted }) => findWeight(request, fitted));
  const draws = listDraws(candidates);
  if (draws === null) {
    throw refuseField(
      "risk.measure",
      "risk.measure needs a model whose curves have draws, and this one's have none",
    );
  }
  const rows = tree.sets.flatMap(({ members }, at): LinearRow[] => {
    const { id = "", lo = 0, hi = Infinity } = problem.groups[at] ?? {};
    if (lo === 0 && hi === Infinity) return [];
    const terms = Object.fromEntries(
      members.map((member) => [problem.entities[member]?.id ?? "", 1]),
    );
    return [{ id, terms, lo, ...hi < Infinity ? { hi } : {} }];
  });
  return {
    entities: problem.entities.map(({ id, lo, hi }, at) => ({
      id,
      lo,
      hi,
      draws: (draws[at] ?? []).map((draw) => {
        const curve = stretchOne(draw, grid);
        return { ...curve, ceiling: curve.ceiling * (weights[at] ?? 1) };
      }),
    })),
    rows: [...rows, ...problem.linear ?? []],
    budget: problem.budget,
    spend: problem.spend,
  };
}
