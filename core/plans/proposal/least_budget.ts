/**
 * The least budget that reaches a target: totals are halved in between until one micro
 * in a billion is left.
 *
 * What brings more never has less to spend, so that a total whose bound misses the
 * target proves that every smaller one misses it too.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { decimalFromMicros } from "../../domain/money.ts";
import { sumOutcomes } from "./appraise.ts";
import type { Candidate } from "./candidate.ts";
import { divide, type DivideOptions, type Division } from "./divide.ts";
import type { Frame } from "./request/pose.ts";
import { refuseConflict } from "./request/refusal.ts";

/** A division that reaches the target. */
export interface Reached {
  readonly candidates: readonly Candidate[];
  readonly division: Division;
  /** Its total is what was spent. */
  readonly frame: Frame;
  /** No plan that reaches the target spends less, micros. */
  readonly leastMicros: bigint;
}

const PART = 1_000_000_000n;

/**
 * Looks for the least budget.
 *
 * @param target Expected outcome over the period.
 * @throws {EngineError} `plan_infeasible` if no plan within the total reaches it.
 */
export function findLeastBudget(
  candidates: readonly Candidate[],
  options: DivideOptions,
  target: number,
): Reached {
  const most = options.frame.total.micros;
  let best = divideWithin(candidates, options, most);
  if (best.outcome < target) throw refuseTarget(best, options.frame, target);
  let [least, short] = [0n, 0n];
  for (let reach = most; reach - short > 1n + reach / PART;) {
    const middle = (short + reach) / 2n;
    const tried = tryWithin(candidates, options, middle);
    if (tried !== null && tried.outcome >= target) {
      best = tried;
      reach = middle;
    } else {
      short = middle;
      const proven = tried === null ||
        tried.division.solved.upperBound < target;
      if (proven) least = middle;
    }
  }
  const spent = best.division.budgets.reduce((sum, budget) => sum + budget, 0n);
  const total = { ...options.frame.total, micros: spent };
  return { ...best, frame: { ...best.frame, total }, leastMicros: least };
}

type Tried = Omit<Reached, "leastMicros"> & { readonly outcome: number };

/** Null where not even the floors fit into the total. */
function tryWithin(
  candidates: readonly Candidate[],
  options: DivideOptions,
  micros: bigint,
): Tried | null {
  try {
    return divideWithin(candidates, options, micros);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code !== "plan_infeasible") throw error;
    return null;
  }
}

function divideWithin(
  candidates: readonly Candidate[],
  options: DivideOptions,
  micros: bigint,
): Tried {
  const fresh = candidates.map((candidate) => ({ ...candidate }));
  const { frame: { request, total } } = options;
  const frame = {
    ...options.frame,
    request: { ...request, spend: "up_to" as const },
    total: { ...total, micros },
  };
  const division = divide(fresh, { ...options, frame });
  const { budgets } = division;
  const outcome = sumOutcomes({ candidates: fresh, frame }, budgets, false);
  return { candidates: fresh, division, frame, outcome };
}

function refuseTarget(
  { outcome }: Tried,
  { total, request }: Frame,
  target: number,
): EngineError {
  const most = `${decimalFromMicros(total.micros, 2)} ${request.currency}`;
  return refuseConflict({
    asked: ["target_outcome", ...total.asked],
    reason:
      `no plan of at most ${most} that was found brings ${target}: the best brings ${outcome}`,
    help: {
      sentence: `ask for ${outcome} or less, or for a larger total`,
      facts: { ["reachable_outcome"]: outcome },
    },
  });
}
