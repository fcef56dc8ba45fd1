/**
 * Budgets in memory, kept as text so that nothing is shared by reference.
 *
 * @module
 */
import type { BudgetTerms } from "../../domain/budget.ts";
import { EngineError } from "../../domain/error.ts";
import type { BudgetBook, KeptBudget } from "../../ports/budgets.ts";

/** When the tests begin: a midnight. */
export const START_MS = Date.UTC(2026, 0, 5);
const CREATED_AT = "2026-01-05T00:00:00.000Z";

/** A book whose clock and faults a test sets. */
export interface MemoryBook extends BudgetBook {
  now: number;
  /** Thrown by every call, if set. */
  failure: EngineError | null;
  /** How often it was asked. */
  calls: number;
}

/** Terms of a budget of 1,000 micros over two days. */
export function termsOf(given: Partial<BudgetTerms> = {}): BudgetTerms {
  return {
    id: "b",
    currency: "EUR",
    capMicros: 1000,
    dayCapMicros: null,
    from: new Date(START_MS).toISOString(),
    until: new Date(START_MS + 2 * 86_400_000).toISOString(),
    zone: "UTC",
    paysFor: ["campaign:c-1"],
    objective: "value",
    target: null,
    bids: { leastMicros: 0, mostMicros: 100 },
    bidsOf: {},
    startMultiplier: 2,
    mode: "pace",
    notices: { lostAfterSeconds: null, lifeSeconds: 60 },
    plan: null,
    closedAt: null,
    ...given,
  };
}

/** Opens an empty book. */
export function memoryBook(): MemoryBook {
  const kept = new Map<string, string>();
  const nameOf = (tenant: string, id: string) => JSON.stringify([tenant, id]);
  const all = (): [string, KeptBudget][] =>
    [...kept].map(([name, text]) => [JSON.parse(name)[0], JSON.parse(text)]);
  const ask = async () => {
    await Promise.resolve();
    book.calls++;
    if (book.failure) throw book.failure;
  };
  const book: MemoryBook = {
    now: START_MS,
    failure: null,
    calls: 0,
    create: async (tenant, terms) => {
      await ask();
      const name = nameOf(tenant, terms.id);
      if (kept.has(name)) return false;
      const made = { terms, account: null, createdAt: CREATED_AT };
      kept.set(name, JSON.stringify(made));
      return true;
    },
    find: async (tenant, id) => {
      await ask();
      return JSON.parse(kept.get(nameOf(tenant, id)) ?? "null");
    },
    list: async (tenant) => {
      await ask();
      return all().flatMap(([whose, one]) => whose === tenant ? [one] : []);
    },
    terms: async () => {
      await ask();
      return all().map(([tenant, { terms }]) => ({ tenant, terms }));
    },
    change: async (tenant, id, apply) => {
      await ask();
      const name = nameOf(tenant, id);
      const text = kept.get(name);
      if (text === undefined) throw new EngineError("not_found", "Cannot find");
      const before: KeptBudget = JSON.parse(text);
      apply(JSON.parse(text), book.now);
      const { terms = before.terms, kept: account, answer } = apply(
        before,
        book.now,
      );
      kept.set(name, JSON.stringify({ ...before, terms, account }));
      return answer;
    },
  };
  return book;
}
