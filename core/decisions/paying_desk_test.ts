/**
 * A budget that pays for bids, for tests: it says what it is told to.
 *
 * @module
 */
import type { BudgetRefusal, BudgetTerms } from "../domain/budget.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import { NO_BUDGETS } from "./memory_ports_test.ts";

/** Terms of a budget that pays for e-mail. */
export const TERMS: BudgetTerms = {
  id: "spring",
  currency: "EUR",
  capMicros: 10_000_000,
  dayCapMicros: null,
  from: "2026-01-01T00:00:00.000Z",
  until: "2026-03-01T00:00:00.000Z",
  zone: "UTC",
  paysFor: ["channel:email"],
  objective: "value",
  target: null,
  bids: { leastMicros: 0, mostMicros: 5_000_000 },
  bidsOf: {},
  startMultiplier: null,
  mode: "pace",
  notices: { lostAfterSeconds: null, lifeSeconds: 60 },
  plan: null,
  closedAt: null,
};

/** A budget with so much free, and what was asked of it. */
export interface Desk extends BudgetDesk {
  readonly reserved: number[];
  readonly withdrawn: string[];
}

/** Opens it. */
export function deskOf(
  given: {
    readonly terms?: Partial<BudgetTerms>;
    readonly multiplier?: number;
    readonly refusal?: BudgetRefusal;
    readonly free?: number;
  } = {},
): Desk {
  const { multiplier = 4, refusal, free = Infinity } = given;
  const reserved: number[] = [];
  const withdrawn: string[] = [];
  return {
    ...NO_BUDGETS,
    reserved,
    withdrawn,
    payerOf: (_tenant, { channel }) =>
      channel === "email" ? { ...TERMS, ...given.terms } : null,
    stand: () => refusal === undefined ? { multiplier } : { refusal },
    reserve: (_tenant, _terms, { bidMicros }) => {
      if (bidMicros > free) return { refusal: "spent" };
      return { slice: "node_1-0", bid: reserved.push(bidMicros) - 1 };
    },
    withdraw: (_tenant, bid) => void withdrawn.push(bid),
  };
}
