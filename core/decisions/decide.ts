/**
 * From grounds to a decision. Everything that the answer depends on is in the
 * grounds, so that a replay from the same grounds gives the same answer.
 *
 * @module
 */
import type { Pacing } from "../domain/budget.ts";
import type { Instant } from "../domain/day.ts";
import type { Decision } from "../domain/decision.ts";
import { printModelRef } from "../domain/score.ts";
import { chooseAction, judgeAction } from "./action.ts";
import { countedBy, reviewsOf } from "./verdict_parts.ts";
import { constrainBid, cut } from "./constrain.ts";
import { factsAt } from "./context.ts";
import { type Grounds, type Settled, withFacts } from "./grounds.ts";
import { limitBid, raiseBid, worthOf } from "./paced.ts";
import { bidQuestion } from "./questions.ts";
import type { Scored } from "./score_candidates.ts";
import { validUntil } from "./validity.ts";

/** Takes a decision under an id. */
export function settle(
  id: string,
  given: Omit<Grounds, "shared">,
): Decision {
  const { at, readings, standing, policies, counts } = given;
  const { scored, trial } = standing;
  const grounds = withFacts(given);
  const settled = settleKind(grounds);
  const { recommendation, score, actions, applied } = settled;
  const decision: Settling = {
    recommendation,
    score,
    actions,
    applied,
    id,
    at,
    validUntil: validUntil(
      at,
      readings,
      (later) => holdsAt(later, grounds, settled),
    ),
    policySet: policies.hash,
    modelVersion: scored === null ? null : printModelRef(scored.record),
    rung: standing.rung,
    falls: standing.falls,
    features: readings,
  };
  if (settled.reviews) decision.reviews = settled.reviews;
  if (settled.countsTowards) decision.countsTowards = settled.countsTowards;
  if (trial) decision.trial = trial;
  if (scored?.shading) decision.shading = scored.shading;
  const pacing = pacedBy(settled, scored);
  if (pacing !== null) decision.pacing = pacing;
  if (counts) decision.counts = counts;
  return decision;
}

/** A decision until all that it has is in it. */
type Settling = { -readonly [K in keyof Decision]: Decision[K] };

/** The whole bid is reserved, where the budget lets it go. */
function pacedBy(
  { recommendation }: Settled,
  scored: Scored | null,
): Pacing | null {
  if (!scored?.pacing || recommendation.kind !== "bid") return null;
  return { ...scored.pacing, reservedMicros: recommendation.bidMicros };
}

/** Settles by what is to be decided, without an id or an end. */
export function settleKind(grounds: Grounds): Settled {
  return grounds.standing.frame.kind === "bid"
    ? settleBid(grounds)
    : chooseAction(grounds);
}

/** Without a model there is no bid: no floor may create spending from nothing. */
function settleBid(grounds: Grounds): Settled {
  const { standing: { scored, frame }, request } = grounds;
  const score = scored?.values[0] ?? null;
  const raised = raiseProposed(scored);
  const { kind, facts, options } = bidQuestion(grounds, raised.bidMicros);
  const verdict = grounds.policies.judge(kind, facts, options);
  const applied = [...raised.applied, ...verdict.applied];
  let bid = verdict.allowed ? verdict.amountMicros ?? 0 : 0;
  const reviews = bid > 0 ? reviewsOf("bid", verdict) : [];
  if (reviews.length > 0) {
    const reason = "A person must agree first, so no bid";
    applied.push(cut("engine@1/review", bid, { to: 0, reason }));
    bid = 0;
  }
  if (score === null && bid > 0) {
    const reason = "No model answered, so no bid";
    applied.push(cut("engine@1/no_score", bid, { to: 0, reason }));
    bid = 0;
  }
  const constrained = constrainBid(bid, request.constraints);
  const limited = limitBid(constrained.bidMicros, scored?.pacing);
  const { currency } = frame;
  return {
    recommendation: { kind: "bid", bidMicros: limited.bidMicros, currency },
    score,
    actions: [],
    applied: [...applied, ...constrained.applied, ...limited.applied],
    ...reviews.length > 0 && { reviews },
    ...limited.bidMicros > 0 && countedBy(verdict),
  };
}

/** The bid before policies: what it is worth, shaded, and within what the budget asks. */
export function raiseProposed(scored: Scored | null) {
  return raiseBid(proposedBid(scored), scored?.pacing);
}

function proposedBid(scored: Scored | null): number {
  if (scored?.use.kind !== "bid") return 0;
  return scored.shading?.bidMicros ?? worthOf(scored);
}

/** Whether the policies would still say the same at another moment; doing nothing may stay. */
function holdsAt(
  later: Instant,
  grounds: Grounds,
  { recommendation, score }: Settled,
): boolean {
  const { policies, request, shared, standing: { frame } } = grounds;
  const isAction = recommendation.kind === "action";
  if (isAction && recommendation.action === frame.control) return true;
  if (!policies.readsTime(frame.kind)) return true;
  const then = { ...grounds, shared: factsAt(shared, later, request.zone) };
  if (isAction) {
    const { allowed, review } = judgeAction(then, recommendation.action, score);
    return allowed && !review;
  }
  const again = settleBid(then).recommendation;
  return again.kind === "bid" && recommendation.bidMicros <= again.bidMicros;
}
