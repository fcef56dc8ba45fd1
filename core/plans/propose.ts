/**
 * Makes a plan: from a request to budgets that pass, with their proof and writes.
 *
 * @module
 */
import { addDays, countDays, startOfDay } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import { EngineError } from "../domain/error.ts";
import type { Plan, PlanRecommendation, PlanRequest } from "../domain/plan.ts";
import {
  type FittedCurve,
  type ModelRecord,
  printModelRef,
  type ResponseCurves,
} from "../domain/score.ts";
import type { AppliedRule } from "../domain/verdict.ts";
import type { FeatureHistory } from "../ports/features.ts";
import {
  type Candidate,
  type Circumstances,
  createCandidate,
} from "./candidate.ts";
import { buildChangeSet, type PlanDestination } from "./change_set.ts";
import { type CurrentSpend, readCurrentSpend } from "./current_spend.ts";
import { divide, type Division } from "./divide.ts";
import { respond, respondMarginally } from "../domain/response.ts";

/** What a proposal is made from. */
export interface Proposal {
  readonly id: string;
  readonly by: string;
  readonly record: ModelRecord;
  readonly curves: ResponseCurves;
  readonly history: Pick<FeatureHistory, "series">;
  readonly destination: PlanDestination;
}

const STALE_DAYS = 7;
const EXTRAPOLATION = 2;

/**
 * Proposes a plan.
 *
 * @throws {EngineError} `request_invalid` or `plan_infeasible`, saying what to change.
 */
export async function propose(
  circumstances: Omit<Circumstances, "days">,
  proposal: Proposal,
): Promise<Plan> {
  const { tenant, request, now } = circumstances;
  checkRequest(request, circumstances.now, proposal);
  const days = countDays(request.period);
  const fitted = chooseCurves(request, proposal.curves.curves);
  const spend = await readCurrentSpend(proposal.history, {
    tenant,
    entities: fitted.map(({ entity }) => entity),
    today: now.slice(0, 10),
  });
  const candidates = fitted.map((curve) =>
    createCandidate(
      curve,
      spend.get(curve.entity) ?? { microsPerDay: 0n, until: null },
      { ...circumstances, days },
    )
  );
  const total = request.totalMicros ?? candidates.reduce(
    (sum, candidate) => sum + currentOf(candidate, days),
    0n,
  );
  const division = divide(candidates, total, { ...circumstances, days });
  return await assemble(
    { candidates, division, days },
    circumstances,
    proposal,
  );
}

interface Outcome {
  readonly candidates: readonly Candidate[];
  readonly division: Division;
  readonly days: number;
}

async function assemble(
  { candidates, division, days }: Outcome,
  { request, now, policies }: Omit<Circumstances, "days">,
  { id, by, record, curves, destination }: Proposal,
): Promise<Plan> {
  const recommendations = candidates.map((candidate, at) =>
    recommend(candidate, {
      days,
      budget: division.budgets[at] ?? 0n,
      applied: division.applied[at] ?? [],
      today: now.slice(0, 10),
    })
  );
  return {
    id,
    state: "proposed",
    createdBy: by,
    createdAt: now,
    validity: { from: now, until: startOfDay(request.period.until) },
    period: request.period,
    currency: request.currency,
    totalMicros: recommendations.reduce(
      (all, { budgetMicros }) => all + budgetMicros,
      0n,
    ),
    modelVersion: printModelRef(record),
    policySet: policies.hash,
    objective: value({ candidates, division, days }, {
      unit: curves.outcome,
      outcome: sum(recommendations, (row) => row.expectedOutcome),
    }),
    binding: division.allocation.binding,
    recommendations,
    changeSet: await buildChangeSet(
      destination,
      recommendations.map(({ entity, budgetMicros }) => ({
        entity,
        microsPerDay: budgetMicros / BigInt(days),
      })),
      id,
    ),
    approvedBy: null,
  };
}

/** Outcome over the period with its bound, which holds for all plans that the policies leave. */
function value(
  { candidates, division, days }: Outcome,
  { unit, outcome }: { readonly unit: string; readonly outcome: number },
): Plan["objective"] {
  const upperBound = Math.max(division.allocation.upperBound * days, outcome);
  return {
    unit,
    outcome,
    currentOutcome: sum(
      candidates,
      ({ fitted, spend }) =>
        respond(fitted.curve, Number(spend.microsPerDay)) * days,
    ),
    upperBound,
    gap: upperBound > 0 ? (upperBound - outcome) / upperBound : 0,
  };
}

