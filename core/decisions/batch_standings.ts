/**
 * How the budgets stand that govern a batch of bids.
 *
 * @module
 */
import type { BudgetRefusal, BudgetTerms } from "../domain/budget.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import type { BudgetStanding } from "./budgets/standing.ts";
import { misfit } from "./paced.ts";
import type { Scored } from "./score_candidates.ts";

/** How a budget stands, asked for once. */
export type Standings = (terms: BudgetTerms) => ReturnType<BudgetDesk["find"]>;

/** Remembers how budgets stand in the store. */
export function keepStandings(
  budgets: Pick<BudgetDesk, "find">,
  tenant: string,
): Standings {
  const known = new Map<string, ReturnType<Standings>>();
  return ({ id }) => {
    const asked = known.get(id) ?? budgets.find(tenant, id);
    known.set(id, asked);
    return asked;
  };
}

/** What a budget lets no bid go for; a spent one has its next day before it. */
const CLOSED = ["waiting", "ended", "stopped"] as const;

/** Why a budget lets no bid of a batch go; null if it does. */
export function refusalOf(
  terms: BudgetTerms,
  scored: Scored,
  standing: BudgetStanding | null,
): BudgetRefusal | null {
  return misfit(terms, scored) ??
    CLOSED.find((state) => state === standing?.state) ?? null;
}
