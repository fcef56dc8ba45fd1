/**
 * The desk of one connector in one process: callers in the order in which they are
 * served, at budgets that other processes use as well.
 *
 * @module
 */
import type { QuotaHint } from "../../domain/source.ts";
import {
  type BudgetKey,
  budgetKeys,
  type Priority,
  type QuotaCall,
} from "./budget_keys.ts";
import { type BudgetUse, type Refusal, useOf } from "./budgets.ts";
import {
  type DeskLoan,
  type DeskState,
  look,
  type Waiter,
  whoIsDue,
} from "./look.ts";

/** The desk of one connector. */
export interface Desk {
  /** Resolves when the call may go, as the quota promises. */
  admit(call: QuotaCall, maxWaitMs: number): Promise<void>;
  /** Learns what became of a call. */
  tell(call: QuotaCall, told: Told): void;
  /** Resolves when all that was told is in the store, or cannot be brought there. */
  settle(): Promise<void>;
  /** Budgets as they were last seen. */
  uses(): readonly (BudgetKey & BudgetUse)[];
}

/** What became of a call. */
interface Told {
  readonly hints: readonly QuotaHint[];
  readonly refusal: Refusal | null;
}

const RANK: Readonly<Record<Priority, number>> = {
  write: 0,
  fresh: 1,
  backfill: 2,
};
const LONGEST_SLEEP_MS = 86_400_000;

/** Opens a desk at which nobody waits. */
export function openDesk(loan: DeskLoan): Desk {
  const desk: DeskState = {
    ...loan,
    waiting: [],
    answers: [],
    flights: new WeakMap(),
    seen: new Map(),
    aheadMs: 0,
    yieldingMs: 0,
    running: null,
    wakesAt: Infinity,
  };
  return {
    admit(call, maxWaitMs) {
      const admitted = Promise.withResolvers<void>();
      const deadline = loan.present() + maxWaitMs;
      const { priority } = call;
      const keys = budgetKeys(call);
      enqueue(desk.waiting, {
        ...{ call, keys, priority, deadline, admitted, lookedAt: null },
      });
      serve(desk);
      return admitted.promise;
    },
    tell(call, told) {
      const flights = desk.flights.get(call) ?? new Map();
      const answer = { ...told, flights, keys: budgetKeys(call) };
      desk.answers = [...desk.answers, answer];
      serve(desk);
    },
    async settle() {
      await desk.running;
      await serve(desk);
    },
    uses() {
      const now = loan.present() + desk.aheadMs;
      return [...desk.seen.values()].map(({ key, budget }) => ({
        ...key,
        ...useOf(budget, key, now),
      }));
    },
  };
}

function enqueue(waiting: Waiter[], waiter: Waiter): void {
  const rank = RANK[waiter.priority];
  const before = waiting.findIndex(({ priority }) => RANK[priority] > rank);
  waiting.splice(before < 0 ? waiting.length : before, 0, waiter);
}

/** Serves until there is nothing to do, from the end of the present turn. */
function serve(desk: DeskState): Promise<void> {
  return desk.running ??= run(desk);
}

async function run(desk: DeskState): Promise<void> {
  await null;
  let isAnswering = true;
  while (true) {
    const { due, wakesAt } = whoIsDue(desk);
    if (due.length === 0 && (desk.answers.length === 0 || !isAnswering)) {
      desk.running = null;
      return wakeAt(desk, wakesAt);
    }
    isAnswering = await look(desk, due);
  }
}

function wakeAt(desk: DeskState, wakesAt: number): void {
  if (wakesAt >= desk.wakesAt) return;
  desk.wakesAt = wakesAt;
  const ms = Math.ceil(wakesAt - desk.present());
  desk.sleep(Math.min(ms, LONGEST_SLEEP_MS)).then(() => {
    if (desk.wakesAt === wakesAt) desk.wakesAt = Infinity;
    serve(desk);
  });
}
