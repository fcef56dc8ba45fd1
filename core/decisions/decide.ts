/**
 * From grounds to a decision. Everything that the answer depends on is in the
 * grounds, so that a replay from the same grounds gives the same answer.
 *
 * @module
 */
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
  const { request, at, readings, standing, policies, counts } = given;
  const grounds = withFacts(given);
  const { shared } = grounds;
  const settled = settleKind(grounds);
  const model = standing.scored?.record ?? null;
  return {
    id,
    at,
    validUntil: validUntil(at, readings, (later) => {
      const then = { ...grounds, shared: factsAt(shared, later, request.zone) };
      return holds(settled, then);
    }),
    ...settled,
    policySet: policies.hash,
    modelVersion: model === null ? null : printModelRef(model),
    rung: standing.rung,
    falls: standing.falls,
    features: readings,
    ...standing.trial && { trial: standing.trial },
    ...standing.scored?.shading && { shading: standing.scored.shading },
    ...pacedBy(settled, standing.scored),
    ...counts && { counts },
  };
}

/** The whole bid is reserved, where the budget lets it go. */
function pacedBy(
  { recommendation }: Settled,
  scored: Scored | null,
): Pick<Decision, "pacing"> {
  if (!scored?.pacing || recommendation.kind !== "bid") return {};
  const reservedMicros = recommendation.bidMicros;
  return { pacing: { ...scored.pacing, reservedMicros } };
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

/** Whether the policies would still say the same at another moment. */
function holds(settled: Settled, then: Grounds): boolean {
  const { recommendation, score } = settled;
  if (recommendation.kind === "action") {
    const { action } = recommendation;
    if (action === then.standing.frame.control) return true;
    const { allowed, review } = judgeAction(then, action, score);
    return allowed && !review;
  }
  const again = settleBid(then).recommendation;
  return again.kind === "bid" && recommendation.bidMicros <= again.bidMicros;
}
