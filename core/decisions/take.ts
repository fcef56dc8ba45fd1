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
import type { PolicySet } from "../verdicts/policy_set.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import { settle } from "./decide.ts";
import { findPayer, reserveBid } from "./paced.ts";
import { checkGiven, featuresReadBy, readFeatures } from "./read_features.ts";
import { actionsAsked } from "./score_candidates.ts";
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
  /** The policy set in force. */
  policies(): PolicySet;
  /** What pays for bids. */
  readonly budgets: BudgetDesk;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A decision that was taken, and the policies that it cites. */
export interface Taken {
  readonly record: DecisionRecord;
  readonly policies: PolicySet;
}

/** Takes a decision: reads, scores, paces, shades, judges, reserves. */
export async function take(
  scope: TakeScope,
  tenant: string,
  { request, by }: { request: DecisionRequest; by: string },
): Promise<Taken> {
  const { budgets, ids: newIds } = scope;
  await budgets.ready();
  const at = scope.clock.now();
  const inForce = scope.policies();
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
  const decision = settleReserved(scope, { ...grounds, standing }, {
    id,
    terms: payer.terms,
  });
  const record: DecisionRecord = {
    v: 1,
    kind: "decision",
    tenant,
    request,
    decision,
    by,
    ...(standing.scored === null ? { frame: standing.frame } : {}),
  };
  return { record, policies: inForce };
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
  { request, at, policies: inForce = policies() }: {
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
  { id, terms }: {
    readonly id: string;
    readonly terms: BudgetTerms | null;
  },
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
