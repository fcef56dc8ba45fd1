/**
 * What a request asks of all candidates together.
 *
 * @module
 */
import type { PlanRequest } from "../../../domain/plan_request.ts";
import type { Candidate } from "../candidate.ts";
import type { Frame } from "./pose.ts";
import { listReturns, listSets, listShares } from "./rows.ts";
import { createDirectory, growTree } from "./sets.ts";
import { layGrid } from "./worth.ts";

/**
 * Lays the frame.
 *
 * @param period Its days, and what the destination can hold, micros per day.
 * @throws {EngineError} `request_invalid` if a set names nobody, or two cross.
 */
export function layFrame(
  request: PlanRequest,
  candidates: readonly Candidate[],
  period: { readonly days: number; readonly unitMicros: bigint },
): Frame {
  const directory = createDirectory(candidates, request.groups ?? []);
  const returns = listReturns(request, directory);
  const sets = listSets(request, candidates, directory);
  const today = candidates.reduce((sum, one) => sum + one.today, 0n);
  return {
    request,
    grid: layGrid(request, period),
    total: {
      micros: request.totalMicros ?? today,
      asked: ["total"],
      byDefault: request.totalMicros === null,
    },
    tree: growTree([...sets, ...returns.sets], candidates.length),
    shares: listShares(request, candidates, directory),
    returns: returns.rows,
  };
}
