/**
 * Budgets in the memory of one process, for as long as it runs.
 *
 * @module
 */
import type { Clock } from "../../ports/clock.ts";
import type { BudgetState, QuotaStore } from "../../ports/quota.ts";
import { steadyTime } from "./steady_time.ts";

/** Budgets of a connector from which on those that are idle are forgotten. */
const MANY = 1000;

/** Starts with nothing known. */
export function keepBudgetsInMemory(clock: Clock): QuotaStore {
  const present = steadyTime(clock);
  const connectors = new Map<string, Map<string, BudgetState>>();
  return {
    change(connector, names, apply) {
      const now = present();
      const budgets = connectors.get(connector) ?? new Map();
      connectors.set(connector, budgets);
      if (budgets.size > MANY) forgetIdle(budgets, now);
      const known = names.filter((name) => budgets.has(name));
      const change = apply(
        new Map(known.map((name) => [name, budgets.get(name)])),
        now,
      );
      for (const name of names) {
        const kept = change.kept.get(name);
        if (kept) budgets.set(name, kept);
        else budgets.delete(name);
      }
      return Promise.resolve(change);
    },
  };
}

function forgetIdle(budgets: Map<string, BudgetState>, now: number): void {
  for (const [name, { idleAt }] of budgets) {
    if (idleAt <= now) budgets.delete(name);
  }
}
