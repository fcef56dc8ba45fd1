/**
 * Keeps this node's part of budgets renewed while a server runs, and gives back what no
 * bid is out for when it stops.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Budgets } from "../decisions/budgets/budgets.ts";
import type { Clock } from "../ports/clock.ts";
import { printError } from "./print_error.ts";
import { type Background, inRounds, sayOnce } from "./rounds.ts";

/** What is due is renewed; nothing is asked of the store where nothing is. */
const ROUND_MS = 1000;

/** One line of the log: a budget that could not be renewed. */
export interface BudgetEntry {
  readonly at: Instant;
  readonly level: "error";
  readonly event: "budget_sync";
  /** Empty where terms could not be read. */
  readonly tenant: string;
  readonly budget: string;
  readonly error: string;
}

/** What it works with. */
export interface BudgetScope {
  readonly budgets: Pick<Budgets, "sync" | "release">;
  readonly clock: Clock;
  log(entry: BudgetEntry): void;
  /** Pause between rounds, ms; a second unless given. */
  readonly roundMs?: number;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepBudgets(scope: BudgetScope): Background {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: keep(scope, stopping.signal),
  };
}

type Failed = Awaited<ReturnType<Budgets["sync"]>>[number];

async function keep(scope: BudgetScope, signal: AbortSignal): Promise<void> {
  const everyMs = scope.roundMs ?? ROUND_MS;
  const tell = ({ tenant, budget, error }: Failed) =>
    scope.log({
      at: scope.clock.now(),
      level: "error",
      event: "budget_sync",
      ...{ tenant, budget },
      error: printError(error),
    });
  const failed = (error: unknown) => tell({ tenant: "", budget: "", error });
  const once = sayOnce<
    Failed & { event: string; id: string[]; detail: string }
  >(
    ({ tenant, budget, error }) => tell({ tenant, budget, error }),
  );
  await inRounds(signal, { everyMs, failed }, () =>
    once(async (say) => {
      for (const one of await scope.budgets.sync()) {
        const detail = printError(one.error);
        say({ ...one, event: "budget_sync", id: [one.budget], detail });
      }
    }));
  const left = await scope.budgets.release().catch((error) => {
    failed(error);
    return [];
  });
  left.forEach(tell);
}
