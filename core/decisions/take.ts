/**
 * Taking a decision: what is read for it, what scores it, who pays, and what is settled on.
 * Nothing is kept yet.
 *
 * @module
 */
import type { BudgetTerms } from "../domain/budget.ts";
import { type Deadline, NO_DEADLINE } from "../domain/deadline.ts";
import { type StageClock, UNTIMED } from "../domain/stages.ts";
import type {
  Decision,
  DecisionRecord,
  DecisionRequest,
} from "../domain/decision.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { TrialTally } from "../scores/trial/tally.ts";
import type {
  ChosenPolicies,
  PolicyBook,
  PolicyTrial,
} from "../verdicts/in_force/policy_book.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import { settle } from "./decide.ts";
import { type Counted, findCounters } from "./limits/counters.ts";
import type { LimitDesk } from "./limits/limits.ts";
import {
  type CountedDecision,
  settleCounted,
} from "./limits/settle_counted.ts";
import { findPayer, reserveBid } from "./paced.ts";
import { featuresReadBy, readFeatures } from "./read_features.ts";
import type { GivenGrounds, Rollouts } from "./rollouts.ts";
import { countOnTrial, drawnKey } from "./trial/arm.ts";
import { withShading } from "./shading.ts";
import { standRequest, type StandScope } from "./stand.ts";

/** What a decision is taken with. */
export interface TakeScope extends StandScope {
  /** The sets for one decision, while something is on trial; that in force if absent. */
  readonly choosePolicies?: PolicyBook["choose"] | undefined;
  /** What is seen of trials; nothing if absent. */
  readonly rollouts?: Pick<Rollouts, "observe">;
  /** Counts what models on trial decide; nothing if absent. */
  readonly trials?: Pick<TrialTally, "decided">;
  /** What pays for bids. */
  readonly budgets: BudgetDesk;
  /** What counts decisions for the limits of policies. */
  readonly limits: LimitDesk;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Part of what is then left for counts, so that keeping has some. */
const COUNTING_SHARE = 0.5;

/** A decision that was taken, the policies that it cites, and what was counted for it. */
export interface Taken {
  readonly record: DecisionRecord;
  readonly policies: PolicySet;
  readonly counted: readonly Counted[];
}

/** Takes a decision: reads, scores, paces, shades, judges, reserves, counts. */
export async function take(
  scope: TakeScope,
  tenant: string,
  { request, by, deadline = NO_DEADLINE, times = UNTIMED }: {
    readonly request: DecisionRequest;
    readonly by: string;
    readonly deadline?: Deadline;
    readonly times?: StageClock;
  },
): Promise<Taken> {
  const { budgets, ids: newIds } = scope;
  const opening = budgets.ready();
  if (opening !== null) await deadline.within(opening);
  const at = scope.clock.now();
  const { policies: inForce, trial } = choosePolicies(scope, tenant, request);
  const { readings, scored, landscape, ...stood } = await standRequest(
    scope,
    tenant,
    { request, at, policies: inForce, deadline, times },
  );
  const id = newIds.next("dec");
  const payer = findPayer(budgets, { tenant, request, id, at }, scored);
  const shaded = await withShading(payer.scored, landscape, readings);
  times.end("pace");
  const standing = { ...stood, scored: shaded };
  const grounds = { tenant, request, at, readings, policies: inForce };
  const { decision, counted } = await settleLimited(
    scope,
    { ...grounds, standing },
    { id, terms: payer.terms, times, deadline: deadline.part(COUNTING_SHARE) },
  );
  times.end(counted.length === 0 ? "judge" : "count");
  countOnTrial(scope.trials, tenant, { decision, scored: standing.scored });
  if (trial !== null && scope.rollouts) {
    const reading = { ...grounds, deadline: deadline.part(COUNTING_SHARE) };
    const also = await readForTrial(scope, trial, reading);
    const { counts } = decision;
    scope.rollouts.observe(trial, { id, settled: decision }, {
      ...{ ...grounds, standing, readings: also },
      ...counts && { counts },
    });
  }
  const record: DecisionRecord = {
    ...{ v: 1, kind: "decision", tenant, request, decision, by },
    ...(standing.scored === null ? { frame: standing.frame } : {}),
  };
  return { record, policies: inForce, counted };
}

/** What was read, and what only the set that did not decide asks for: it moves no decision. */
async function readForTrial(
  { features }: TakeScope,
  { beside }: PolicyTrial,
  { tenant, request, at, readings, deadline }:
    & Pick<GivenGrounds, "tenant" | "request" | "at" | "readings">
    & { readonly deadline: Deadline },
): Promise<GivenGrounds["readings"]> {
  const ids = new Set(
    featuresReadBy(beside).filter((id) => !Object.hasOwn(readings, id)),
  );
  if (ids.size === 0) return readings;
  const wanted = { tenant, request, ids, at, pins: [], deadline };
  const also = await readFeatures(features, wanted);
  return { ...also.readings, ...readings };
}

/** The same person, or else the same campaign, is on the same side of a canary. */
function choosePolicies(
  { policies, choosePolicies }: TakeScope,
  tenant: string,
  { entities }: DecisionRequest,
): ChosenPolicies {
  return choosePolicies?.(tenant, drawnKey(entities)) ??
    { policies: policies(tenant), trial: null };
}

/** Takes the decision under the limits that may apply; where there are none, at once. */
async function settleLimited(
  scope: TakeScope,
  given: Parameters<typeof settle>[1],
  asked: Asked,
): Promise<CountedDecision> {
  const { tenant, request, at, standing, policies } = given;
  const limits = policies.limits(standing.frame.kind);
  const counters = limits.length === 0
    ? []
    : findCounters(limits, tenant, request);
  if (counters.length === 0) {
    return { decision: settleReserved(scope, given, asked), counted: [] };
  }
  return await settleCounted(scope.limits, {
    counters,
    now: Date.parse(at),
    deadline: asked.deadline,
    settle: (counts, failure) => {
      asked.times.end("count");
      const falls = failure === null
        ? standing.falls
        : [...standing.falls, { from: standing.rung, cause: failure }];
      const known = { ...given, counts, standing: { ...standing, falls } };
      const settled = settleReserved(scope, known, asked);
      asked.times.end("judge");
      return settled;
    },
    withdraw: ({ pacing }) => {
      if (pacing?.bid) scope.budgets.withdraw(tenant, pacing.bid);
    },
  });
}

/** The id of a decision to be, the terms of the budget that pays for it, and until when. */
interface Asked {
  readonly id: string;
  readonly terms: BudgetTerms | null;
  readonly deadline: Deadline;
  readonly times: StageClock;
}

/** Takes the decision, with what it may cost reserved where a budget pays. */
function settleReserved(
  { budgets, clock }: TakeScope,
  given: Parameters<typeof settle>[1],
  { id, terms }: Asked,
): Decision {
  const { tenant, standing } = given;
  const { scored } = standing;
  const pacing = scored?.pacing;
  if (terms === null || !pacing || pacing.refusal !== null) {
    return settle(id, given);
  }
  return reserveBid(
    budgets,
    { tenant, terms, now: clock.now() },
    (known) =>
      settle(id, {
        ...given,
        standing: {
          ...standing,
          scored: { ...scored, pacing: { ...pacing, ...known } },
        },
      }),
  );
}
