/**
 * A small company whose plans are asked for one term at a time.
 *
 * @module
 */
import type { EngineError } from "../../core/domain/error.ts";
import type { Plan } from "../../core/domain/plan.ts";
import type { PlanRequest } from "../../core/domain/plan_request.ts";
import type { FittedCurve } from "../../core/domain/score.ts";
import { type Company, makePlan } from "./plan_companies.ts";
import { plainRequest } from "./plan_requests.ts";

const WEEK = plainRequest(7);

/** Four campaigns; the first two in channel a, the third in b. */
export const COMPANY: Company = {
  curves: [
    fit(0, { ceiling: 900, half: 5e7, slope: 0.8, parent: "channel:a" }),
    fit(1, { ceiling: 700, half: 6e7, slope: 1, parent: "channel:a" }),
    fit(2, { ceiling: 1500, half: 7e7, slope: 2.4, parent: "channel:b" }),
    fit(3, { ceiling: 300, half: 2e7, slope: 1, parent: null }),
  ],
  spends: [40_000_000n, 30_000_000n, 20_000_000n, 10_000_000n],
  rules: [],
};

function fit(
  id: number,
  { parent, ...shape }: {
    readonly ceiling: number;
    readonly half: number;
    readonly slope: number;
    readonly parent: FittedCurve["parent"];
  },
): FittedCurve {
  const curve = { type: "hill" as const, ...shape };
  return {
    entity: `campaign:${id}`,
    parent,
    curve,
    decay: 0,
    seenMicros: [0, 90_000_000],
  };
}

/** The company as one that knows its curves as draws. */
export const DOUBTFUL: Company = {
  ...COMPANY,
  curves: COMPANY.curves.map((one, at) => ({
    ...one,
    draws: [0.2, 0.6, 1.4, 2, 2.4].map((by) => ({
      type: "hill" as const,
      ceiling: 500 * (at === 0 ? by : 1),
      half: 4e7 + at * 1e6,
      slope: 1,
    })),
  })),
};

/** Makes a plan of a week. */
export function plan(
  change: Partial<PlanRequest>,
  company = COMPANY,
): Promise<Plan> {
  return makePlan(company, { ...WEEK, ...change });
}

/** Budgets, in the order of the campaigns. */
export function budgets({ recommendations }: Plan): bigint[] {
  return recommendations.map(({ budgetMicros }) => budgetMicros);
}

/** Why there is no plan. */
export async function refuse(
  change: Partial<PlanRequest>,
  company = COMPANY,
): Promise<EngineError> {
  try {
    await plan(change, company);
  } catch (error) {
    return error as EngineError;
  }
  throw new Error("a plan was made");
}
