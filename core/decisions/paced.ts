/**
 * Bids that a budget pays for: value over the budget's multiplier in place of the worth
 * that the model's own target gives, within the budget's bounds, and nothing where the
 * budget lets nothing go.
 *
 * What the node knows of the budget is told once, as grounds; the rest follows from them,
 * so that a replay needs neither the budget nor the node.
 *
 * @module
 */
import {
  boundsFor,
  type BudgetTerms,
  type Pacing,
  printBidName,
  unitOf,
} from "../domain/budget.ts";
import { sha256 } from "../domain/canonical.ts";
import type { Instant } from "../domain/day.ts";
import type { Decision, DecisionRequest } from "../domain/decision.ts";
import type { AppliedRule } from "../domain/verdict.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import { proposeBid } from "./bid.ts";
import { type Constrained, cut } from "./constrain.ts";
import type { Scored } from "./score_candidates.ts";

/** What is known of a budget when a bid is made; the rest of a pacing follows. */
export type PaceGrounds = Omit<
  Pacing,
  "value" | "worthMicros" | "reservedMicros"
>;

/** One opportunity. */
export interface PacedAsk {
  readonly tenant: string;
  readonly request: DecisionRequest;
  readonly id: string;
  readonly at: Instant;
}

/** A bid's scores, and the terms of the budget that pays for it. */
export interface Payer {
  readonly scored: Scored | null;
  /** Null if no budget governs the bid. */
  readonly terms: BudgetTerms | null;
}

/** Asks the budgets who pays; makes the bid's worth of what they say. */
export function findPayer(
  budgets: BudgetDesk,
  { tenant, request, id, at }: PacedAsk,
  scored: Scored | null,
): Payer {
  const terms = scored?.use.kind === "bid"
    ? budgets.payerOf(tenant, request.entities, at)
    : null;
  if (scored === null || terms === null) return { scored, terms: null };
  const refusal = misfit(terms, scored);
  const moment = { at: Date.parse(at), draw: drawOf(id) };
  const stands = refusal === null
    ? budgets.stand(tenant, terms, moment)
    : { refusal };
  const grounds: PaceGrounds = {
    budget: terms.id,
    unit: unitOf(terms),
    multiplier: "multiplier" in stands ? stands.multiplier : null,
    bounds: boundsFor(terms, request.entities),
    refusal: "refusal" in stands ? stands.refusal : null,
    bid: null,
  };
  return { scored: paceScored(scored, grounds), terms };
}

/** What keeps a model from bidding on a budget at all; null if nothing. */
export function misfit(
  terms: BudgetTerms,
  { use }: Scored,
): "currency" | "unit" | null {
  if (use.kind !== "bid" || use.currency !== terms.currency) return "currency";
  const isMoneyAlone = use.valueMicros === null;
  return unitOf(terms) === "outcomes" && isMoneyAlone ? "unit" : null;
}

/** Uniform in [0, 1), and the same for a decision whenever it is asked. */
function drawOf(id: string): number {
  return parseInt(sha256(id).slice(0, 13), 16) / 2 ** 52;
}

/** Makes the worth of a score, from what is known of the budget. */
export function paceScored(scored: Scored, grounds: PaceGrounds): Scored {
  const { budget, unit, multiplier, bounds, refusal, bid } = grounds;
  const value = valueOf(scored, unit);
  const worth = multiplier === null ? 0 : Math.floor(value / multiplier);
  const worthMicros = Math.min(worth, Number.MAX_SAFE_INTEGER);
  const given = { budget, unit, multiplier, bounds, refusal, bid };
  return {
    ...scored,
    pacing: { ...given, value, worthMicros, reservedMicros: 0 },
  };
}

function valueOf({ values, use }: Scored, unit: Pacing["unit"]): number {
  const score = Math.max(values[0] ?? 0, 0);
  if (unit === "outcomes" || use.kind !== "bid") return score;
  return score * Number(use.valueMicros ?? 1n);
}

/** What winning is worth, whole micros: by the budget that pays, or by the model's target. */
export function worthOf(scored: Scored): number {
  if (scored.pacing) return scored.pacing.worthMicros;
  return scored.use.kind === "bid"
    ? proposeBid(scored.values[0] ?? 0, scored.use) ?? 0
    : 0;
}

/** Whether a bid is to be made at all, shading included. */
export function isRefused({ pacing }: Scored): boolean {
  return pacing !== undefined && pacing.multiplier === null;
}

/** Raises a bid to the least that the budget bids for it; no bid stays none. */
export function raiseBid(bidMicros: number, pacing?: Pacing): Constrained {
  const least = pacing?.bounds.leastMicros ?? 0;
  if (bidMicros === 0 || bidMicros >= least) return { bidMicros, applied: [] };
  return {
    bidMicros: least,
    applied: [{
      rule: "budget@1/least_bid",
      effect: "floor",
      missing: false,
      beforeMicros: bidMicros,
      afterMicros: least,
      reason: "The least that the budget bids",
    }],
  };
}

const REASONS: Readonly<Record<NonNullable<Pacing["refusal"]>, string>> = {
  waiting: "The budget's flight has not begun",
  ended: "The budget's flight is over, or it was closed",
  stopped: "The budget is stopped until somebody looked",
  spent: "The budget is spent",
  ["not_leased"]:
    "This node holds no part of the budget that the bid fits into",
  throttled: "The budget leaves this opportunity out",
  currency: "The budget is in another currency than the bid",
  unit: "The budget counts outcomes, and the model tells money alone",
};

/** Why a budget lets nothing go, in words. */
export function printRefusal(refusal: NonNullable<Pacing["refusal"]>): string {
  return REASONS[refusal];
}

/** Keeps a bid within what the budget allows, after everything else has spoken. */
export function limitBid(bidMicros: number, pacing?: Pacing): Constrained {
  if (!pacing) return { bidMicros, applied: [] };
  const applied: AppliedRule[] = [];
  const { refusal, bounds: { mostMicros } } = pacing;
  const bid = Math.min(bidMicros, mostMicros);
  if (bid < bidMicros) {
    const reason = "The most that the budget bids";
    applied.push(cut("budget@1/most_bid", bidMicros, { to: bid, reason }));
  }
  if (refusal === null) return { bidMicros: bid, applied };
  const reason = REASONS[refusal];
  applied.push(cut(`budget@1/${refusal}`, bid, { to: 0, reason }));
  return { bidMicros: 0, applied };
}

/**
 * Reserves what was decided.
 *
 * @param settle Takes the decision again, under what is known by then.
 * @returns The decision with what names its bid; without a bid if nothing so large is free.
 */
export function reserveBid(
  budgets: BudgetDesk,
  { tenant, terms, now }: {
    readonly tenant: string;
    readonly terms: BudgetTerms;
    readonly now: Instant;
  },
  settle: (given: Pick<Pacing, "bid" | "refusal">) => Decision,
): Decision {
  const open = { bid: null, refusal: null };
  const decision = settle(open);
  const { recommendation, pacing } = decision;
  if (recommendation.kind !== "bid" || !pacing?.reservedMicros) return decision;
  const reserved = budgets.reserve(tenant, terms, {
    bidMicros: recommendation.bidMicros,
    value: pacing.value,
    at: Date.parse(now),
  });
  if ("refusal" in reserved) {
    return settle({ ...open, refusal: reserved.refusal });
  }
  const { slice, bid: number } = reserved;
  const bid = printBidName({ budget: terms.id, slice, number });
  return { ...decision, pacing: { ...pacing, bid } };
}
