/**
 * Makes a plan: from a request to budgets that pass, with their proof and writes.
 *
 * @module
 */
import { countDays, startOfDay } from "../../domain/day.ts";
import type { Plan } from "../../domain/plan.ts";
import type { PlanBinding } from "../../domain/plan_proof.ts";
import type { PlanSchedule } from "../../domain/plan_schedule.ts";
import {
  type ModelRecord,
  printModelRef,
  type ResponseCurves,
} from "../../domain/score.ts";
import type { PlanDestination } from "../../ports/changes.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import {
  type Appraisal,
  appraise,
  findExperiments,
  forecastPlan,
} from "./appraise.ts";
import {
  type Candidate,
  type Circumstances,
  createCandidate,
} from "./candidate.ts";
import { buildChangeSet } from "../changes/change_set.ts";
import { readCurrentSpend } from "./current_spend.ts";
import { divide, type Division } from "./divide.ts";
import { layOut, readSpentDays, withGone } from "./lay_out.ts";
import { findLeastBudget } from "./least_budget.ts";
import { recommend, tellPrice } from "./recommend.ts";
import { leavePerDay } from "./request/bound.ts";
import { checkKeys, checkRequest, chooseCurves } from "./request/check.ts";
import { listDraws } from "./request/draws.ts";
import { layFrame } from "./request/frame.ts";
import { measureBreaches } from "./request/policy_rows.ts";
import type { Frame } from "./request/pose.ts";
import { refuseField } from "./request/refusal.ts";
import { startTimer } from "./request/timer.ts";
import { createTranslator } from "./request/words.ts";

/** What a proposal is made from. */
export interface Proposal {
  readonly id: string;
  readonly by: string;
  readonly record: ModelRecord;
  readonly curves: ResponseCurves;
  readonly history: Pick<FeatureHistory, "series">;
  readonly destination: PlanDestination;
}

/** Time that a plan may take if nothing is asked. */
const DEADLINE_MS = 20_000;

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
  const timer = startTimer(request.deadlineMs ?? DEADLINE_MS);
  checkRequest(request, now, proposal.record);
  const days = countDays(request.period);
  const fitted = chooseCurves(request, proposal.curves.curves);
  const spend = await readCurrentSpend(proposal.history, {
    tenant,
    entities: fitted.map(({ entity }) => entity),
    today: now.slice(0, 10),
  });
  const spent = request.schedule
    ? await readSpentDays(proposal.history, circumstances, spend)
    : null;
  const candidates = fitted.map((curve) => {
    const known = spend.get(curve.entity) ?? { microsPerDay: 0n, until: null };
    const own = spent ? withGone(known, curve.entity, spent) : known;
    return createCandidate(curve, own, { ...circumstances, days });
  });
  const unitMicros = await proposal.destination.unit?.() ?? 1n;
  const frame = layFrame({ ...circumstances, days }, candidates, unitMicros);
  checkKeys(request, fitted, frame.total.micros);
  const draws = listDraws(candidates);
  if (draws === null) refuseDoubt(request);
  const options = {
    frame,
    circumstances: { ...circumstances, days },
    timer,
  };
  const { targetOutcome: target } = request;
  const reached = target === undefined
    ? { candidates, frame, division: divide(candidates, options) }
    : findLeastBudget(candidates, options, target);
  const { division: { budgets } } = reached;
  const schedule = spent && request.schedule
    ? layOut(reached.candidates, {
      ...{ by: request.schedule, budgets, spent, timer },
      rules: frame.ruled.map(({ rule }) => rule),
      circumstances: { ...circumstances, days },
    })
    : null;
  return await assemble(
    { ...reached, schedule, appraisal: { ...reached, budgets, draws } },
    circumstances,
    proposal,
  );
}

function refuseDoubt({ risk, exploration }: Circumstances["request"]): void {
  const field = exploration
    ? "exploration"
    : (risk?.measure ?? "mean") === "mean"
    ? null
    : "risk.measure";
  if (field === null) return;
  throw refuseField(
    field,
    `${field} needs a model whose curves have draws, and this one's have none`,
  );
}

