/**
 * Curves that are known as draws: those of all candidates, draw by draw.
 *
 * @module
 */
import type { PlanRequest } from "../../../domain/plan_request.ts";
import { respond } from "../../../domain/response.ts";
import type { ResponseCurve } from "../../../domain/score.ts";
import type { Candidate } from "../candidate.ts";
import { findWeight } from "./worth.ts";

/**
 * Lists the draws of each candidate; one whose curve is known without doubt has the
 * same in every draw.
 *
 * @returns Shape [candidates][draws]; null if no curve has any.
 */
export function listDraws(
  candidates: readonly Candidate[],
): readonly (readonly ResponseCurve[])[] | null {
  const counts = candidates.map(({ fitted }) => fitted.draws?.length ?? 0)
    .filter((count) => count > 0);
  if (counts.length === 0) return null;
  const count = Math.min(...counts);
  return candidates.map(({ fitted: { curve, draws = [] } }) =>
    draws.length > 0
      ? draws.slice(0, count)
      : Array.from({ length: count }, () => curve)
  );
}

/**
 * Weighted outcome over the period in each draw.
 *
 * @param budgets For the period, micros, shape [candidates].
 * @returns Shape [draws].
 */
export function drawOutcomes(
  candidates: readonly Candidate[],
  budgets: readonly bigint[],
  { request, days, draws }: {
    readonly request: PlanRequest;
    readonly days: number;
    readonly draws: readonly (readonly ResponseCurve[])[];
  },
): Float64Array {
  const outcomes = new Float64Array(draws[0]?.length ?? 0);
  candidates.forEach(({ fitted }, at) => {
    const perDay = Number(budgets[at] ?? 0n) / days;
    const weight = findWeight(request, fitted) * days;
    draws[at]?.forEach((curve, draw) => {
      outcomes[draw] = (outcomes[draw] ?? 0) + weight * respond(curve, perDay);
    });
  });
  return outcomes;
}
