/**
 * What a request and the policies ask of all candidates together.
 *
 * @module
 */
import type { Candidate, Circumstances } from "../candidate.ts";
import { listPolicyRows } from "./policy_rows.ts";
import type { Frame } from "./pose.ts";
import { listReturns, listSets, listShares } from "./rows.ts";
import { createDirectory, growTree } from "./sets.ts";
import { layGrid } from "./worth.ts";

/**
 * Lays the frame.
 *
 * @param unitMicros What the destination can hold, micros per day.
 * @throws {EngineError} `request_invalid` if a set names nobody, or two cross;
 * `plan_infeasible` if a policy about several budgets lacks a fact.
 */
export function layFrame(
  circumstances: Circumstances,
  candidates: readonly Candidate[],
  unitMicros: bigint,
): Frame {
  const { request, days } = circumstances;
  const directory = createDirectory(candidates, request.groups ?? []);
  const returns = listReturns(request, directory);
  const sets = listSets(request, candidates, directory);
  const today = candidates.reduce((sum, one) => sum + one.today, 0n);
  return {
    request,
    grid: layGrid(request, { days, unitMicros }),
    total: {
      micros: request.totalMicros ?? today,
      asked: ["total"],
      byDefault: request.totalMicros === null,
    },
    tree: growTree([...sets, ...returns.sets], candidates.length),
    shares: listShares(request, candidates, directory),
    returns: returns.rows,
    ruled: listPolicyRows(candidates, circumstances),
  };
}
