/**
 * Companies and requests in another unit of money.
 *
 * @module
 */
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import type { Company } from "./plan_companies.ts";

/** The company, its money counted in so much smaller units. */
export function scaleCompany(company: Company, by: bigint): Company {
  return {
    ...company,
    spends: company.spends.map((spend) => spend * by),
    curves: company.curves.map((one) => ({
      ...one,
      curve: one.curve.type === "hill"
        ? { ...one.curve, half: one.curve.half * Number(by) }
        : one.curve,
      seenMicros: [0, one.seenMicros[1] * Number(by)] as const,
    })),
  };
}

/** The request in these units. */
export function scaleRequest(request: PlanRequest, by: bigint): PlanRequest {
  const { totalMicros, bounds, leastIfOn, stepMicros, groups } = request;
  const { objective, returns } = request;
  const sides = (
    { lo, hi }: { readonly lo?: bigint; readonly hi?: bigint },
  ) => ({
    ...lo !== undefined && { lo: lo * by },
    ...hi !== undefined && { hi: hi * by },
  });
  const each = <T, U>(all: Readonly<Record<string, T>>, to: (one: T) => U) =>
    Object.fromEntries(Object.entries(all).map(([key, one]) => [key, to(one)]));
  return {
    ...request,
    totalMicros: totalMicros === null ? null : totalMicros * by,
    bounds: each(bounds, sides),
    ...leastIfOn && { leastIfOn: each(leastIfOn, (least) => least * by) },
    ...stepMicros !== undefined && { stepMicros: stepMicros * by },
    ...groups && { groups: groups.map((one) => ({ ...one, ...sides(one) })) },
    ...objective && {
      objective: {
        ...objective,
        valueMicros: (objective.valueMicros ?? 1) * Number(by),
      },
    },
    ...returns && {
      returns: returns.map(({ mostCostMicros = 0, ...one }) => ({
        ...one,
        mostCostMicros: mostCostMicros * Number(by),
      })),
    },
  };
}