function recommend(
  { fitted, spend, lo, hi, shaped }: Candidate,
  { days, budget, applied, today }: {
    readonly days: number;
    readonly budget: bigint;
    readonly applied: readonly AppliedRule[];
    readonly today: string;
  },
): PlanRecommendation {
  const perDay = Number(budget) / days;
  const marginal = respondMarginally(fitted.curve, perDay);
  return {
    entity: fitted.entity,
    parent: fitted.parent,
    budgetMicros: budget,
    currentMicros: spend.microsPerDay * BigInt(days),
    expectedOutcome: respond(fitted.curve, perDay) * days,
    marginalOutcome: Number.isFinite(marginal)
      ? marginal
      : respond(fitted.curve, perDay + 1) - respond(fitted.curve, perDay),
    boundsMicros: [lo, hi],
    applied: distinct([...shaped, ...applied]),
    warnings: warn(fitted, { spend, perDay, today }),
  };
}

function warn(
  { seenMicros }: FittedCurve,
  { spend, perDay, today }: {
    readonly spend: CurrentSpend;
    readonly perDay: number;
    readonly today: string;
  },
): string[] {
  const warnings: string[] = [];
  if (perDay > EXTRAPOLATION * seenMicros[1]) {
    warnings.push(
      `budget is more than twice the largest daily spend seen (${
        Math.floor(seenMicros[1])
      } micros): its response is extrapolated`,
    );
  }
  if (spend.until === null) warnings.push("no spend was ever reported");
  else if (spend.until < addDays(today, -STALE_DAYS)) {
    warnings.push(`spend is known only until ${addDays(spend.until, -1)}`);
  }
  return warnings;
}

/** Each rule once: what it said of the final budget, or how it narrowed the bounds. */
function distinct(rules: readonly AppliedRule[]): AppliedRule[] {
  return [...new Map(rules.map((rule) => [rule.rule, rule])).values()];
}

function currentOf({ spend }: Candidate, days: number): bigint {
  return spend.microsPerDay * BigInt(days);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function chooseCurves(
  { entities, bounds }: PlanRequest,
  curves: readonly FittedCurve[],
): readonly FittedCurve[] {
  const known = new Map(curves.map((curve) => [curve.entity, curve]));
  const chosen = entities === null
    ? curves
    : [...new Set(entities)].map((entity) =>
      known.get(entity) ?? refuse("entities", entity)
    );
  if (chosen.length === 0) {
    throw new EngineError(
      "request_invalid",
      "Cannot make plan: there is no entity to plan",
    );
  }
  const bounded = new Set<EntityKey | null>(
    chosen.flatMap(({ entity, parent }) => [entity, parent]),
  );
  for (const key of Object.keys(bounds) as EntityKey[]) {
    if (!bounded.has(key)) refuse("bounds", key);
  }
  return chosen;
}

function refuse(field: string, entity: EntityKey): never {
  throw new EngineError(
    "request_invalid",
    `Cannot make plan: ${field} names "${entity}", which the model has no curve for`,
    { facts: { field, entity } },
  );
}

function checkRequest(
  request: PlanRequest,
  now: string,
  { record }: Proposal,
): void {
  const { period, currency, totalMicros } = request;
  if (countDays(period) < 1) {
    throw new EngineError(
      "request_invalid",
      `Cannot make plan: period.until "${period.until}" must be after period.from "${period.from}"`,
      { facts: { field: "period.until" } },
    );
  }
  if (startOfDay(period.until) <= now) {
    throw new EngineError(
      "request_invalid",
      `Cannot make plan: period.until "${period.until}" has passed; plan a period that ends later`,
      { facts: { field: "period.until" } },
    );
  }
  if (record.use.kind !== "plan" || record.use.currency !== currency) {
    const wanted = record.use.currency;
    throw new EngineError(
      "request_invalid",
      `Cannot make plan in currency "${currency}": model "${record.name}" was trained in ${wanted}`,
      { facts: { field: "currency" } },
    );
  }
  if (totalMicros !== null && totalMicros < 0n) {
    throw new EngineError(
      "request_invalid",
      "Cannot make plan: total must not be negative",
      { facts: { field: "total" } },
    );
  }
}
