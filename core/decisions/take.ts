/**
 * Taking a decision: what is read for it, what scores it, who pays, and what is settled on.
 * Nothing is kept yet.
 *
 * @module
 */
import type { BudgetTerms } from "../domain/budget.ts";
import type { Instant } from "../domain/day.ts";
import type {
  Decision,
  DecisionRecord,
  DecisionRequest,
} from "../domain/decision.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Features } from "../features/features.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type { Scores } from "../scores/scores.ts";
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
import { checkGiven, featuresReadBy, readFeatures } from "./read_features.ts";
import { actionsAsked } from "./score_candidates.ts";
import type { GivenGrounds, Rollouts } from "./rollouts.ts";
import {
  findLadder,
  type Ladder,
  type Read,
  type ReadStanding,
  standOn,
} from "./score_rung.ts";
import { findLandscape, type Landscape, withShading } from "./shading.ts";

/** What a decision is taken with. */
export interface TakeScope {
  readonly features: Pick<Features, "read" | "rebuilding">;
  readonly scores: Scores;
  /** The policy set in force for a tenant. */
  policies(tenant: string): PolicySet;
  /** The sets for one decision, while something is on trial; that in force if absent. */
  readonly choosePolicies?: PolicyBook["choose"] | undefined;
  /** What is seen of trials; nothing if absent. */
  readonly rollouts?: Pick<Rollouts, "observe">;
  /** What pays for bids. */
  readonly budgets: BudgetDesk;
  /** What counts decisions for the limits of policies. */
  readonly limits: LimitDesk;
  readonly clock: Clock;
  readonly ids: Ids;
}

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
  { request, by }: { request: DecisionRequest; by: string },
): Promise<Taken> {
  const { budgets, ids: newIds } = scope;
  await budgets.ready();
  const at = scope.clock.now();
  const { policies: inForce, trial } = choosePolicies(scope, tenant, request);
  const { readings, scored, landscape, ...stood } = await standRequest(
    scope,
    tenant,
    { request, at, policies: inForce },
  );
  const id = newIds.next("dec");
  const payer = findPayer(budgets, { tenant, request, id, at }, scored);
  const shaded = await withShading(payer.scored, landscape, readings);
  const standing = { ...stood, scored: shaded };
  const grounds = { tenant, request, at, readings, policies: inForce };
  const { decision, counted } = await settleLimited(
    scope,
    { ...grounds, standing },
    { id, terms: payer.terms },
  );
  if (trial !== null && scope.rollouts) {
    const also = await readForTrial(scope, trial, grounds);
    const { counts } = decision;
    scope.rollouts.observe(trial, { id, settled: decision }, {
      ...{ ...grounds, standing, readings: also },
      ...counts && { counts },
    });
  }
  const record: DecisionRecord = {
    v: 1,
    kind: "decision",
    tenant,
    request,
    decision,
    by,
    ...(standing.scored === null ? { frame: standing.frame } : {}),
  };
  return { record, policies: inForce, counted };
}

/** What was read, and what only the set that did not decide asks for: it moves no decision. */
async function readForTrial(
  { features }: TakeScope,
  { beside }: PolicyTrial,
  { tenant, request, at, readings }: Pick<
    GivenGrounds,
    "tenant" | "request" | "at" | "readings"
  >,
): Promise<GivenGrounds["readings"]> {
  const ids = new Set(
    featuresReadBy(beside).filter((id) => !Object.hasOwn(readings, id)),
  );
  if (ids.size === 0) return readings;
  const wanted = { tenant, request, ids, at, pins: [] };
  const also = await readFeatures(features, wanted);
  return { ...also.readings, ...readings };
}

/** The same person, or else the same campaign, is on the same side of a canary. */
function choosePolicies(
  { policies, choosePolicies }: TakeScope,
  tenant: string,
  { entities }: DecisionRequest,
): ChosenPolicies {
  const { subject, campaign, placement, account } = entities;
  const key = subject ?? campaign ?? placement ?? account ?? "";
  return choosePolicies?.(tenant, key) ??
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
    settle: (counts, failure) => {
      const falls = failure === null
        ? standing.falls
        : [...standing.falls, { from: standing.rung, cause: failure }];
      const known = { ...given, counts, standing: { ...standing, falls } };
      return settleReserved(scope, known, asked);
    },
    withdraw: ({ pacing }) => {
      if (pacing?.bid) scope.budgets.withdraw(tenant, pacing.bid);
    },
  });
}

/** The id of a decision to be, and the terms of the budget that pays for it. */
interface Asked {
  readonly id: string;
  readonly terms: BudgetTerms | null;
}

/** Where a request stands, with what was read for it and what shades its bid. */
export interface RequestStanding extends ReadStanding {
  readonly landscape: Landscape | null;
}

/**
 * Reads and scores a request.
 *
 * @throws {EngineError} `request_invalid`, as for a decision.
 */
export async function standRequest(
  { features, scores, policies }: TakeScope,
  tenant: string,
  { request, at, policies: inForce = policies(tenant) }: {
    readonly request: DecisionRequest;
    readonly at: Instant;
    readonly policies?: PolicySet;
  },
): Promise<RequestStanding> {
  const ladder = await findLadder(scores, tenant, request);
  actionsAsked(ladder.frame, request);
  checkGiven(request, ladder.rungs[0]?.scorer.record.schema.inputs ?? []);
  const model = ladder.rungs[0]?.scorer;
  const landscape = await findLandscape(scores, tenant, model);
  const ids = idsWanted(ladder, landscape, inForce);
  const wanted = { tenant, request, ids, at };
  const stood = await standOn(
    ladder,
    request,
    readOnce((pins) => readFeatures(features, { ...wanted, pins })),
  );
  return { ...stood, landscape };
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

/** Models that were trained on the same versions share one read. */
function readOnce(
  read: (pins: readonly string[]) => Promise<Read>,
): (record: ModelRecord | null) => Promise<Read> {
  const known = new Map<string, Promise<Read>>();
  return (record) => {
    const pins = record?.lineage.views ?? [];
    const name = pins.join();
    const reading = known.get(name) ?? read(pins);
    known.set(name, reading);
    return reading;
  };
}

function idsWanted(
  { rungs }: Ladder,
  landscape: Landscape | null,
  policies: PolicySet,
): Set<string> {
  const ids = new Set(featuresReadBy(policies));
  const asked = rungs.map(({ scorer }) => scorer);
  for (
    const scorer of landscape?.scorer ? [...asked, landscape.scorer] : asked
  ) {
    for (const { name } of scorer.record.schema.inputs) ids.add(name);
  }
  return ids;
}
