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
import type { Soon } from "../domain/soon.ts";
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
import { readFeatures } from "./read_features.ts";
import type { GivenGrounds, Rollouts } from "./rollouts.ts";
import { countOnTrial, drawnKey } from "./trial/arm.ts";
import type { Standing } from "./score_rung.ts";
import { withShading } from "./shading.ts";
import { standRequest, type StandScope } from "./stand.ts";
import { featuresReadBy, wantedOf } from "./wanted_features.ts";

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
const NONE: readonly Counted[] = [];

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
  const at = scope.clock.now();
  const { policies, trial } = choosePolicies(scope, tenant, request);
  const asked = { request, at, policies, deadline, times };
  const stands = standRequest(scope, tenant, asked);
  const stood = stands instanceof Promise ? await stands : stands;
  const { readings } = stood;
  const isBid = stood.scored?.use.kind === "bid";
  const opening = isBid ? budgets.ready() : null;
  if (opening !== null) await deadline.within(opening);
  const id = newIds.next("dec");
  const payer = findPayer(budgets, { tenant, request, id, at }, stood.scored);
  const shading = withShading(payer.scored, stood.landscape, readings);
  const scored = shading instanceof Promise ? await shading : shading;
  times.end("pace");
  const standing = standingOf(stood, scored);
  const grounds = { tenant, request, at, readings, policies, standing };
  const { terms } = payer;
  const settling = settleLimited(scope, grounds, {
    id,
    terms,
    deadline,
    times,
  });
  const { decision, counted } = settling instanceof Promise
    ? await settling
    : settling;
  times.end(counted.length === 0 ? "judge" : "count");
  countOnTrial(scope.trials, tenant, { decision, scored });
  if (trial !== null) {
    await observe(scope, trial, { grounds, decision, deadline });
  }
  const record = recordOf(standing, { tenant, request, decision, by });
  return { record, policies, counted };
}

/** What is kept of a decision; where no model answered, also what was to be decided. */
function recordOf(
  { scored, frame }: Standing,
  { tenant, request, decision, by }: Pick<
    DecisionRecord,
    "tenant" | "request" | "decision" | "by"
  >,
): DecisionRecord {
  const record: DecisionRecord = {
    v: 1,
    kind: "decision",
    tenant,
    request,
    decision,
    by,
  };
  return scored === null ? { ...record, frame } : record;
}

/** Tells what the set on trial, or else the one in force, would have decided. */
async function observe(
  scope: TakeScope,
  trial: PolicyTrial,
  { grounds, decision, deadline }: {
    readonly grounds: GivenGrounds;
    readonly decision: Decision;
    readonly deadline: Deadline;
  },
): Promise<void> {
  if (!scope.rollouts) return;
  const reading = { ...grounds, deadline: deadline.part(COUNTING_SHARE) };
  const readings = await readForTrial(scope, trial, reading);
  const { id, counts } = decision;
  scope.rollouts.observe(trial, { id, settled: decision }, {
    ...{ ...grounds, readings },
    ...counts && { counts },
  });
}

/** Where a decision stands, with what was made of the scores. */
function standingOf(
  { rung, falls, frame, trial }: Standing,
  scored: Standing["scored"],
): Standing {
  const standing = { rung, falls, frame, scored };
  return trial === undefined ? standing : { ...standing, trial };
}

/** What was read, and what only the set that did not decide asks for: it moves no decision. */
async function readForTrial(
  { features }: TakeScope,
  { beside }: PolicyTrial,
  { tenant, request, at, readings, deadline }:
    & Pick<GivenGrounds, "tenant" | "request" | "at" | "readings">
    & { readonly deadline: Deadline },
): Promise<GivenGrounds["readings"]> {
  const ids = wantedOf(
    featuresReadBy(beside).filter((id) => !Object.hasOwn(readings, id)),
  );
  if (ids.all.length === 0) return readings;
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
function settleLimited(
  scope: TakeScope,
  given: Parameters<typeof settle>[1],
  asked: Asked,
): Soon<CountedDecision> {
  const { tenant, request, at, standing, policies } = given;
  const limits = policies.limits(standing.frame.kind);
  const counters = limits.length === 0
    ? []
    : findCounters(limits, tenant, request);
  if (counters.length === 0) {
    return { decision: settleReserved(scope, given, asked), counted: NONE };
  }
  return settleCounted(scope.limits, {
    counters,
    now: Date.parse(at),
    deadline: asked.deadline.part(COUNTING_SHARE),
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

/** The id of a decision to be, the terms of the budget that pays for it, and the whole deadline. */
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
