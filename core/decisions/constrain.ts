/**
 * The request's own limits, kept after every policy has spoken: whatever the
 * policies raised, no bid leaves above its cap or the budget, or below the lowest
 * bid unless it is zero, and no action that costs more than is left.
 *
 * @module
 */
import type { DecisionConstraints } from "../domain/decision.ts";
import type { AppliedRule } from "../domain/verdict.ts";

/** What is left of a proposal, and the limits that bit. */
export interface Constrained {
  readonly bidMicros: number;
  readonly applied: readonly AppliedRule[];
}

/**
 * Keeps a bid within the limits.
 *
 * @param bidMicros Whole micros, at least 0.
 * @returns The bid: 0 where no bid keeps every limit.
 */
export function constrainBid(
  bidMicros: number,
  { maxBidMicros, minBidMicros, budgetRemainingMicros }: DecisionConstraints,
): Constrained {
  const applied: AppliedRule[] = [];
  let bid = bidMicros;
  function cap(rule: string, limit: number | null, reason: string): void {
    if (limit === null || bid <= limit) return;
    applied.push(cut(`request@1/${rule}`, bid, { to: limit, reason }));
    bid = limit;
  }
  cap("max_bid", maxBidMicros, "The request's highest bid");
  cap("budget_remaining", budgetRemainingMicros, "All that is left to spend");
  if (minBidMicros !== null && bid > 0 && bid < minBidMicros) {
    const reason = "Below the request's lowest bid, so no bid";
    applied.push(cut("request@1/min_bid", bid, { to: 0, reason }));
    bid = 0;
  }
  return { bidMicros: bid, applied };
}

/** A rule of the engine that lowered a bid. */
export function cut(
  rule: string,
  beforeMicros: number,
  { to, reason }: { readonly to: number; readonly reason: string },
): AppliedRule {
  return {
    rule,
    effect: "cap",
    missing: false,
    beforeMicros,
    afterMicros: to,
    reason,
  };
}

/**
 * Whether an action's cost is within what is left.
 *
 * @returns Null, or the rule that denies it.
 */
export function constrainCost(
  costMicros: bigint,
  { budgetRemainingMicros }: DecisionConstraints,
): AppliedRule | null {
  if (
    budgetRemainingMicros === null ||
    costMicros <= BigInt(budgetRemainingMicros)
  ) return null;
  return {
    rule: "request@1/budget_remaining",
    effect: "deny",
    missing: false,
    beforeMicros: null,
    afterMicros: null,
    reason: "It costs more than is left to spend",
  };
}
