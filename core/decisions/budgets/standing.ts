/**
 * How a budget stands, for people and for metrics.
 *
 * @module
 */
import type { BudgetState, BudgetTerms } from "../../domain/budget.ts";
import type { Instant } from "../../domain/day.ts";
import type { BudgetSlice, KeptBudget } from "../../ports/budgets.ts";
import { expectedOf, freeMicros, openAccount } from "../pacing/account.ts";
import { statusOf } from "../pacing/book.ts";
import { openPacing } from "../pacing/pace.ts";
import { assess } from "../pacing/target.ts";
import { paceTerms } from "./pace_terms.ts";

/** A budget with what became of it so far; amounts in whole micros. */
export interface BudgetStanding {
  readonly terms: BudgetTerms;
  readonly createdAt: Instant;
  readonly state: BudgetState;
  /** Known to be charged. */
  readonly spentMicros: number;
  /** Lent to nodes and not known to be charged. */
  readonly lentMicros: number;
  /** Neither spent nor lent, today. */
  readonly freeMicros: number;
  /** What it has cost on average, as far as it is known. */
  readonly expectedMicros: number;
  /** Value wanted per micro. */
  readonly multiplier: number;
  /** Value per micro that outcomes brought; null without a target, or before a charge. */
  readonly returned: number | null;
  /** Why nothing is lent; null while all is well. */
  readonly stopped: string | null;
  readonly slices: readonly BudgetSlice[];
}

/**
 * Tells how a budget stands.
 *
 * @param budget As it is kept.
 * @param now Milliseconds.
 */
export function standingOf(
  { terms, account: kept, createdAt }: KeptBudget,
  now: number,
): BudgetStanding {
  const rules = paceTerms(terms);
  const account = kept ?? openAccount(openPacing(rules.rules, now));
  const { slices, closedMicros, pacing, stopped } = account;
  const charged = sumOf(slices, ({ chargedMicros }) => chargedMicros);
  const granted = sumOf(slices, ({ grantedMicros }) => grantedMicros);
  const { target } = rules.rules;
  const { from } = rules.flight.dayOf(now);
  return {
    terms,
    createdAt,
    state: terms.closedAt === null ? statusOf(account, now, rules) : "ended",
    spentMicros: closedMicros + charged,
    lentMicros: granted - charged,
    freeMicros: Math.max(0, freeMicros(account, rules.flight, from)),
    expectedMicros: Math.round(expectedOf(account, now).totalMicros),
    multiplier: pacing.applied,
    returned: target && pacing.target
      ? assess(pacing.target, now, target).returned
      : null,
    stopped,
    slices,
  };
}

function sumOf(
  slices: readonly BudgetSlice[],
  of: (slice: BudgetSlice) => number,
): number {
  return slices.reduce((sum, slice) => sum + of(slice), 0);
}