interface Outcome {
  readonly appraisal: Appraisal;
  readonly division: Division;
  /** Null if none was asked for. */
  readonly schedule: PlanSchedule | null;
  /** No plan that reaches the target spends less; absent without a target. */
  readonly leastMicros?: bigint;
}

async function assemble(
  { appraisal, division, schedule, leastMicros }: Outcome,
  { request, now, policies }: Omit<Circumstances, "days">,
  { id, by, record, curves, destination }: Proposal,
): Promise<Plan> {
  const { frame, budgets, candidates } = appraisal;
  const { solved } = division;
  const total = budgets.reduce((sum, budget) => sum + budget, 0n);
  const objective = appraise(appraisal, curves.outcome, solved.upperBound);
  const forecast = forecastPlan(appraisal);
  const experiments = listExperiments(appraisal);
  const unit = objective.goal?.unit ?? curves.outcome;
  const binding = tellBinding(solved.binding, { frame, unit }, candidates);
  return {
    id,
    state: "proposed",
    createdBy: by,
    createdAt: now,
    validity: { from: now, until: startOfDay(request.period.until) },
    period: request.period,
    currency: request.currency,
    totalMicros: total,
    unspentMicros: frame.total.micros - total,
    modelVersion: printModelRef(record),
    policySet: policies.hash,
    objective: {
      ...objective,
      ...leastMicros === undefined ? {} : { leastMicros },
    },
    ...forecast ? { forecast } : {},
    binding,
    ...schedule ? { schedule } : {},
    ...experiments ? { experiments } : {},
    recommendations: listRecommendations(
      { appraisal, division },
      { now, unit },
      binding,
    ),
    changeSet: await buildChangeSet(
      destination,
      candidates.map((candidate, at) => ({
        entity: candidate.fitted.entity,
        microsPerDay: writePerDay(candidate, budgets[at] ?? 0n, frame),
      })),
      id,
    ),
    approvedBy: null,
    findings: [],
  };
}

/** Tests that keep policies about several budgets, nothing else being changed meanwhile. */
function listExperiments(appraisal: Appraisal): Plan["experiments"] {
  const { candidates, budgets, frame: { ruled, grid } } = appraisal;
  const days = BigInt(grid.days);
  return findExperiments(appraisal)?.filter(({ entity, testMicrosPerDay }) => {
    const tested = budgets.map((budget, at) =>
      candidates[at]?.fitted.entity === entity
        ? testMicrosPerDay * days
        : budget
    );
    return measureBreaches(ruled, candidates, { budgets: tested, grid })
      .every((units) => units === 0n);
  });
}

/** What is written: micros of a day to come, whole steps, rounded down. */
function writePerDay(
  { spend }: Candidate,
  budget: bigint,
  { grid: { days, stepMicros } }: Frame,
): bigint {
  return leavePerDay(budget, { spend, days }) / stepMicros * stepMicros;
}

function listRecommendations(
  { appraisal, division }: Pick<Outcome, "appraisal" | "division">,
  { now, unit }: { readonly now: string; readonly unit: string },
  binding: readonly PlanBinding[],
): Plan["recommendations"] {
  const { candidates, draws, frame: { request, grid } } = appraisal;
  const byName = new Map(binding.map((one) => [one.constraint, one]));
  return candidates.map((candidate, at) =>
    recommend(candidate, {
      days: grid.days,
      budget: division.budgets[at] ?? 0n,
      applied: division.applied[at] ?? [],
      today: now.slice(0, 10),
      ...{ currency: request.currency, unit },
      draws: draws?.[at] ?? null,
      binding: byName,
    })
  );
}

/** What holds the plan back, with who asked for it. */
function tellBinding(
  binding: Plan["binding"],
  { frame, unit }: { readonly frame: Frame; readonly unit: string },
  candidates: readonly Candidate[],
): PlanBinding[] {
  const translate = createTranslator(frame, candidates);
  return binding.map((one) => {
    const { by, text } = translate(one.constraint);
    const told = by.length === 0 ? "nothing less than nothing" : text;
    return {
      ...one,
      asked: by,
      text: `${told}: ${tellPrice(one, frame.request.currency, unit)}`,
    };
  });
}
