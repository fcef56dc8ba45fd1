/**
 * Budgets in memory, kept as text so that nothing is shared by reference; it can be late,
 * contended, unreachable, or fail after it has kept what it was told.
 *
 * @module
 */
import { EngineError } from "../../core/domain/error.ts";
import type { Random } from "../../core/domain/random.ts";
import type { BudgetAccount, BudgetStore } from "../../core/ports/budgets.ts";

/** How often a call goes wrong, each a chance in [0, 1]. */
export interface StoreFaults {
  /** It fails, and nothing is kept. */
  readonly refused: number;
  /** It fails, and what was told is kept. */
  readonly unanswered: number;
  /** Another was first, and the change is asked for again. */
  readonly contended: number;
}

/** A store whose clock the test sets. */
export interface MemoryBudgets extends BudgetStore {
  now: number;
  read(budget: string): BudgetAccount | null;
}

/** Opens an empty store. */
export function memoryBudgets(
  faults: StoreFaults | null = null,
  random: Random | null = null,
): MemoryBudgets {
  const kept = new Map<string, string>();
  const strikes = (chance: number) => (random?.next() ?? 1) < chance;
  function read(budget: string): BudgetAccount | null {
    const text = kept.get(budget);
    return text === undefined ? null : JSON.parse(text);
  }
  function refuse(): never {
    throw new EngineError(
      "store_unavailable",
      'Cannot change budget "simulated": the store is unreachable',
    );
  }
  return {
    now: 0,
    read,
    async change(budget, apply) {
      await Promise.resolve();
      if (faults && strikes(faults.refused)) refuse();
      if (faults && strikes(faults.contended)) apply(read(budget), this.now);
      const { kept: account, answer } = apply(read(budget), this.now);
      kept.set(budget, JSON.stringify(account));
      if (faults && strikes(faults.unanswered)) refuse();
      return answer;
    },
  };
}
